/** The page's own words: one typed catalogue, the same keys and places in every language. */
import { computed } from "@preact/signals";
import { place } from "../state/router";
import { en } from "./en";
import { type Lang, LANGS, type Text, pick } from "./lang";
import { zh } from "./zh";

type Places<S extends string> = S extends `${string}{${infer P}}${infer R}` ? P | Places<R> : never;
export type Key = keyof typeof en;

function preferred(): Lang {
  try {
    const kept = localStorage.getItem("agglo.lang");
    if (kept === "en" || kept === "zh") return kept;
  } catch {
    // Without storage the browser's own language decides.
  }
  return typeof navigator !== "undefined" && navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const first = preferred();

/** The language of the page: the address bar's, else the one chosen last, else the browser's. */
export const lang = computed<Lang>(() => {
  const asked = place.value.params.lang;
  return (LANGS as readonly string[]).includes(asked ?? "") ? (asked as Lang) : first;
});

export function keepLang(next: Lang): void {
  try {
    localStorage.setItem("agglo.lang", next);
  } catch {
    // The address bar still holds it.
  }
}

/** Fills `{places}` in a message. */
export function fill(message: string, values: Record<string, string | number> = {}): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The message `key` in the page's language. */
export function t<K extends Key>(key: K, ...values: [Places<(typeof en)[K]>] extends [never] ? [] : [Record<Places<(typeof en)[K]>, string | number>]): string {
  const message: string = lang.value === "zh" ? zh[key] : en[key];
  return fill(message, values[0] ?? {});
}

/** Text of the study or the catalogue in the page's language. */
export function say(text: Text | string | null | undefined): string {
  return pick(text, lang.value);
}

/** How numbers are written: enough digits, never more than the reader needs; gaps by their reason. */
import { type Cell, isGap } from "../api/cell";
import { gapReason } from "../i18n/gaps";
import type { Lang } from "../i18n/lang";

export type Style =
  | { as: "short" }
  | { as: "decimals"; n: number; signed?: boolean }
  | { as: "percent"; n: number; signed?: boolean }
  | { as: "p" }
  | { as: "whole" }
  | { as: "plain" }
  | { as: "full" };

export const SHORT: Style = { as: "short" };
export const WHOLE: Style = { as: "whole" };
export const PLAIN: Style = { as: "plain" };
export const P: Style = { as: "p" };
export const FULL: Style = { as: "full" };
export const decimals = (n: number): Style => ({ as: "decimals", n });
export const signed = (n: number): Style => ({ as: "decimals", n, signed: true });
export const percent = (n = 1): Style => ({ as: "percent", n });

/** Thousands are separated by a comma in both languages, as statistical yearbooks do. */
function group(text: string): string {
  const [whole = "", rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

/** A true minus sign, and none before a zero. */
function minus(text: string): string {
  if (!text.startsWith("-")) return text;
  return /[1-9]/.test(text) ? `−${text.slice(1)}` : text.slice(1);
}

function fixed(value: number, n: number): string {
  return group(value.toFixed(n));
}

export function number(value: number, style: Style = SHORT): string {
  switch (style.as) {
    case "plain":
      return minus(value.toFixed(0));
    case "whole":
      return minus(fixed(value, 0));
    case "decimals": {
      const text = minus(fixed(value, style.n));
      return style.signed && value > 0 ? `+${text}` : text;
    }
    case "percent": {
      const text = minus(fixed(value * 100, style.n));
      return `${style.signed && value > 0 ? "+" : ""}${text}%`;
    }
    case "p":
      return value < 0.001 ? "< 0.001" : value.toFixed(3);
    case "full":
      return minus(String(value));
    case "short": {
      if (Number.isInteger(value) && Math.abs(value) < 1e15) return minus(fixed(value, 0));
      const size = Math.abs(value);
      if (size >= 1e15 || size < 1e-6) return minus(value.toExponential(2));
      const magnitude = Math.floor(Math.log10(size));
      return minus(fixed(value, Math.min(8, Math.max(0, 2 - magnitude))));
    }
  }
}

/** Large numbers as each language counts: 2.35m and 235万. For axes and legends. */
export function compact(value: number, lang: Lang): string {
  const steps: [number, string][] =
    lang === "zh" ? [[1e12, "万亿"], [1e8, "亿"], [1e4, "万"]] : [[1e12, "tn"], [1e9, "bn"], [1e6, "m"]];
  for (const [size, name] of steps) {
    if (Math.abs(value) >= size) return `${trim(number(value / size, SHORT))}${name}`;
  }
  return trim(number(value, SHORT));
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A cell as written: a number, a word, or the reason why there is neither. */
export function cell(value: Cell | undefined, lang: Lang, style: Style = SHORT): string {
  if (value === undefined) return "–";
  if (isGap(value)) return gapReason(value.gap, lang);
  return typeof value === "number" ? number(value, style) : value;
}

/** Decimals enough to tell neighboring limits of a legend apart. */
export function apart(values: readonly number[]): Style {
  const finite = values.filter((v) => Number.isFinite(v));
  if (finite.length === 0) return SHORT;
  if (finite.every((v) => Number.isInteger(v))) return WHOLE;
  const sorted = [...finite].sort((a, b) => a - b);
  let gap = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i]! - sorted[i - 1]!;
    if (step > 0) gap = Math.min(gap, step);
  }
  const base = Number.isFinite(gap) ? gap : Math.abs(sorted[0]!) || 1;
  return decimals(Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(base)))));
}

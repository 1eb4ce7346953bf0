export const LANGS = ["en", "zh"] as const;
export type Lang = (typeof LANGS)[number];

/** Text of the study or the catalogue in both languages. */
export interface Text {
  en: string;
  zh: string;
}

export function pick(text: Text | string | null | undefined, lang: Lang): string {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  return text[lang] || text.en || text.zh;
}

import { describe, expect, it } from "vitest";
import { en } from "../../src/i18n/en";
import { zh } from "../../src/i18n/zh";

const places = (message: string) => [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort();

const files = import.meta.glob<string>("../../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const pages = Object.entries(files).filter(([path]) => !/i18n\/(en|zh)\.ts$/.test(path)).map(([, text]) => text).join("\n");

describe("the catalogue of messages", () => {
  it("has the same keys in both languages", () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  it("has the same places in both languages, and no empty message", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(places(zh[key]), key).toEqual(places(en[key]));
      expect(en[key].trim(), key).not.toBe("");
      expect(zh[key].trim(), key).not.toBe("");
    }
  });

  it("has no message that no page uses", () => {
    const unused = Object.keys(en).filter((key) => !new RegExp(`["'\`]${key}["'\`]`).test(pages) && !/^(class|nav|part)_/.test(key));
    expect(unused).toEqual([]);
  });

  it("is Chinese where it says so", () => {
    const latin = Object.entries(zh).filter(([, text]) => {
      const own = text.replace(/\{\w+\}|[\s：，]/g, "");
      return own !== "" && !/[\u4e00-\u9fff]/.test(own);
    });
    expect(latin.map(([key]) => key)).toEqual([]);
  });
});

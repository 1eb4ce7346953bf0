import { describe, expect, it } from "vitest";
import { GAP_CODES, lookOf } from "../../src/api/cell";
import { apart, cell, compact, decimals, FULL, number, percent, PLAIN, signed, WHOLE } from "../../src/format/number";
import { gapReason } from "../../src/i18n/gaps";

describe("numbers as written", () => {
  it.each([
    [0, "0"],
    [0.48352145, "0.484"],
    [1234.5678, "1,235"],
    [12.345, "12.3"],
    [-0.0123, "−0.0123"],
    [1e-9, "1.00e-9"],
  ])("%d has three digits", (value, text) => expect(number(value)).toBe(text));

  it("keeps a true minus sign and none before a zero", () => {
    expect(number(-1234, WHOLE)).toBe("−1,234");
    expect(number(-0.0001, decimals(2))).toBe("0.00");
    expect(number(0.5, signed(1))).toBe("+0.5");
    expect(number(0.1234, percent(1))).toBe("12.3%");
    expect(number(2015, PLAIN)).toBe("2015");
    expect(number(0.1 + 0.2, FULL)).toBe("0.30000000000000004");
  });

  it("counts large numbers as each language does", () => {
    expect(compact(2350000, "en")).toBe("2.35m");
    expect(compact(2350000, "zh")).toBe("235万");
    expect(compact(235000000, "zh")).toBe("2.35亿");
    expect(compact(1500, "en")).toBe("1,500");
  });

  it("gives a legend decimals enough to tell its limits apart", () => {
    expect(apart([0.95, 1.0, 1.2])).toEqual(decimals(3));
    expect(apart([1, 2, 3])).toEqual(WHOLE);
  });
});

describe("cells without a number", () => {
  it("are written by their reason and never as a number", () => {
    for (const code of GAP_CODES)
      for (const lang of ["en", "zh"] as const) {
        const words = cell({ gap: code }, lang);
        expect(words).toBe(gapReason(code, lang));
        expect(words).not.toMatch(/\d/);
        expect(words.length).toBeGreaterThan(1);
      }
  });

  it("zero, missing, withheld and below the unit are written differently", () => {
    const all = [cell(0, "en"), cell({ gap: "missing" }, "en"), cell({ gap: "suppressed" }, "en"), cell({ gap: "below_unit" }, "en")];
    expect(new Set(all).size).toBe(4);
  });

  it("missing is hatched, withheld is dotted, below the unit has lines, the rest a grid", () => {
    expect(lookOf("missing")).toBe("hatched");
    expect(lookOf("suppressed")).toBe("dotted");
    expect(lookOf("below_unit")).toBe("lines");
    expect(lookOf("zero_denominator")).toBe("grid");
  });
});

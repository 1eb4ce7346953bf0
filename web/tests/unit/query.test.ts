import { describe, expect, it } from "vitest";
import { decimal, decimals, flag, integer, moveTo, oneOf, readPlace, text, weights, withParam, words, writePlace } from "../../src/state/query";

describe("the place in the address bar", () => {
  it("is the first page where nothing is named", () => {
    expect(readPlace("")).toEqual({ page: "home", params: {} });
    expect(readPlace("#/")).toEqual({ page: "home", params: {} });
  });

  it("comes back as it was written", () => {
    const place = { page: "explore", params: { of: "gini:gini.gini", industry: "C&D=1", sel: "110000,a\\,b", lang: "zh" } };
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it("does not depend on the order in which things were chosen", () => {
    expect(writePlace({ page: "rank", params: { b: "2", a: "1" } })).toBe(writePlace({ page: "rank", params: { a: "1", b: "2" } }));
  });

  it("keeps year, industry, language and selection on the way to another page, and nothing else", () => {
    const here = { page: "explore", params: { year: "2015", industry: "C", sel: "R01", lang: "zh", k: "7", of: "x.y" } };
    expect(moveTo(here, "rank", { top: "3" })).toEqual({ page: "rank", params: { year: "2015", industry: "C", sel: "R01", lang: "zh", top: "3" } });
  });

  it("leaves out what equals its default", () => {
    expect(withParam({ k: "7" }, "k", integer, 5, 5)).toEqual({});
    expect(withParam({}, "k", integer, 6, 5)).toEqual({ k: "6" });
  });
});

describe("values as text", () => {
  it.each([
    ["integer", integer, -12],
    ["decimal", decimal, 0.125],
    ["small decimal", decimal, 1e-7],
    ["flag", flag, true],
    ["text", text, "东部 & 西部=1"],
    ["words", words, ["a,b", "c\\d", "", "e"]],
    ["decimals", decimals, [0.5, -1, 2]],
    ["weights", weights, { "a:b": 0.25, "c,d": 1 }],
  ] as [string, { read(t: string): unknown; write(v: never): string }, unknown][])("%s comes back as it was", (_, codec, value) => {
    expect(codec.read(codec.write(value as never))).toEqual(value);
  });

  it("text that is no value is refused rather than guessed at", () => {
    expect(integer.read("12px")).toBeUndefined();
    expect(integer.read("")).toBeUndefined();
    expect(decimal.read("NaN")).toBeUndefined();
    expect(decimal.read("Infinity")).toBeUndefined();
    expect(flag.read("yes")).toBeUndefined();
    expect(oneOf("own", "pooled").read("Own")).toBeUndefined();
    expect(decimals.read("1,x")).toBeUndefined();
    expect(weights.read("a=1")).toBeUndefined();
  });
});

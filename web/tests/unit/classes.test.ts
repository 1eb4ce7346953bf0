import { describe, expect, it } from "vitest";
import { classOf, counts, jenks, limits } from "../../src/classify/classes";

/** The least sum of squared deviations over all ways to cut `sorted` into k classes, by trying them all. */
function leastByHand(sorted: number[], k: number): number {
  const cost = (part: number[]) => {
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return part.reduce((s, v) => s + (v - mean) ** 2, 0);
  };
  if (k === 1) return cost(sorted);
  let best = Infinity;
  for (let cut = 1; cut <= sorted.length - k + 1; cut++) best = Math.min(best, cost(sorted.slice(0, cut)) + leastByHand(sorted.slice(cut), k - 1));
  return best;
}

function costOf(sorted: number[], cuts: number[]): number {
  const edges = [-Infinity, ...cuts, Infinity];
  let sum = 0;
  for (let c = 1; c < edges.length; c++) {
    const part = sorted.filter((v) => v >= edges[c - 1]! && v < edges[c]!);
    if (part.length === 0) continue;
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    sum += part.reduce((s, v) => s + (v - mean) ** 2, 0);
  }
  return sum;
}

describe("limits between classes", () => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 100];

  it("quantiles hold as many values each", () => {
    // Eight values in four classes: the third, fifth and seventh begin a class.
    expect(limits(eight, "quantile", 4)).toEqual([1, 3, 5, 7, 100]);
    expect(counts(eight, limits(eight, "quantile", 4))).toEqual([2, 2, 2, 2]);
  });

  it("equal intervals divide the range and not the values", () => {
    expect(limits([0, 1, 2, 10], "equal", 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(counts([0, 1, 2, 10], [0, 2, 4, 6, 8, 10])).toEqual([2, 1, 0, 0, 1]);
  });

  it("natural breaks fall between clumps", () => {
    expect(limits([1, 1.1, 1.2, 5, 5.1, 9, 9.3], "jenks", 3)).toEqual([1, 5, 9, 9.3]);
  });

  it("natural breaks have the least squared deviations of all partitions", () => {
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 60; round++) {
      const sorted = Array.from({ length: 11 }, () => Math.round(random() * 40) / 4 + (round % 3) * 1e6).sort((a, b) => a - b);
      const k = 2 + (round % 3);
      expect(costOf(sorted, jenks(sorted, k))).toBeCloseTo(leastByHand(sorted, Math.min(k, new Set(sorted).size)), 6);
    }
  });

  it("standard deviations are counted from the mean", () => {
    // Mean 5, standard deviation (divisor n) 2.
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(limits(values, "std", 0)).toEqual([2, 3, 5, 7, 9]);
  });

  it("around a value, each side has its own classes", () => {
    expect(limits([0.2, 0.4, 0.6, 0.8, 1.2, 1.4, 1.6, 1.8], "around", 4, [1])).toEqual([0.2, 0.6, 1, 1.6, 1.8]);
  });

  it("pinned limits stay, within what there is", () => {
    expect(limits([0, 3], "pinned", 5, [2, 1, 9])).toEqual([0, 1, 2, 3]);
  });

  it("no value, one value and equal values have no false classes", () => {
    expect(limits([], "quantile", 5)).toEqual([]);
    expect(limits([4], "jenks", 5)).toEqual([4, 4]);
    expect(limits([2, 2, 2], "equal", 5)).toEqual([2, 2]);
    expect(counts([2, 2, 2], [2, 2])).toEqual([3]);
  });

  it("a class holds its lower limit and not its upper one; the last holds both", () => {
    const edges = [0, 1, 2];
    expect([-1, 0, 0.99, 1, 2, 3].map((v) => classOf(v, edges))).toEqual([0, 0, 0, 1, 1, 1]);
  });
});

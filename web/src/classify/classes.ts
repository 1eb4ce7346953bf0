/**
 * Limits of the classes of a map.
 *
 * A class holds its lower limit and not its upper one; only the last class holds both. These are
 * choices of drawing: no number of the study comes from here.
 */

export type Method = "quantile" | "equal" | "jenks" | "std" | "around" | "pinned";
export const METHODS = ["quantile", "equal", "jenks", "std", "around", "pinned"] as const satisfies readonly Method[];

/**
 * Ascending inner and outer limits: `classes + 1` numbers, or fewer where values repeat.
 * `pinned` are the inner limits of `pinned`; its first number is the value that `around` divides at.
 */
export function limits(values: readonly number[], method: Method, classes: number, pinned: readonly number[] = []): number[] {
  const sorted = values.filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const lo = sorted[0]!;
  const hi = sorted[sorted.length - 1]!;
  if (lo === hi) return [lo, hi];
  const inner = (): number[] => {
    switch (method) {
      case "quantile":
        return quantiles(sorted, classes);
      case "equal":
        return Array.from({ length: classes - 1 }, (_, k) => lo + ((hi - lo) * (k + 1)) / classes);
      case "jenks":
        return jenks(sorted, classes);
      case "std":
        return deviations(sorted);
      case "around": {
        const center = pinned[0] ?? 0;
        const split = sorted.findIndex((v) => v >= center);
        const below = split < 0 ? sorted : sorted.slice(0, split);
        const above = split < 0 ? [] : sorted.slice(split);
        const side = Math.max(1, Math.floor(classes / 2));
        return [...(below.length ? quantiles(below, side) : []), center, ...(above.length ? quantiles(above, side) : [])];
      }
      case "pinned":
        return [...pinned].sort((a, b) => a - b);
    }
  };
  const cuts = inner().filter((cut) => cut > lo && cut <= hi);
  // The last class may hold the highest value alone.
  return [...new Set([lo, ...cuts, hi])];
}

/** The class of `value`: 0 is the lowest. Values outside pinned limits belong to the outermost classes. */
export function classOf(value: number, edges: readonly number[]): number {
  const last = edges.length - 2;
  if (last < 0) return 0;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (value >= edges[middle]!) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Cuts at the k/n quantiles, taken as values of the data: equal values never fall into two classes. */
function quantiles(sorted: readonly number[], classes: number): number[] {
  const cuts: number[] = [];
  for (let k = 1; k < classes; k++) cuts.push(sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * k) / classes))]!);
  return cuts;
}

/** Cuts at the mean and whole standard deviations (divisor n) around it, as far as the data reach. */
function deviations(sorted: readonly number[]): number[] {
  const n = sorted.length;
  const mean = sorted.reduce((sum, v) => sum + v, 0) / n;
  const sd = Math.sqrt(sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  return [-2, -1, 0, 1, 2].map((k) => mean + k * sd);
}

/** Values beyond this number are thinned before Fisher's search. */
const JENKS_MOST = 8000;

/**
 * Natural breaks: the partition with the least sum of squared deviations within classes
 * (Fisher 1958, Journal of the American Statistical Association 53, 789–798), by divide and conquer over
 * the monotone position of the best cut. Cost O(k n log n).
 */
export function jenks(sorted: readonly number[], classes: number): number[] {
  const distinct = new Set(sorted).size;
  const k = Math.min(classes, distinct);
  if (k < 2) return [];
  const values = sorted.length <= JENKS_MOST ? sorted : thin(sorted, JENKS_MOST);
  const n = values.length;
  const sum = new Float64Array(n + 1);
  const square = new Float64Array(n + 1);
  // Shifted by the middle value, so that squares of large numbers do not swallow small differences.
  const origin = values[n >> 1]!;
  for (let i = 0; i < n; i++) {
    const v = values[i]! - origin;
    sum[i + 1] = sum[i]! + v;
    square[i + 1] = square[i]! + v * v;
  }
  const cost = (from: number, to: number) => {
    const s = sum[to]! - sum[from]!;
    return square[to]! - square[from]! - (s * s) / (to - from);
  };
  let best = new Float64Array(n + 1);
  for (let j = 1; j <= n; j++) best[j] = cost(0, j);
  const starts: Int32Array[] = [];
  for (let c = 2; c <= k; c++) {
    const next = new Float64Array(n + 1).fill(Infinity);
    const start = new Int32Array(n + 1);
    const solve = (jLow: number, jHigh: number, iLow: number, iHigh: number): void => {
      if (jLow > jHigh) return;
      const j = (jLow + jHigh) >> 1;
      let least = Infinity;
      let at = iLow;
      for (let i = Math.max(iLow, c - 1); i <= Math.min(iHigh, j - 1); i++) {
        const total = best[i]! + cost(i, j);
        if (total < least) {
          least = total;
          at = i;
        }
      }
      next[j] = least;
      start[j] = at;
      solve(jLow, j - 1, iLow, at);
      solve(j + 1, jHigh, at, iHigh);
    };
    solve(c, n, c - 1, n - 1);
    starts.push(start);
    best = next;
  }
  const cuts: number[] = [];
  let end = n;
  for (let c = starts.length - 1; c >= 0; c--) {
    end = starts[c]![end]!;
    cuts.unshift(values[end]!);
  }
  return cuts;
}

function thin(sorted: readonly number[], most: number): number[] {
  return Array.from({ length: most }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (most - 1))]!);
}

/** How many values each class holds. */
export function counts(values: readonly number[], edges: readonly number[]): number[] {
  const out = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  for (const value of values) if (Number.isFinite(value)) out[classOf(value, edges)]! += 1;
  return out;
}

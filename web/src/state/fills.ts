/** From values by region to what a map draws: classes, colors, legend. */
import { type Cell, type GapCode, isGap } from "../api/cell";
import { type Method, classOf, counts, limits } from "../classify/classes";
import { apart, compact, number } from "../format/number";
import { diverging, sequential } from "../figures/palette";
import type { Fill } from "../figures/map/map";
import type { Legend } from "../figures/map/legend";
import { lang } from "../i18n";

export interface Classified {
  fills: Map<string, Fill>;
  legend: Legend;
  edges: number[];
}

interface Args {
  title: string;
  codes: readonly string[];
  values: readonly Cell[];
  /** The values that decide the limits: this year's, or those of all years. */
  basis: readonly number[];
  method: Method;
  classes: number;
  pinned: readonly number[];
  center: number | undefined;
  lines: (code: string, value: Cell) => string[];
  address: (code: string) => string | undefined;
}

export function classify(a: Args): Classified {
  const edges = limits(a.basis, a.method, a.classes, a.method === "around" ? [a.center ?? 0] : a.pinned);
  const n = Math.max(1, edges.length - 1);
  const around = a.center !== undefined && (a.method === "around" || a.method === "pinned" || a.method === "std");
  // Classes that end at or below the center are drawn in the colors of "below".
  const below = around ? edges.slice(1).filter((e, i) => e <= a.center! && i < n).length : 0;
  const colors = around ? diverging(below, n - below) : sequential(n);
  const gaps = new Map<GapCode, number>();
  const fills = new Map<string, Fill>();
  const shown: number[] = [];
  a.codes.forEach((code, i) => {
    const value = a.values[i]!;
    const lines = () => a.lines(code, value);
    const address = () => a.address(code);
    if (isGap(value)) {
      gaps.set(value.gap, (gaps.get(value.gap) ?? 0) + 1);
      fills.set(code, { gap: value.gap, lines, address });
    } else if (typeof value === "number") {
      shown.push(value);
      fills.set(code, { color: colors[classOf(value, edges)] ?? colors[0]!, lines, address });
    }
  });
  const style = apart(edges);
  const big = Math.max(...edges.map(Math.abs), 0) >= 1e5;
  const write = (v: number) => (big ? compact(v, lang.value) : number(v, style));
  const held = counts(shown, edges);
  const classes = edges.length > 1 ? colors.slice(0, n).map((color, i) => ({ color, label: edges[i] === edges[i + 1] ? write(edges[i]!) : `${write(edges[i]!)} – ${write(edges[i + 1]!)}`, count: held[i] ?? 0 })) : [];
  return { fills, legend: { title: a.title, classes, gaps }, edges };
}

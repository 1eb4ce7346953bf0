import type { SymbolName } from "./palette";

/** The outline of a symbol around the origin, `r` its half width. */
export function symbolPath(name: SymbolName, r: number): string {
  const n = (v: number) => v.toFixed(2);
  switch (name) {
    case "square":
      return `M${n(-r)},${n(-r)}H${n(r)}V${n(r)}H${n(-r)}Z`;
    case "triangle":
      return `M0,${n(-r * 1.15)}L${n(r * 1.1)},${n(r * 0.85)}H${n(-r * 1.1)}Z`;
    case "down":
      return `M0,${n(r * 1.15)}L${n(r * 1.1)},${n(-r * 0.85)}H${n(-r * 1.1)}Z`;
    case "diamond":
      return `M0,${n(-r * 1.3)}L${n(r * 1.3)},0L0,${n(r * 1.3)}L${n(-r * 1.3)},0Z`;
    case "cross": {
      const a = r * 0.35;
      return `M${n(-r)},${n(-r + a)}L${n(-r + a)},${n(-r)}L0,${n(-a)}L${n(r - a)},${n(-r)}L${n(r)},${n(-r + a)}L${n(a)},0L${n(r)},${n(r - a)}L${n(r - a)},${n(r)}L0,${n(a)}L${n(-r + a)},${n(r)}L${n(-r)},${n(r - a)}L${n(-a)},0Z`;
    }
    case "plus": {
      const a = r * 0.36;
      return `M${n(-a)},${n(-r)}H${n(a)}V${n(-a)}H${n(r)}V${n(a)}H${n(a)}V${n(r)}H${n(-a)}V${n(a)}H${n(-r)}V${n(-a)}H${n(-a)}Z`;
    }
    case "ring":
      return `M${n(r)},0A${n(r)},${n(r)},0,1,1,${n(-r)},0A${n(r)},${n(r)},0,1,1,${n(r)},0ZM${n(r * 0.5)},0A${n(r * 0.5)},${n(r * 0.5)},0,1,0,${n(-r * 0.5)},0A${n(r * 0.5)},${n(r * 0.5)},0,1,0,${n(r * 0.5)},0Z`;
    case "circle":
      return `M${n(r)},0A${n(r)},${n(r)},0,1,1,${n(-r)},0A${n(r)},${n(r)},0,1,1,${n(r)},0Z`;
  }
}

/** Areas or tiles as outlines in one plane, y downward, and which of them lies under a point. */
import type { MapAnswer } from "../../api/types";
import type { Text } from "../../i18n/lang";

export interface Shape {
  code: string;
  name: Text;
  /** What is written on a tile. */
  short?: Text;
  /** False for areas that are drawn and belong to no region of the study. */
  region: boolean;
  /** Rings, each x0, y0, x1, y1, … */
  rings: Float64Array[];
  box: [number, number, number, number];
  center: [number, number];
}

export interface Plane {
  kind: "areas" | "tiles";
  shapes: Shape[];
  extent: [number, number, number, number];
  /** Kilometers per unit of the plane; absent for tiles, which have no scale. */
  km?: number;
  projection?: Text | string;
  /** Frames of parts that are drawn at a scale of their own. */
  insets: { name: Text; frame: [number, number, number, number] }[];
}

/** The plane of a map answer; `undefined` where the study has neither areas nor tiles. */
export function plane(answer: MapAnswer): Plane | undefined {
  if (answer.kind === "none") return undefined;
  if (answer.kind === "tiles") {
    const gap = 0.04;
    const shapes = answer.tiles.map((tile): Shape => {
      const [x0, y0, x1, y1] = [tile.column + gap, tile.row + gap, tile.column + 1 - gap, tile.row + 1 - gap];
      return { code: tile.code, name: tile.name, short: tile.short, region: true, rings: [Float64Array.of(x0, y0, x1, y0, x1, y1, x0, y1)], box: [x0, y0, x1, y1], center: [(x0 + x1) / 2, (y0 + y1) / 2] };
    });
    return { kind: "tiles", shapes, extent: extentOf(shapes), insets: [] };
  }
  const shapes: Shape[] = [];
  for (const feature of answer.areas.features) {
    const rings: Float64Array[] = [];
    const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const polygon of feature.geometry.coordinates)
      for (const ring of polygon) {
        const flat = new Float64Array(ring.length * 2);
        ring.forEach((point, i) => {
          const x = point[0]!;
          const y = point[1]!;
          flat[2 * i] = x;
          flat[2 * i + 1] = y;
          if (x < box[0]) box[0] = x;
          if (y < box[1]) box[1] = y;
          if (x > box[2]) box[2] = x;
          if (y > box[3]) box[3] = y;
        });
        rings.push(flat);
      }
    if (rings.length === 0) continue;
    shapes.push({
      code: feature.properties.code,
      name: feature.properties.name,
      region: feature.properties.region,
      rings,
      box,
      center: pair(feature.properties.center) ?? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2],
    });
  }
  const insets = answer.insets.flatMap((inset) => {
    const [x0, y0, x1, y1] = inset.frame;
    return x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined ? [] : [{ name: inset.name, frame: [x0, y0, x1, y1] as [number, number, number, number] }];
  });
  const extent = extentOf([...shapes, ...insets.map((inset) => ({ box: inset.frame }))]);
  return { kind: "areas", shapes, extent, insets, projection: answer.projection.name, ...(answer.km_per_unit ? { km: answer.km_per_unit } : {}) };
}

function pair([x, y]: number[]): [number, number] | undefined {
  return x === undefined || y === undefined ? undefined : [x, y];
}

function extentOf(shapes: readonly Pick<Shape, "box">[]): [number, number, number, number] {
  const out: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { box } of shapes) {
    out[0] = Math.min(out[0], box[0]);
    out[1] = Math.min(out[1], box[1]);
    out[2] = Math.max(out[2], box[2]);
    out[3] = Math.max(out[3], box[3]);
  }
  return shapes.length ? out : [0, 0, 1, 1];
}

/** Whether a point lies inside the rings, by the even–odd rule. */
export function inside(rings: readonly Float64Array[], x: number, y: number): boolean {
  let odd = false;
  for (const ring of rings) {
    const n = ring.length;
    for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
      const yi = ring[i + 1]!;
      const yj = ring[j + 1]!;
      if (yi > y !== yj > y && x < ((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!) odd = !odd;
    }
  }
  return odd;
}

/** Shapes by the cells of a coarse grid that their boxes touch: a pointer asks a handful of them. */
export class Index {
  private readonly cells: number[][];
  private readonly side: number;

  constructor(private readonly plane: Plane) {
    this.side = Math.min(96, Math.max(1, Math.ceil(Math.sqrt(plane.shapes.length))));
    this.cells = Array.from({ length: this.side * this.side }, () => []);
    plane.shapes.forEach((shape, i) => {
      const [c0, r0] = this.cell(shape.box[0], shape.box[1]);
      const [c1, r1] = this.cell(shape.box[2], shape.box[3]);
      for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) this.cells[r * this.side + c]!.push(i);
    });
  }

  private cell(x: number, y: number): [number, number] {
    const [x0, y0, x1, y1] = this.plane.extent;
    const clamp = (v: number) => Math.min(this.side - 1, Math.max(0, Math.floor(v * this.side)));
    return [clamp((x - x0) / (x1 - x0 || 1)), clamp((y - y0) / (y1 - y0 || 1))];
  }

  /** The shape at a point; the smallest where several overlap. */
  at(x: number, y: number): Shape | undefined {
    const [c, r] = this.cell(x, y);
    let best: Shape | undefined;
    let least = Infinity;
    for (const i of this.cells[r * this.side + c]!) {
      const shape = this.plane.shapes[i]!;
      const [x0, y0, x1, y1] = shape.box;
      if (x < x0 || x > x1 || y < y0 || y > y1 || !inside(shape.rings, x, y)) continue;
      const size = (x1 - x0) * (y1 - y0);
      if (size < least) {
        least = size;
        best = shape;
      }
    }
    return best;
  }
}

/** The next region in a direction: near ahead, and little to the side. */
export function neighborIn(shapes: readonly Shape[], from: Shape, dx: number, dy: number): Shape | undefined {
  let best: Shape | undefined;
  let least = Infinity;
  for (const shape of shapes) {
    if (shape === from || !shape.region) continue;
    const x = shape.center[0] - from.center[0];
    const y = shape.center[1] - from.center[1];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (ahead <= 0 || aside > ahead * 1.4) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) {
      least = cost;
      best = shape;
    }
  }
  return best;
}

/** One outline as an SVG path, each point through `place`. */
export function outline(rings: readonly Float64Array[], place: (x: number, y: number) => [number, number]): string {
  let d = "";
  for (const ring of rings) {
    let before = "";
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = place(ring[i]!, ring[i + 1]!);
      const now = `${x.toFixed(1)},${y.toFixed(1)}`;
      if (now === before) continue;
      d += `${i === 0 ? "M" : "L"}${now}`;
      before = now;
    }
    d += "Z";
  }
  return d;
}

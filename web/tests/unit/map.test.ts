import { describe, expect, it } from "vitest";
import type { MapAnswer } from "../../src/api/types";
import { Index, inside, neighborIn, plane } from "../../src/figures/map/shapes";
import { fit, scaleBar, zoom } from "../../src/figures/map/view";
import { ticks } from "../../src/figures/scale";

const name = { en: "n", zh: "名" };
const square = (code: string, x: number, y: number) => ({ type: "Feature" as const, id: code, properties: { code, name, region: true, center: [x + 5, y + 5] }, geometry: { type: "MultiPolygon" as const, coordinates: [[[[x, y], [x + 10, y], [x + 10, y + 10], [x, y + 10], [x, y]]]] } });
const answer: MapAnswer = { kind: "areas", projection: { name }, extent: [0, 0, 20, 20], notice: null, km_per_unit: 2, insets: [], left_out: [], unmatched: { without_area: [], without_region: [] }, areas: { type: "FeatureCollection", features: [square("a", 0, 0), square("b", 10, 0), square("c", 0, 10)] } };

describe("what lies under a point", () => {
  const world = plane(answer)!;
  const index = new Index(world);

  it("is the area that holds it, and nothing outside", () => {
    expect(index.at(5, 5)?.code).toBe("a");
    expect(index.at(15, 5)?.code).toBe("b");
    expect(index.at(15, 15)).toBeUndefined();
    expect(index.at(-5, 5)).toBeUndefined();
  });

  it("is not the hole of an area", () => {
    const ring = Float64Array.of(0, 0, 10, 0, 10, 10, 0, 10);
    const hole = Float64Array.of(4, 4, 6, 4, 6, 6, 4, 6);
    expect(inside([ring, hole], 5, 5)).toBe(false);
    expect(inside([ring, hole], 2, 5)).toBe(true);
  });

  it("agrees with looking at every area, at ten thousand points of a country of tiles", () => {
    const tiles: MapAnswer = { kind: "tiles", n_rows: 20, n_columns: 20, notice: null, unmatched: { without_area: [], without_region: [] }, tiles: Array.from({ length: 400 }, (_, i) => ({ code: String(i), row: Math.floor(i / 20), column: i % 20, name, short: name })) };
    const p = plane(tiles)!;
    const idx = new Index(p);
    for (let i = 0; i < 10000; i++) {
      const x = ((i * 7919) % 2100) / 100 - 0.5;
      const y = ((i * 104729) % 2100) / 100 - 0.5;
      expect(idx.at(x, y)?.code).toBe(p.shapes.find((s) => inside(s.rings, x, y))?.code);
    }
  });

  it("arrow keys go to the next area in their direction", () => {
    const a = world.shapes[0]!;
    expect(neighborIn(world.shapes, a, 1, 0)?.code).toBe("b");
    expect(neighborIn(world.shapes, a, 0, 1)?.code).toBe("c");
    expect(neighborIn(world.shapes, a, -1, 0)).toBeUndefined();
  });
});

describe("the window on the map", () => {
  it("shows the whole extent in its middle", () => {
    const view = fit([0, 0, 100, 50], 220, 220, 10);
    expect(view.k).toBe(2);
    expect([0 * view.k + view.x, 0 * view.k + view.y]).toEqual([10, 60]);
  });

  it("zooms around the point under the pointer", () => {
    const view = fit([0, 0, 100, 100], 200, 200, 0);
    const near = zoom(view, 2, 50, 50, view.k);
    expect((50 - near.x) / near.k).toBeCloseTo((50 - view.x) / view.k, 9);
  });

  it("has a round scale bar that fits", () => {
    expect(scaleBar(0.3, 140)).toEqual({ km: 200, pixels: 60 });
    expect(scaleBar(2, 140).km).toBe(50);
  });
});

describe("axis ticks", () => {
  it("are round and inside", () => {
    expect(ticks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks([-3, 17], 4)).toEqual([0, 5, 10, 15]);
  });
});

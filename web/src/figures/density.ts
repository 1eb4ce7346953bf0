/** Points counted in cells of a few pixels, and the counts as shades. */
import { shade, theme } from "./palette";

export interface Cells {
  columns: number;
  rows: number;
  counts: Uint32Array;
  most: number;
}

/** Counts points (x0, y0, x1, y1, …; y upward) in a grid that keeps their proportions. */
export function bin(points: Float64Array, columns: number, rows: number): Cells {
  const counts = new Uint32Array(columns * rows);
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  if (points.length === 0) return { columns, rows, counts, most: 0 };
  const k = Math.min((columns - 1) / (x1 - x0 || 1), (rows - 1) / (y1 - y0 || 1));
  const dx = (columns - 1 - k * (x1 - x0)) / 2;
  const dy = (rows - 1 - k * (y1 - y0)) / 2;
  let most = 0;
  for (let i = 0; i < points.length; i += 2) {
    const c = Math.round((points[i]! - x0) * k + dx);
    const r = Math.round((y1 - points[i + 1]!) * k + dy);
    const n = ++counts[r * columns + c]!;
    if (n > most) most = n;
  }
  return { columns, rows, counts, most };
}

/** Shades by the logarithm of the count, because plants crowd. */
export function paint(context: CanvasRenderingContext2D, cells: Cells, width: number, height: number): void {
  const image = new ImageData(cells.columns, cells.rows);
  const ramp = Array.from({ length: 64 }, (_, i) => Number.parseInt(shade(0.12 + (0.88 * i) / 63).slice(1), 16));
  const full = Math.log1p(cells.most) || 1;
  for (let i = 0; i < cells.counts.length; i++) {
    const n = cells.counts[i]!;
    if (n === 0) continue;
    const color = ramp[Math.min(63, Math.floor((Math.log1p(n) / full) * 63))]!;
    image.data[4 * i] = color >> 16;
    image.data[4 * i + 1] = (color >> 8) & 255;
    image.data[4 * i + 2] = color & 255;
    image.data[4 * i + 3] = 255;
  }
  const small = document.createElement("canvas");
  small.width = cells.columns;
  small.height = cells.rows;
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.fillStyle = theme.value.paper;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
}

/** Where the plane lies on the screen: pixel = world × k + t. */
export interface View {
  k: number;
  x: number;
  y: number;
}

/** The whole extent in the middle of the window. */
export function fit(extent: readonly [number, number, number, number], width: number, height: number, pad = 10): View {
  const [x0, y0, x1, y1] = extent;
  const k = Math.min((width - 2 * pad) / (x1 - x0 || 1), (height - 2 * pad) / (y1 - y0 || 1));
  return { k, x: (width - k * (x0 + x1)) / 2, y: (height - k * (y0 + y1)) / 2 };
}

/** Zoomed by `factor` with the point under (px, py) held fast; no farther out than `least`, no nearer than 60 times that. */
export function zoom(view: View, factor: number, px: number, py: number, least: number): View {
  const k = Math.min(least * 60, Math.max(least * 0.8, view.k * factor));
  const f = k / view.k;
  return { k, x: px - (px - view.x) * f, y: py - (py - view.y) * f };
}

/** A round length in km for a scale bar of at most `most` pixels. */
export function scaleBar(pixelsPerKm: number, most: number): { km: number; pixels: number } {
  const power = 10 ** Math.floor(Math.log10(most / pixelsPerKm));
  const km = [5, 2, 1].map((m) => m * power).find((v) => v * pixelsPerKm <= most) ?? power;
  return { km, pixels: km * pixelsPerKm };
}

/** A curved arrow of the given width, as an outline of straight and quadratic pieces. */
export function arrow(x0: number, y0: number, x1: number, y1: number, width: number): string {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length = Math.hypot(dx, dy) || 1;
  // Bent to the right of its way, so that the arrow back stays visible.
  const mx = (x0 + x1) / 2 - dy * 0.16;
  const my = (y0 + y1) / 2 + dx * 0.16;
  const head = Math.min(length * 0.4, 5 + width * 1.6);
  const tx = x1 - mx;
  const ty = y1 - my;
  const t = Math.hypot(tx, ty) || 1;
  const [ux, uy] = [tx / t, ty / t];
  const [bx, by] = [x1 - ux * head, y1 - uy * head];
  const w = width / 2;
  const [sx, sy] = [(mx - x0) / (Math.hypot(mx - x0, my - y0) || 1), (my - y0) / (Math.hypot(mx - x0, my - y0) || 1)];
  const [nx, ny] = [-dy / length, dx / length];
  const p = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`;
  const hw = w + 2.2 + width * 0.35;
  return `M${p(x0 - sy * w * 0.6, y0 + sx * w * 0.6)}Q${p(mx + nx * w, my + ny * w)} ${p(bx - uy * w, by + ux * w)}L${p(bx - uy * hw, by + ux * hw)}L${p(x1, y1)}L${p(bx + uy * hw, by - ux * hw)}L${p(bx + uy * w, by - ux * w)}Q${p(mx - nx * w, my - ny * w)} ${p(x0 + sy * w * 0.6, y0 - sx * w * 0.6)}Z`;
}

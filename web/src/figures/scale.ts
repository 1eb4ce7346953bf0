/** Linear and logarithmic scales and round ticks. */
export interface Scale {
  (value: number): number;
  domain: [number, number];
  invert(pixel: number): number;
}

export function linear(domain: [number, number], range: [number, number]): Scale {
  const [d0, d1] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain;
  const slope = (range[1] - range[0]) / (d1 - d0);
  const scale = ((value: number) => range[0] + (value - d0) * slope) as Scale;
  scale.domain = [d0, d1];
  scale.invert = (pixel) => d0 + (pixel - range[0]) / slope;
  return scale;
}

/** Round numbers inside the domain, about `count` of them. */
export function ticks([low, high]: [number, number], count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (raw / power >= 7.1 ? 10 : raw / power >= 3.2 ? 5 : raw / power >= 1.5 ? 2 : 1);
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) out.push(Number((k * step).toPrecision(12)));
  return out;
}

/** The domain of values, widened to round numbers; holds zero where asked. */
export function domainOf(values: Iterable<number>, options: { zero?: boolean; pad?: number } = {}): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return [0, 1];
  if (options.zero) {
    low = Math.min(0, low);
    high = Math.max(0, high);
  }
  if (low === high) return [low - Math.abs(low || 1) * 0.1, high + Math.abs(high || 1) * 0.1];
  const pad = (high - low) * (options.pad ?? 0.04);
  return [options.zero && low === 0 ? 0 : low - pad, options.zero && high === 0 ? 0 : high + pad];
}

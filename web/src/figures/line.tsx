/** Series over years: a gap in the data is a gap in the line. */
import { useMemo, useState } from "preact/hooks";
import { type Cell, isGap, num } from "../api/cell";
import { cell } from "../format/number";
import { lang } from "../i18n";
import { AxisX, AxisY, Drawing, type Margin, Tip, type TipContent, useWidth, yearTicks } from "./frame";
import { symbolPath } from "./marks";
import { CATEGORIES, DASHES, SYMBOLS, mix, theme } from "./palette";
import { domainOf, linear, ticks } from "./scale";

export interface LinePoint {
  x: number;
  y: Cell;
  lower?: Cell | undefined;
  upper?: Cell | undefined;
  address?: string | undefined;
}

export interface LineSeries {
  id: string;
  name: string;
  points: LinePoint[];
  /** Drawn thin and dashed without symbols: a fit, a reference. */
  fitted?: boolean;
  color?: string;
}

/** An upright band: a break date with its interval. */
export interface UprightBand {
  from: number;
  to: number;
  at: number;
  label: string;
}

interface Props {
  title: string;
  series: LineSeries[];
  height?: number;
  zero?: boolean;
  format: (value: number) => string;
  yTitle?: string;
  bands?: UprightBand[];
  /** A value with a meaning, such as 0 or 1. */
  reference?: number;
  /** Shaded up to this x: the time before an event. */
  before?: number;
  xTitle?: string;
  keyHelp: string;
  onPick?: (address: string) => void;
  /** Labels at the lines' ends instead of a legend above. */
  endLabels?: boolean;
  marker?: number;
  /** Points with upright intervals and no line between them: estimates that are not a course in time. */
  dots?: boolean;
}

export function LineChart(props: Props) {
  const t = theme.value;
  const [ref, width] = useWidth<HTMLDivElement>();
  const height = props.height ?? 300;
  const [cursor, setCursor] = useState<number | undefined>();
  const [focus, setFocus] = useState(0);
  const ends = props.endLabels !== false && props.series.length <= 8 && width >= 520;
  const margin: Margin = { top: props.yTitle ? 26 : 14, right: ends ? Math.min(170, 24 + 7.2 * Math.max(0, ...props.series.map((s) => visualLength(s.name)))) : 16, bottom: props.xTitle ? 44 : 30, left: 58 };

  const xs = useMemo(() => {
    const all = new Set<number>();
    for (const s of props.series) for (const p of s.points) all.add(p.x);
    return [...all].sort((a, b) => a - b);
  }, [props.series]);
  const ys = useMemo(() => {
    const out: number[] = [];
    for (const s of props.series)
      for (const p of s.points)
        for (const v of [p.y, p.lower, p.upper]) {
          const n = num(v);
          if (n !== undefined) out.push(n);
        }
    if (props.reference !== undefined) out.push(props.reference);
    return out;
  }, [props.series, props.reference]);

  const x = linear([xs[0] ?? 0, xs[xs.length - 1] ?? 1], [margin.left, width - margin.right]);
  const y = linear(domainOf(ys, { zero: props.zero ?? false, pad: 0.06 }), [height - margin.bottom, margin.top]);
  const palette = (i: number, s: LineSeries) => s.color ?? (s.fitted ? t.ink : ink(CATEGORIES[i % CATEGORIES.length]!));

  const index = cursor === undefined ? -1 : xs.indexOf(cursor);
  const values = cursor === undefined ? [] : props.series.map((s) => s.points.find((p) => p.x === cursor));
  let tip: TipContent | undefined;
  if (cursor !== undefined) {
    const shown = props.series
      .map((s, i) => ({ s, p: values[i] }))
      .filter(({ p }) => p !== undefined)
      .slice(0, 9);
    const first = num(shown[Math.min(focus, shown.length - 1)]?.p?.y);
    tip = {
      x: x(cursor),
      y: first === undefined ? margin.top + 20 : y(first),
      title: String(cursor),
      lines: shown.map(({ s, p }) => {
        const range = num(p!.lower) !== undefined && num(p!.upper) !== undefined ? ` [${props.format(num(p!.lower)!)}, ${props.format(num(p!.upper)!)}]` : "";
        const value = typeof p!.y === "number" ? props.format(p!.y) : cell(p!.y, lang.value);
        return props.series.length > 1 ? `${s.name}: ${value}${range}` : `${value}${range}`;
      }),
    };
  }
  const pick = () => {
    const chosen = values[Math.min(focus, values.length - 1)] ?? values.find((p) => p?.address);
    if (chosen?.address) props.onPick?.(chosen.address);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move !== undefined) {
      const next = index < 0 ? (move > 0 ? 0 : xs.length - 1) : Math.min(xs.length - 1, Math.max(0, index + move));
      setCursor(xs[next]);
    } else if (event.key === "Home") setCursor(xs[0]);
    else if (event.key === "End") setCursor(xs[xs.length - 1]);
    else if (event.key === "ArrowDown") setFocus((f) => (f + 1) % Math.max(1, props.series.length));
    else if (event.key === "ArrowUp") setFocus((f) => (f + props.series.length - 1) % Math.max(1, props.series.length));
    else if (event.key === "Enter" || event.key === " ") pick();
    else if (event.key === "Escape") setCursor(undefined);
    else return;
    event.preventDefault();
  };
  const nearest = (event: { currentTarget: SVGSVGElement; clientX: number; clientY: number }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const wanted = x.invert(event.clientX - box.left);
    let best = xs[0];
    for (const v of xs) if (best === undefined || Math.abs(v - wanted) < Math.abs(best - wanted)) best = v;
    setCursor(best);
    if (best === undefined) return;
    const py = event.clientY - box.top;
    let near = 0;
    let least = Infinity;
    props.series.forEach((s, i) => {
      const n = num(s.points.find((p) => p.x === best)?.y);
      if (n !== undefined && Math.abs(y(n) - py) < least) {
        least = Math.abs(y(n) - py);
        near = i;
      }
    });
    setFocus(near);
  };

  const labels = ends ? spread(props.series.map((s) => lastY(s, y)), 14, margin.top, height - margin.bottom) : [];

  return (
    <div class="chart" ref={ref}>
      {!ends && props.series.length > 1 && <SeriesLegend series={props.series} color={palette} />}
      <Drawing
        width={width}
        height={height}
        title={props.title}
        keyHelp={props.keyHelp}
        onKeyDown={onKeyDown}
        onPointerMove={nearest}
        onPointerLeave={() => setCursor(undefined)}
        onPointerDown={(event) => {
          nearest(event);
          queueMicrotask(pick);
        }}
        onBlur={() => setCursor(undefined)}
      >
        {props.before !== undefined && (
          <rect x={margin.left} y={margin.top} width={Math.max(0, x(props.before) - margin.left)} height={height - margin.top - margin.bottom} fill={t.empty} />
        )}
        <AxisY scale={y} values={ticks(y.domain, height / 56)} format={props.format} at={margin.left} reach={width - margin.left - margin.right} title={props.yTitle} />
        <AxisX scale={x} values={yearTicks(xs, width - margin.left - margin.right)} format={String} at={height - margin.bottom} reach={0} title={props.xTitle} />
        {props.bands?.map((band) => (
          <g key={band.at}>
            <rect x={x(band.from)} width={Math.max(2, x(band.to) - x(band.from))} y={margin.top} height={height - margin.top - margin.bottom} fill={t.band} fill-opacity={0.6} />
            <line x1={x(band.at)} x2={x(band.at)} y1={margin.top} y2={height - margin.bottom} stroke={t.strong} stroke-dasharray="5 3" />
            <text x={x(band.at) + 4} y={margin.top + 11} font-size={11} fill={t.ink}>{band.label}</text>
          </g>
        ))}
        {props.reference !== undefined && <line x1={margin.left} x2={width - margin.right} y1={y(props.reference)} y2={y(props.reference)} stroke={t.soft} stroke-dasharray="2 3" />}
        {props.marker !== undefined && xs.length > 0 && props.marker >= xs[0]! && props.marker <= xs[xs.length - 1]! && (
          <line x1={x(props.marker)} x2={x(props.marker)} y1={margin.top} y2={height - margin.bottom} stroke={t.accent} stroke-width={1} />
        )}
        {cursor !== undefined && <line x1={x(cursor)} x2={x(cursor)} y1={margin.top} y2={height - margin.bottom} stroke={t.rule} />}
        {props.series.map((s, i) => {
          const color = palette(i, s);
          const runs = lines(s.points, x, y);
          return (
            <g key={s.id} class="series" data-series={s.id}>
              {!props.dots && ribbons(s.points, x, y).map((d) => <path key={d} d={d} fill={color} fill-opacity={0.16} />)}
              {!props.dots && runs.map((d) => <path key={d} d={d} fill="none" stroke={color} stroke-width={s.fitted ? 1.25 : 2} stroke-dasharray={s.fitted ? "5 3" : DASHES[i % DASHES.length]} stroke-linejoin="round" />)}
              {!s.fitted && s.points.map((p) => {
                const n = num(p.y);
                if (n === undefined) return null;
                const hot = p.x === cursor;
                const lo = num(p.lower);
                const hi = num(p.upper);
                return (
                  <g key={p.x} data-key={`${s.id}|${p.x}`} data-value={n}>
                    {(props.dots || s.points.length === 1) && lo !== undefined && hi !== undefined && <path d={`M${x(p.x)},${y(lo)}V${y(hi)}M${x(p.x) - 4},${y(lo)}h8M${x(p.x) - 4},${y(hi)}h8`} stroke={color} stroke-width={1.5} />}
                    {(hot || s.points.length <= 40) && <path transform={`translate(${x(p.x).toFixed(1)},${y(n).toFixed(1)})`} d={symbolPath(SYMBOLS[i % SYMBOLS.length]!, hot ? 4.8 : props.dots ? 4 : 2.6)} fill={props.dots && lo === undefined ? t.paper : color} stroke={hot ? t.ink : props.dots && lo === undefined ? color : "none"} />}
                  </g>
                );
              })}
              {ends && labels[i] !== undefined && (
                <text x={width - margin.right + 8} y={labels[i]! + 4} fill={color} font-size={11.5} font-weight={i === focus && cursor !== undefined ? 700 : 400}>{s.name}</text>
              )}
            </g>
          );
        })}
      </Drawing>
      <Tip tip={tip} width={width} />
    </div>
  );
}

function ink(color: string): string {
  const t = theme.value;
  return t.paper === "#ffffff" ? color : mix(color, "#ffffff", 0.3);
}

/** Chinese characters count double. */
export function visualLength(text: string): number {
  let n = 0;
  for (const c of text) n += c.charCodeAt(0) > 0x2e80 ? 1.75 : 1;
  return n;
}

function lastY(s: LineSeries, y: (v: number) => number): number {
  for (let i = s.points.length - 1; i >= 0; i--) {
    const n = num(s.points[i]!.y);
    if (n !== undefined) return y(n);
  }
  return Number.NaN;
}

/** Labels moved apart so that none covers another. */
function spread(places: number[], gap: number, low: number, high: number): (number | undefined)[] {
  const order = places.map((place, i) => ({ place, i })).filter((p) => Number.isFinite(p.place)).sort((a, b) => a.place - b.place);
  for (let k = 1; k < order.length; k++) order[k]!.place = Math.max(order[k]!.place, order[k - 1]!.place + gap);
  const over = order.length ? order[order.length - 1]!.place - high : 0;
  if (over > 0) {
    order[order.length - 1]!.place -= over;
    for (let k = order.length - 2; k >= 0; k--) order[k]!.place = Math.max(low, Math.min(order[k]!.place, order[k + 1]!.place - gap));
  }
  const out: (number | undefined)[] = places.map(() => undefined);
  for (const { place, i } of order) out[i] = place;
  return out;
}

/** Runs of points without a hole: a gap ends one, and so does a stretch of years that is far longer than usual. */
function lines(points: LinePoint[], x: (v: number) => number, y: (v: number) => number): string[] {
  const runs: string[] = [];
  let run: string[] = [];
  const gaps = points.slice(1).map((p, i) => p.x - points[i]!.x).sort((a, b) => a - b);
  const usual = gaps[Math.floor(gaps.length / 2)] ?? 1;
  for (const [i, p] of points.entries()) {
    const n = num(p.y);
    if (i > 0 && p.x - points[i - 1]!.x > usual * 2.5) {
      if (run.length > 1) runs.push(run.join(""));
      run = [];
    }
    if (n === undefined) {
      if (run.length > 1) runs.push(run.join(""));
      run = [];
    } else run.push(`${run.length ? "L" : "M"}${x(p.x).toFixed(1)},${y(n).toFixed(1)}`);
  }
  if (run.length > 1) runs.push(run.join(""));
  return runs;
}

function ribbons(points: LinePoint[], x: (v: number) => number, y: (v: number) => number): string[] {
  const out: string[] = [];
  let run: LinePoint[] = [];
  const close = () => {
    if (run.length > 1) {
      const up = run.map((p, k) => `${k ? "L" : "M"}${x(p.x).toFixed(1)},${y(num(p.upper)!).toFixed(1)}`).join("");
      const down = [...run].reverse().map((p) => `L${x(p.x).toFixed(1)},${y(num(p.lower)!).toFixed(1)}`).join("");
      out.push(`${up}${down}Z`);
    }
    run = [];
  };
  for (const p of points) {
    if (num(p.lower) !== undefined && num(p.upper) !== undefined && !isGap(p.y)) run.push(p);
    else close();
  }
  close();
  return out;
}

function SeriesLegend({ series, color }: { series: LineSeries[]; color: (i: number, s: LineSeries) => string }) {
  return (
    <ul class="legend-line">
      {series.map((s, i) => (
        <li key={s.id}>
          <svg width={30} height={12} aria-hidden="true">
            <path d="M1,6H29" stroke={color(i, s)} stroke-width={2} stroke-dasharray={s.fitted ? "5 3" : DASHES[i % DASHES.length]} />
            {!s.fitted && <path transform="translate(15,6)" d={symbolPath(SYMBOLS[i % SYMBOLS.length]!, 4)} fill={color(i, s)} />}
          </svg>
          {s.name}
        </li>
      ))}
    </ul>
  );
}

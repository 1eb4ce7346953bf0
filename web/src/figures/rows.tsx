/** One value, parts of a sum, or an interval per row. */
import { useState } from "preact/hooks";
import { type Cell, isGap, num } from "../api/cell";
import { cell } from "../format/number";
import { lang } from "../i18n";
import { AxisX, Drawing, Tip, type TipContent, useWidth } from "./frame";
import { visualLength } from "./line";
import { symbolPath } from "./marks";
import { CATEGORIES, inkOn, theme } from "./palette";
import { domainOf, linear, ticks } from "./scale";
import { Patterns, patternOf } from "./patterns";

export interface Part {
  name: string;
  value: Cell;
  color?: string | undefined;
}

export interface ChartRow {
  id: string;
  name: string;
  /** Parts of a sum; one part is a plain bar. */
  parts?: Part[];
  /** A point with its interval. */
  point?: Cell;
  lower?: Cell;
  upper?: Cell;
  /** A second point: the other end of a change, or the rank by the central weights. */
  second?: Cell;
  color?: string | undefined;
  address?: string | undefined;
  note?: string;
}

interface Props {
  title: string;
  rows: ChartRow[];
  format: (v: number) => string;
  xTitle?: string;
  selected?: readonly string[];
  hover?: string | undefined;
  onHover?: (id: string | undefined) => void;
  onSelect?: (ids: string[], add: boolean) => void;
  onPick?: (address: string) => void;
  keyHelp: string;
  zero?: boolean;
  reference?: number;
  domain?: [number, number];
  /** Ranks run from left to right, the first on the left. */
  rowHeight?: number;
  showValues?: boolean;
  legend?: { name: string; color: string }[];
}

export function RowChart(props: Props) {
  const t = theme.value;
  const [ref, width] = useWidth<HTMLDivElement>(520);
  const [focus, setFocus] = useState<number>(-1);
  const rowHeight = props.rowHeight ?? 20;
  const longest = Math.max(4, ...props.rows.map((r) => visualLength(r.name)));
  const left = Math.min(width * 0.42, 22 + longest * 6.5);
  const right = props.showValues ? 62 : 18;
  const top = 6;
  const height = top + props.rows.length * rowHeight + (props.xTitle ? 44 : 30);
  const values: number[] = [];
  for (const r of props.rows) {
    if (r.parts) {
      let up = 0;
      let down = 0;
      for (const p of r.parts) {
        const n = num(p.value) ?? 0;
        if (n >= 0) up += n;
        else down += n;
      }
      values.push(up, down);
    }
    for (const c of [r.point, r.lower, r.upper, r.second]) {
      const n = num(c);
      if (n !== undefined) values.push(n);
    }
  }
  if (props.reference !== undefined) values.push(props.reference);
  const stacked = props.rows.some((r) => r.parts);
  const x = linear(props.domain ?? domainOf(values, { zero: stacked || (props.zero ?? false) }), [left, width - right]);
  const chosen = new Set(props.selected ?? []);
  const shown = props.rows.findIndex((r) => r.id === props.hover);
  const hot = shown >= 0 ? shown : focus;
  const row = props.rows[hot];
  const say = (c: Cell | undefined) => (typeof c === "number" ? props.format(c) : cell(c, lang.value));
  const tip: TipContent | undefined = row && {
    x: left + 12,
    y: top + hot * rowHeight + rowHeight,
    title: row.name,
    lines: [
      ...(row.parts?.map((p) => `${row.parts!.length > 1 ? `${p.name}: ` : ""}${say(p.value)}`) ?? []),
      ...(row.point !== undefined ? [`${say(row.point)}${row.lower !== undefined ? ` [${say(row.lower)}, ${say(row.upper)}]` : ""}`] : []),
      ...(row.note ? [row.note] : []),
    ],
  };
  const show = (index: number) => {
    setFocus(index);
    props.onHover?.(props.rows[index]?.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) show(hot < 0 ? 0 : Math.min(props.rows.length - 1, Math.max(0, hot + move)));
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(props.rows.length - 1);
    else if (event.key === "Enter" && row) {
      if (props.onSelect) props.onSelect([row.id], true);
      else if (row.address) props.onPick?.(row.address);
    } else if (event.key === " " && row?.address) props.onPick?.(row.address);
    else if (event.key === "Escape") show(-1);
    else return;
    event.preventDefault();
  };
  const rowAt = (event: { currentTarget: SVGSVGElement; clientY: number }) => Math.floor((event.clientY - event.currentTarget.getBoundingClientRect().top - top) / rowHeight);
  return (
    <div class="chart" ref={ref}>
      {props.legend && (
        <ul class="legend-line">
          {props.legend.map((l) => (
            <li key={l.name}>
              <svg width={14} height={12} aria-hidden="true"><rect width={14} height={12} fill={l.color} /></svg>
              {l.name}
            </li>
          ))}
        </ul>
      )}
      <Drawing
        width={width}
        height={height}
        title={props.title}
        keyHelp={props.keyHelp}
        onKeyDown={onKeyDown}
        onBlur={() => show(-1)}
        onPointerMove={(event) => {
          const i = rowAt(event);
          show(i >= 0 && i < props.rows.length ? i : -1);
        }}
        onPointerLeave={() => show(-1)}
        onPointerUp={(event) => {
          const r = props.rows[rowAt(event)];
          if (!r) return;
          if (props.onSelect) props.onSelect([r.id], true);
          else if (r.address) props.onPick?.(r.address);
        }}
      >
        <Patterns />
        <AxisX scale={x} values={ticks(x.domain, (width - left - right) / 70)} format={props.format} at={top + props.rows.length * rowHeight} reach={props.rows.length * rowHeight} title={props.xTitle} />
        {x.domain[0] < 0 && x.domain[1] > 0 && <line x1={x(0)} x2={x(0)} y1={top} y2={top + props.rows.length * rowHeight} stroke={t.rule} />}
        {props.reference !== undefined && <line x1={x(props.reference)} x2={x(props.reference)} y1={top} y2={top + props.rows.length * rowHeight} stroke={t.strong} stroke-dasharray="4 3" />}
        {props.rows.map((r, i) => {
          const y = top + i * rowHeight;
          const middle = y + rowHeight / 2;
          const on = chosen.has(r.id);
          let up = 0;
          let down = 0;
          const color = r.color ?? t.accent;
          const point = num(r.point);
          const lower = num(r.lower);
          const upper = num(r.upper);
          const second = num(r.second);
          const single = r.parts?.length === 1 ? r.parts[0]!.value : r.point;
          return (
            <g key={r.id} data-key={r.id} data-value={single !== undefined && typeof single === "number" ? single : undefined}>
              {(i === hot || on) && <rect x={0} y={y} width={width} height={rowHeight} fill={t.accent} fill-opacity={on ? 0.14 : 0.07} />}
              <text x={left - 8} y={middle} dy="0.34em" text-anchor="end" font-size={11.5} font-weight={on ? 700 : 400}>{clip(r.name, left - 10)}</text>
              {r.parts?.map((p, k) => {
                const fill = p.color ?? (r.parts!.length > 1 ? CATEGORIES[k % CATEGORIES.length]! : color);
                if (isGap(p.value)) return <rect key={p.name} x={left} y={y + 3} width={46} height={rowHeight - 6} fill={patternOf(p.value.gap)} stroke={t.rule} />;
                const n = num(p.value);
                if (n === undefined || n === 0) return null;
                const from = n > 0 ? up : down;
                if (n > 0) up += n;
                else down += n;
                const [a, b] = [x(from), x(from + n)];
                return <rect key={p.name} x={Math.min(a, b)} y={y + 3} width={Math.max(0.5, Math.abs(b - a))} height={rowHeight - 6} fill={fill} stroke={r.parts!.length > 1 ? t.paper : "none"} stroke-width={0.5} />;
              })}
              {r.parts && r.parts.length > 1 && <path transform={`translate(${x(r.parts.reduce((s, p) => s + (num(p.value) ?? 0), 0)).toFixed(1)},${middle})`} d={symbolPath("diamond", 3.6)} fill={t.paper} stroke={t.ink} stroke-width={1.3} />}
              {lower !== undefined && upper !== undefined && <path d={`M${x(lower)},${middle}H${x(upper)}M${x(lower)},${middle - 3.5}V${middle + 3.5}M${x(upper)},${middle - 3.5}V${middle + 3.5}`} stroke={color} stroke-width={1.6} />}
              {second !== undefined && point !== undefined && lower === undefined && <path d={`M${x(second)},${middle}H${x(point)}`} stroke={color} stroke-width={1.6} />}
              {second !== undefined && <path transform={`translate(${x(second).toFixed(1)},${middle})`} d={symbolPath("circle", 3.4)} fill={t.paper} stroke={color} stroke-width={1.4} />}
              {point !== undefined && <path transform={`translate(${x(point).toFixed(1)},${middle})`} d={symbolPath("circle", 4)} fill={color} stroke={t.paper} stroke-width={0.8} />}
              {isGap(r.point) && <rect x={left} y={y + 3} width={46} height={rowHeight - 6} fill={patternOf(r.point.gap)} stroke={t.rule} />}
              {props.showValues && <text x={width - 4} y={middle} dy="0.34em" text-anchor="end" font-size={11} fill={t.soft}>{isGap(single) ? "–" : say(single)}</text>}
            </g>
          );
        })}
      </Drawing>
      <Tip tip={tip} width={width} />
    </div>
  );
}

function clip(name: string, room: number): string {
  const most = Math.floor(room / 6.4);
  if (visualLength(name) <= most) return name;
  let out = "";
  for (const c of name) {
    if (visualLength(out + c) > most - 1) break;
    out += c;
  }
  return `${out}…`;
}

/** A matrix of rows and columns, light to dark or in two colors around a value. */
interface HeatProps {
  title: string;
  rows: { id: string; name: string }[];
  columns: { id: string; name: string }[];
  value: (row: string, column: string) => Cell | undefined;
  color: (value: number) => string;
  format: (v: number) => string;
  keyHelp: string;
  onPick?: (row: string, column: string) => void;
  cellHeight?: number;
  upright?: boolean;
  square?: boolean;
}

export function Heat(props: HeatProps) {
  const t = theme.value;
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const [at, setAt] = useState<[number, number] | undefined>();
  const longest = Math.max(3, ...props.rows.map((r) => visualLength(r.name)));
  const left = Math.min(width * 0.34, 12 + longest * 6.2);
  const cw = Math.max(3, (width - left - 6) / Math.max(1, props.columns.length));
  const slanted = props.upright !== true && Math.max(0, ...props.columns.map((c) => visualLength(c.name))) * 6.5 > cw;
  const top = slanted ? Math.min(110, 16 + 5 * Math.max(...props.columns.map((c) => visualLength(c.name)))) : 22;
  const rh = props.cellHeight ?? (props.square ? Math.min(20, cw) : 17);
  const height = top + props.rows.length * rh + 6;
  const step = props.upright ? Math.max(1, Math.ceil(38 / cw)) : cw < 11 ? Math.ceil(11 / cw) : 1;
  const say = (c: Cell | undefined) => (typeof c === "number" ? props.format(c) : cell(c, lang.value));
  const tip: TipContent | undefined = at && {
    x: left + (at[1] + 0.5) * cw,
    y: top + at[0] * rh,
    title: `${props.rows[at[0]]?.name} · ${props.columns[at[1]]?.name}`,
    lines: [say(props.value(props.rows[at[0]]!.id, props.columns[at[1]]!.id))],
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [r, c] = at ?? [0, -1];
    const next: Record<string, [number, number]> = { ArrowRight: [r, c + 1], ArrowLeft: [r, c - 1], ArrowDown: [r + 1, Math.max(0, c)], ArrowUp: [r - 1, Math.max(0, c)] };
    const to = next[event.key];
    if (to) setAt([Math.min(props.rows.length - 1, Math.max(0, to[0])), Math.min(props.columns.length - 1, Math.max(0, to[1]))]);
    else if ((event.key === "Enter" || event.key === " ") && at) props.onPick?.(props.rows[at[0]]!.id, props.columns[at[1]]!.id);
    else if (event.key === "Escape") setAt(undefined);
    else return;
    event.preventDefault();
  };
  const find = (event: { currentTarget: SVGSVGElement; clientX: number; clientY: number }): [number, number] | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const c = Math.floor((event.clientX - box.left - left) / cw);
    const r = Math.floor((event.clientY - box.top - top) / rh);
    return r >= 0 && c >= 0 && r < props.rows.length && c < props.columns.length ? [r, c] : undefined;
  };
  return (
    <div class="chart" ref={ref}>
      <Drawing width={width} height={height} title={props.title} keyHelp={props.keyHelp} onKeyDown={onKeyDown} onBlur={() => setAt(undefined)} onPointerMove={(e) => setAt(find(e))} onPointerLeave={() => setAt(undefined)}
        onPointerUp={(e) => {
          const to = find(e);
          if (to) props.onPick?.(props.rows[to[0]]!.id, props.columns[to[1]]!.id);
        }}>
        <Patterns />
        {props.columns.map((c, k) => k % step === 0 && (slanted
          ? <text key={c.id} transform={`translate(${left + (k + 0.5) * cw + 3},${top - 6}) rotate(-55)`} font-size={10.5} fill={t.soft}>{clip(c.name, 120)}</text>
          : <text key={c.id} x={left + (k + 0.5) * cw} y={top - 7} text-anchor="middle" font-size={10.5} fill={t.soft}>{c.name}</text>))}
        {props.rows.map((r, i) => (
          <g key={r.id}>
            <text x={left - 6} y={top + (i + 0.5) * rh} dy="0.34em" text-anchor="end" font-size={Math.min(11, rh - 3)}>{clip(r.name, left - 8)}</text>
            {props.columns.map((c, k) => {
              const v = props.value(r.id, c.id);
              const fill = typeof v === "number" ? props.color(v) : isGap(v) ? patternOf(v.gap) : "none";
              return <rect key={c.id} x={left + k * cw} y={top + i * rh} width={cw} height={rh} fill={fill} stroke={t.paper} stroke-width={cw > 5 ? 0.8 : 0} />;
            })}
          </g>
        ))}
        {props.columns.length * props.rows.length <= 220 && cw > 34 && props.rows.map((r, i) => props.columns.map((c, k) => {
          const v = props.value(r.id, c.id);
          return typeof v === "number" ? <text key={`${i}-${k}`} x={left + (k + 0.5) * cw} y={top + (i + 0.5) * rh} dy="0.34em" text-anchor="middle" font-size={10} fill={inkOn(props.color(v))}>{props.format(v)}</text> : null;
        }))}
        {at && <rect x={left + at[1] * cw} y={top + at[0] * rh} width={cw} height={rh} fill="none" stroke={t.ink} stroke-width={1.6} />}
      </Drawing>
      <Tip tip={tip} width={width} />
    </div>
  );
}

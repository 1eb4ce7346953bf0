/** Two measures per region or industry, linked to every other figure by what is selected. */
import { useMemo, useRef, useState } from "preact/hooks";
import { AxisX, AxisY, Drawing, type Margin, Tip, type TipContent, useWidth } from "./frame";
import { symbolPath } from "./marks";
import { CATEGORIES, SYMBOLS, type SymbolName, theme } from "./palette";
import { domainOf, linear, ticks } from "./scale";

export interface ScatterPoint {
  id: string;
  name: string;
  x: number;
  y: number;
  group?: number;
  color?: string;
  symbol?: SymbolName;
  address?: string | undefined;
  lines?: string[];
}

interface Props {
  title: string;
  points: ScatterPoint[];
  height?: number;
  xTitle: string;
  yTitle: string;
  xFormat: (v: number) => string;
  yFormat: (v: number) => string;
  selected: readonly string[];
  hover: string | undefined;
  onHover: (id: string | undefined) => void;
  onSelect: (ids: string[], add: boolean) => void;
  onPick?: (address: string) => void;
  keyHelp: string;
  /** Lines with a meaning: upright and level. */
  refX?: number;
  refY?: number;
  /** A straight line y = a + b·x, such as Moran's slope. */
  slope?: { a: number; b: number };
  /** A line through these points instead of single marks: the Lorenz curve. */
  path?: { x: number; y: number }[];
  diagonal?: boolean;
  square?: boolean;
  groups?: (string | { name: string; color: string; symbol: SymbolName })[];
  radius?: number;
}

export function Scatter(props: Props) {
  const t = theme.value;
  const [ref, width] = useWidth<HTMLDivElement>(420);
  const height = props.square ? Math.min(width, 460) : (props.height ?? 340);
  const margin: Margin = { top: 28, right: 16, bottom: 42, left: 56 };
  const [drag, setDrag] = useState<{ x0: number; y0: number; x1: number; y1: number } | undefined>();
  const dragging = useRef(false);
  const [focus, setFocus] = useState<string | undefined>();

  const dx = useMemo(() => (props.path ? ([0, 1] as [number, number]) : domainOf(props.points.map((p) => p.x).concat(props.refX ?? []))), [props.points, props.path, props.refX]);
  const dy = useMemo(() => (props.path ? ([0, 1] as [number, number]) : domainOf(props.points.map((p) => p.y).concat(props.refY ?? []))), [props.points, props.path, props.refY]);
  const x = linear(dx, [margin.left, width - margin.right]);
  const y = linear(dy, [height - margin.bottom, margin.top]);
  const order = useMemo(() => [...props.points].sort((a, b) => a.x - b.x || a.y - b.y), [props.points]);
  const chosen = new Set(props.selected);
  const hot = props.hover ?? focus;
  const current = hot === undefined ? undefined : props.points.find((p) => p.id === hot);
  const tip: TipContent | undefined = current && {
    x: x(current.x),
    y: y(current.y),
    title: current.name,
    lines: current.lines ?? [`${props.xTitle}: ${props.xFormat(current.x)}`, `${props.yTitle}: ${props.yFormat(current.y)}`],
  };
  const near = (event: { currentTarget: SVGSVGElement; clientX: number; clientY: number }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    let best: ScatterPoint | undefined;
    let least = 22 ** 2;
    for (const p of props.points) {
      const d = (x(p.x) - px) ** 2 + (y(p.y) - py) ** 2;
      if (d < least) {
        least = d;
        best = p;
      }
    }
    return { best, px, py };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (move !== undefined && order.length) {
      const now = order.findIndex((p) => p.id === hot);
      const next = order[now < 0 ? 0 : (now + move + order.length) % order.length]!;
      setFocus(next.id);
      props.onHover(next.id);
    } else if (event.key === "Enter" && current) {
      if (current.address && props.onPick && event.altKey) props.onPick(current.address);
      else props.onSelect([current.id], true);
    } else if (event.key === " " && current?.address) props.onPick?.(current.address);
    else if (event.key === "Escape") {
      setFocus(undefined);
      props.onHover(undefined);
      props.onSelect([], false);
    } else return;
    event.preventDefault();
  };
  const r = props.radius ?? (props.points.length > 400 ? 2.2 : 4);
  const big = props.points.length > 400;
  // Thousands of marks stay as they are while the pointer moves; only the one under it is drawn above them.
  const layer = useMemo(
    () => big ? <Dots points={props.points} chosen={chosen} x={x} y={y} r={r} /> : (
      <g>
        {props.points.map((p) => {
          const on = chosen.has(p.id);
          return (
            <path key={p.id} data-key={p.id} data-x={p.x} data-y={p.y} transform={`translate(${x(p.x).toFixed(1)},${y(p.y).toFixed(1)})`} d={symbolPath(markOf(p), on ? r + 2 : r)} fill={colorOf(p)} fill-opacity={chosen.size > 0 && !on ? 0.25 : big ? 0.7 : 0.9} stroke={on ? t.ink : t.paper} stroke-width={on ? 1.6 : big ? 0 : 0.6} />
          );
        })}
      </g>
    ),
    [props.points, props.selected, width, height, t, r],
  );
  return (
    <div class="chart" ref={ref}>
      <Drawing
        width={width}
        height={height}
        title={props.title}
        keyHelp={props.keyHelp}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setFocus(undefined);
          props.onHover(undefined);
        }}
        onPointerMove={(event) => {
          const { best, px, py } = near(event);
          if (dragging.current && drag) setDrag({ ...drag, x1: px, y1: py });
          else props.onHover(best?.id);
        }}
        onPointerLeave={() => props.onHover(undefined)}
        onPointerDown={(event) => {
          const { px, py } = near(event);
          dragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ x0: px, y0: py, x1: px, y1: py });
        }}
        onPointerUp={(event) => {
          dragging.current = false;
          const { best } = near(event);
          const d = drag;
          setDrag(undefined);
          if (d && Math.hypot(d.x1 - d.x0, d.y1 - d.y0) > 6) {
            const [a, b] = [Math.min(d.x0, d.x1), Math.max(d.x0, d.x1)];
            const [c, e] = [Math.min(d.y0, d.y1), Math.max(d.y0, d.y1)];
            props.onSelect(props.points.filter((p) => x(p.x) >= a && x(p.x) <= b && y(p.y) >= c && y(p.y) <= e).map((p) => p.id), event.shiftKey);
          } else if (best) props.onSelect([best.id], true);
        }}
      >
        <AxisY scale={y} values={ticks(y.domain, height / 60)} format={props.yFormat} at={margin.left} reach={width - margin.left - margin.right} title={props.yTitle} />
        <AxisX scale={x} values={ticks(x.domain, width / 80)} format={props.xFormat} at={height - margin.bottom} reach={height - margin.top - margin.bottom} title={props.xTitle} />
        {props.refX !== undefined && <line x1={x(props.refX)} x2={x(props.refX)} y1={margin.top} y2={height - margin.bottom} stroke={t.soft} stroke-dasharray="2 3" />}
        {props.refY !== undefined && <line y1={y(props.refY)} y2={y(props.refY)} x1={margin.left} x2={width - margin.right} stroke={t.soft} stroke-dasharray="2 3" />}
        {props.diagonal && <line x1={x(dx[0])} y1={y(dy[0])} x2={x(dx[1])} y2={y(dy[1])} stroke={t.soft} stroke-dasharray="5 3" />}
        {props.slope && <line {...clipLine(props.slope, x, y)} stroke={t.accent} stroke-width={1.5} />}
        {props.path && <path d={props.path.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(2)},${y(p.y).toFixed(2)}`).join("")} fill="none" stroke={t.accent} stroke-width={2} />}
        {layer}
        {current && <path transform={`translate(${x(current.x).toFixed(1)},${y(current.y).toFixed(1)})`} d={symbolPath(markOf(current), r + 2)} fill={colorOf(current)} stroke={t.ink} stroke-width={1.4} />}
        {!big && chosen.size > 0 && chosen.size <= 12 && props.points.filter((p) => chosen.has(p.id)).map((p) => (
          <text key={p.id} x={x(p.x) + (x(p.x) > width * 0.78 ? -8 : 8)} y={y(p.y) - 6} font-size={11} text-anchor={x(p.x) > width * 0.78 ? "end" : "start"}>{p.name}</text>
        ))}
        {drag && <rect x={Math.min(drag.x0, drag.x1)} y={Math.min(drag.y0, drag.y1)} width={Math.abs(drag.x1 - drag.x0)} height={Math.abs(drag.y1 - drag.y0)} fill={t.accent} fill-opacity={0.12} stroke={t.accent} stroke-dasharray="3 2" />}
      </Drawing>
      {props.groups && (
        <ul class="legend-line">
          {props.groups.map((group, i) => {
            const { name, color, symbol } = typeof group === "string" ? { name: group, color: CATEGORIES[i % CATEGORIES.length]!, symbol: SYMBOLS[i % SYMBOLS.length]! } : group;
            return (
              <li key={name}>
                <svg width={14} height={14} aria-hidden="true"><path transform="translate(7,7)" d={symbolPath(symbol, 4.5)} fill={color} /></svg>
                {name}
              </li>
            );
          })}
        </ul>
      )}
      <Tip tip={tip} width={width} />
    </div>
  );
}

/** Thousands of marks as round dots, a path per color; the chosen ones above them. */
function Dots({ points, chosen, x, y, r }: { points: ScatterPoint[]; chosen: ReadonlySet<string>; x: (v: number) => number; y: (v: number) => number; r: number }) {
  const byColor = new Map<string, string[]>();
  const above: ScatterPoint[] = [];
  for (const p of points) {
    if (chosen.has(p.id)) {
      above.push(p);
      continue;
    }
    const color = colorOf(p);
    const dots = byColor.get(color) ?? [];
    dots.push(`M${x(p.x).toFixed(1)},${y(p.y).toFixed(1)}h0`);
    byColor.set(color, dots);
  }
  return (
    <g>
      {[...byColor].map(([color, dots]) => <path key={color} d={dots.join("")} stroke={color} stroke-width={2 * r} stroke-linecap="round" stroke-opacity={chosen.size > 0 ? 0.25 : 0.7} fill="none" data-dots={dots.length} />)}
      {above.map((p) => <path key={p.id} data-key={p.id} data-x={p.x} data-y={p.y} transform={`translate(${x(p.x).toFixed(1)},${y(p.y).toFixed(1)})`} d={symbolPath(markOf(p), r + 2)} fill={colorOf(p)} stroke={theme.value.ink} stroke-width={1.4} />)}
    </g>
  );
}

function markOf(p: ScatterPoint): SymbolName {
  return p.symbol ?? SYMBOLS[(p.group ?? 0) % SYMBOLS.length]!;
}

function colorOf(p: ScatterPoint): string {
  return p.color ?? CATEGORIES[(p.group ?? 0) % CATEGORIES.length]!;
}

/** The part of y = a + b·x inside both domains. */
function clipLine({ a, b }: { a: number; b: number }, x: ReturnType<typeof linear>, y: ReturnType<typeof linear>) {
  let [x0, x1] = x.domain;
  const [y0, y1] = y.domain;
  if (b !== 0) {
    const at = [(y0 - a) / b, (y1 - a) / b].sort((p, q) => p - q);
    x0 = Math.max(x0, at[0]!);
    x1 = Math.min(x1, at[1]!);
  }
  return { x1: x(x0), y1: y(a + b * x0), x2: x(x1), y2: y(a + b * x1) };
}

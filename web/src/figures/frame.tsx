/** What every drawing has: its size, its axes, and the way out to SVG and PNG. */
import type { ComponentChildren, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { theme } from "./palette";
import type { Scale } from "./scale";

export const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

/** The width of an element, followed as the window changes. */
export function useWidth<E extends HTMLElement>(start = 640): [{ current: E | null }, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(start);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const now = Math.floor(element.clientWidth);
      if (now > 0) setWidth(now);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

export interface Margin {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

interface DrawingProps {
  width: number;
  height: number;
  title: string;
  children: ComponentChildren;
  onKeyDown?: (event: TargetedKeyboardEvent<SVGSVGElement>) => void;
  onPointerMove?: (event: TargetedPointerEvent<SVGSVGElement>) => void;
  onPointerLeave?: () => void;
  onPointerDown?: (event: TargetedPointerEvent<SVGSVGElement>) => void;
  onPointerUp?: (event: TargetedPointerEvent<SVGSVGElement>) => void;
  onBlur?: () => void;
  drawingRef?: { current: SVGSVGElement | null };
  keyHelp?: string;
}

/** One SVG with its name for readers who hear it; focusable where keys do something. */
export function Drawing(props: DrawingProps) {
  const t = theme.value;
  const own = useRef<SVGSVGElement>(null);
  const ref = props.drawingRef ?? own;
  const keys = props.onKeyDown !== undefined;
  return (
    <svg
      ref={ref}
      class="drawing"
      xmlns="http://www.w3.org/2000/svg"
      width={props.width}
      height={props.height}
      viewBox={`0 0 ${props.width} ${props.height}`}
      role={keys ? "application" : "img"}
      aria-label={props.keyHelp ? `${props.title}. ${props.keyHelp}` : props.title}
      tabIndex={keys ? 0 : undefined}
      font-family={FONT}
      font-size={12}
      fill={t.ink}
      onKeyDown={props.onKeyDown}
      onPointerMove={props.onPointerMove}
      onPointerLeave={props.onPointerLeave}
      onPointerDown={props.onPointerDown}
      onPointerUp={props.onPointerUp}
      onBlur={props.onBlur}
    >
      <rect width={props.width} height={props.height} fill={t.paper} />
      {props.children}
    </svg>
  );
}

interface AxisProps {
  scale: Scale;
  values: readonly number[];
  format: (value: number) => string;
  /** Where the axis lies: pixels from the top (x) or left (y). */
  at: number;
  /** How far grid lines reach. */
  reach: number;
  title?: string | undefined;
}

/** Tick texts without the zeros that all of them end in. */
export function tickTexts(values: readonly number[], format: (value: number) => string): string[] {
  let texts = values.map(format);
  const open = (text: string) => text.includes(".");
  while (texts.some(open) && texts.every((text) => !open(text) ? /^[−+]?0%?$/.test(text) : /0%?$/.test(text) || /\.%?$/.test(text))) {
    texts = texts.map((text) => (open(text) ? text.replace(/0(%?)$/, "$1").replace(/\.(%?)$/, "$1") : text));
  }
  return texts;
}

export function AxisX({ scale, values, format, at, reach, title }: AxisProps) {
  const t = theme.value;
  const [left, right] = [scale(scale.domain[0]), scale(scale.domain[1])];
  const texts = tickTexts(values, format);
  return (
    <g class="axis">
      {values.map((v, i) => (
        <g key={v} transform={`translate(${scale(v).toFixed(1)},${at})`}>
          <line y1={0} y2={-reach} stroke={t.grid} />
          <line y2={4} stroke={t.rule} />
          <text y={17} text-anchor="middle" fill={t.soft} font-size={11}>
            {texts[i]}
          </text>
        </g>
      ))}
      <line x1={left} x2={right} y1={at} y2={at} stroke={t.rule} />
      {title && (
        <text x={(left + right) / 2} y={at + 34} text-anchor="middle" fill={t.soft} font-size={11.5}>
          {title}
        </text>
      )}
    </g>
  );
}

export function AxisY({ scale, values, format, at, reach, title }: AxisProps) {
  const t = theme.value;
  const top = scale(scale.domain[1]);
  const texts = tickTexts(values, format);
  return (
    <g class="axis">
      {values.map((v, i) => (
        <g key={v} transform={`translate(${at},${scale(v).toFixed(1)})`}>
          <line x2={reach} stroke={t.grid} />
          <text x={-7} dy="0.34em" text-anchor="end" fill={t.soft} font-size={11}>
            {texts[i]}
          </text>
        </g>
      ))}
      {title && (
        <text x={4} y={Math.max(12, top - 10)} fill={t.soft} font-size={11.5}>
          {title}
        </text>
      )}
    </g>
  );
}

/** Years that fit on an axis without touching. */
export function yearTicks(years: readonly number[], width: number): number[] {
  if (years.length === 0) return [];
  const most = Math.max(2, Math.floor(width / 44));
  const span = years[years.length - 1]! - years[0]!;
  const step = [1, 2, 5, 10, 20, 50].find((s) => span / s <= most) ?? 100;
  return years.filter((y) => y % step === 0 || years.length <= 2);
}

export interface TipContent {
  x: number;
  y: number;
  title: string;
  lines: string[];
}

/** The text beside the pointer or the key focus; also read aloud. */
export function Tip({ tip, width }: { tip: TipContent | undefined; width: number }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element || !tip) return;
    const left = Math.min(Math.max(0, tip.x + 12), Math.max(0, width - element.offsetWidth - 2));
    element.style.left = `${left}px`;
    element.style.top = `${Math.max(0, tip.y - element.offsetHeight - 8)}px`;
  });
  return (
    <div class={`tip${tip ? "" : " tip-off"}`} ref={ref} role="status">
      {tip && (
        <>
          <strong>{tip.title}</strong>
          {tip.lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </>
      )}
    </div>
  );
}

/** A map of regions: areas of the study's boundaries, or tiles where there are none. No base map, no request elsewhere. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type GapCode, lookOf } from "../../api/cell";
import type { MapAnswer } from "../../api/types";
import { lang, say, t } from "../../i18n";
import { pick } from "../../i18n/lang";
import { number } from "../../format/number";
import { Tip, type TipContent, useWidth, FONT } from "../frame";
import { inkOn, theme } from "../palette";
import { canvasPattern, patternMarkup, patternOf } from "../patterns";
import { legendMarkup, type Legend } from "./legend";
import { Index, neighborIn, outline, plane as toPlane, type Plane, type Shape } from "./shapes";
import { arrow, fit, scaleBar, type View, zoom } from "./view";

/** How one region is drawn. */
export interface Fill {
  color?: string;
  gap?: GapCode;
  /** Lines of the tip below the name; asked for only where the pointer is. */
  lines: () => string[];
  address: () => string | undefined;
}

export interface Flow {
  from: string;
  to: string;
  volume: number;
  line: string;
  address?: string | undefined;
}

interface Props {
  title: string;
  answer: MapAnswer;
  fills: ReadonlyMap<string, Fill>;
  legend: Legend | undefined;
  flows?: Flow[];
  selected: readonly string[];
  hover: string | undefined;
  onHover: (code: string | undefined) => void;
  onSelect: (codes: string[], add: boolean) => void;
  onPick?: (address: string) => void;
  height?: number;
  /** Filled with a function that draws the map's file. */
  file?: { current: ((width: number) => { inner: string; width: number; height: number }) | undefined };
}

/** Milliseconds that the last drawing took; read by the performance test. */
export const drawn = { ms: 0, count: 0 };

export function RegionMap(props: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(560);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const th = theme.value;
  const language = lang.value;
  const plane = useMemo(() => toPlane(props.answer), [props.answer]);
  const index = useMemo(() => (plane ? new Index(plane) : undefined), [plane]);
  const byCode = useMemo(() => new Map(plane?.shapes.map((s) => [s.code, s]) ?? []), [plane]);
  const aspect = plane ? (plane.extent[3] - plane.extent[1]) / (plane.extent[2] - plane.extent[0] || 1) : 0.7;
  const height = props.height ?? Math.round(Math.min(620, Math.max(240, width * Math.min(1, aspect) + 20)));
  const home = useMemo(() => (plane ? fit(plane.extent, width - 40, height) : { k: 1, x: 0, y: 0 }), [plane, width, height]);
  const [view, setView] = useState<View>(home);
  useLayoutEffect(() => setView(home), [home]);
  const drag = useRef<{ x: number; y: number; moved: boolean; box: boolean; at: View } | undefined>(undefined);
  const [brush, setBrush] = useState<[number, number, number, number] | undefined>();

  const paths = useMemo(() => {
    const out = new Map<string, Path2D>();
    for (const shape of plane?.shapes ?? []) {
      const path = new Path2D();
      for (const ring of shape.rings) {
        path.moveTo(ring[0]!, ring[1]!);
        for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i]!, ring[i + 1]!);
        path.closePath();
      }
      out.set(shape.code, path);
    }
    return out;
  }, [plane]);
  const borders = useMemo(() => {
    const all = new Path2D();
    for (const path of paths.values()) all.addPath(path);
    return all;
  }, [paths]);
  // Shapes of one color are filled together: a few fills instead of thousands.
  const batches = useMemo(() => {
    const out = new Map<string, { path: Path2D; gap?: GapCode; color: string }>();
    for (const shape of plane?.shapes ?? []) {
      const fill = props.fills.get(shape.code);
      const key = fill?.gap ? `gap ${lookOf(fill.gap)}` : (fill?.color ?? th.empty);
      let batch = out.get(key);
      if (!batch) {
        batch = { path: new Path2D(), color: fill?.color ?? th.empty, ...(fill?.gap ? { gap: fill.gap } : {}) };
        out.set(key, batch);
      }
      batch.path.addPath(paths.get(shape.code)!);
    }
    return [...out.values()];
  }, [plane, props.fills, paths, th]);

  const flows = useMemo(() => {
    const most = Math.max(...(props.flows ?? []).map((f) => f.volume), 0);
    return (props.flows ?? [])
      .map((flow) => ({ flow, a: byCode.get(flow.from), b: byCode.get(flow.to), width: most > 0 ? (flow.volume / most) * 13 : 0 }))
      .filter((f): f is typeof f & { a: Shape; b: Shape } => f.a !== undefined && f.b !== undefined)
      .sort((a, b) => b.width - a.width);
  }, [props.flows, byCode]);

  useLayoutEffect(() => {
    const canvas = base.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !plane) return;
    const start = performance.now();
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = th.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(view.k * ratio, 0, 0, view.k * ratio, view.x * ratio, view.y * ratio);
    for (const batch of batches) {
      if (batch.gap) {
        const pattern = canvasPattern(context, lookOf(batch.gap), ratio);
        if (typeof pattern !== "string") pattern.setTransform(new DOMMatrix().scale(1 / (view.k * ratio)));
        context.fillStyle = pattern;
      } else context.fillStyle = batch.color;
      context.fill(batch.path, "evenodd");
    }
    const crowded = plane.shapes.length > 800;
    context.lineWidth = (crowded ? 0.35 : 0.8) / view.k;
    context.strokeStyle = plane.kind === "tiles" ? th.rule : crowded ? th.rule : th.outline;
    context.lineJoin = "round";
    context.stroke(borders);
    for (const inset of plane.insets) {
      const [x0, y0, x1, y1] = inset.frame;
      context.strokeStyle = th.rule;
      context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = `11px ${FONT}`;
    context.fillStyle = th.soft;
    for (const inset of plane.insets) context.fillText(pick(inset.name, language), inset.frame[0] * view.k + view.x + 4, inset.frame[1] * view.k + view.y + 12);
    for (const { a, b, width: w } of flows) {
      const path = new Path2D(arrow(a.center[0] * view.k + view.x, a.center[1] * view.k + view.y, b.center[0] * view.k + view.x, b.center[1] * view.k + view.y, Math.max(1.2, w)));
      context.lineWidth = 2;
      context.lineJoin = "round";
      context.strokeStyle = th.paper;
      context.stroke(path);
      context.fillStyle = th.ink;
      context.fill(path);
    }
    if (plane.kind === "tiles") {
      const size = Math.min(15, view.k * 0.3);
      // Names stand above the ends of the arrows.
      const lift = flows.length > 0 ? 0.28 : 0;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.font = `${size}px ${FONT}`;
      for (const shape of plane.shapes) {
        const fill = props.fills.get(shape.code);
        const label = pick(shape.short ?? shape.name, language);
        const x = shape.center[0] * view.k + view.x;
        const y = (shape.center[1] - lift) * view.k + view.y;
        if (fill?.gap) {
          context.lineWidth = 3;
          context.strokeStyle = th.empty;
          context.strokeText(label, x, y, view.k * 0.86);
        }
        context.fillStyle = fill?.color && !fill.gap ? inkOn(fill.color) : th.ink;
        context.fillText(label, x, y, view.k * 0.86);
      }
    }
    drawn.ms = performance.now() - start;
    drawn.count += 1;
  }, [plane, batches, borders, view, width, height, th, language, flows, props.fills]);

  useLayoutEffect(() => {
    const canvas = over.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !plane) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.setTransform(view.k * ratio, 0, 0, view.k * ratio, view.x * ratio, view.y * ratio);
    const trace = (code: string, color: string, line: number) => {
      const path = paths.get(code);
      if (!path) return;
      context.lineWidth = line / view.k;
      context.strokeStyle = color;
      context.stroke(path);
    };
    for (const code of props.selected) {
      trace(code, th.paper, 4.2);
      trace(code, th.strong, 2.4);
    }
    if (props.hover) {
      trace(props.hover, th.paper, 4);
      trace(props.hover, th.ink, 2);
    }
  }, [plane, paths, view, width, height, th, props.selected, props.hover]);

  const place = props.file;
  useEffect(() => {
    if (place) place.current = plane ? (wanted) => mapMarkup(plane, props, flows, wanted) : undefined;
  });

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      // The page scrolls over an unfocused map; only a map that is worked with takes the wheel.
      if (!event.ctrlKey && !element.contains(document.activeElement)) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      setView((v) => zoom(v, 2 ** (-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top, home.k));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [home, ref]);

  if (!plane || !index) return <p class="state state-empty">{t("noMap")}</p>;

  const shape = props.hover === undefined ? undefined : byCode.get(props.hover);
  const fill = shape && props.fills.get(shape.code);
  const touching = shape && flows.filter((f) => f.flow.from === shape.code || f.flow.to === shape.code).slice(0, 6);
  const tip: TipContent | undefined = shape && {
    x: shape.center[0] * view.k + view.x,
    y: shape.center[1] * view.k + view.y,
    title: say(shape.name) || shape.code,
    lines: [...(fill?.lines() ?? [t("notInStudy")]), ...(touching ?? []).map((f) => f.flow.line)],
  };
  const explainHere = () => {
    const address = fill?.address();
    if (address) props.onPick?.(address);
  };
  const centerZoom = (factor: number) => setView((v) => zoom(v, factor, width / 2, height / 2, home.k));
  const world = (event: { clientX: number; clientY: number }): [number, number, number, number] => {
    const box = over.current!.getBoundingClientRect();
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    return [(px - view.x) / view.k, (py - view.y) / view.k, px, py];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const directions: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const to = directions[event.key];
    if (to && event.shiftKey) setView((v) => ({ ...v, x: v.x - to[0] * 60, y: v.y - to[1] * 60 }));
    else if (to) {
      const from = shape ?? (props.selected[0] ? byCode.get(props.selected[0]) : undefined);
      const next = from ? neighborIn(plane.shapes, from, to[0], to[1]) : middle(plane);
      if (next) {
        props.onHover(next.code);
        const x = next.center[0] * view.k + view.x;
        const y = next.center[1] * view.k + view.y;
        if (x < 20 || y < 20 || x > width - 20 || y > height - 20) setView((v) => ({ ...v, x: v.x + width / 2 - x, y: v.y + height / 2 - y }));
      }
    } else if (event.key === "+" || event.key === "=") centerZoom(1.5);
    else if (event.key === "-") centerZoom(1 / 1.5);
    else if (event.key === "0") setView(home);
    else if (event.key === "Enter" && shape?.region) props.onSelect([shape.code], true);
    else if (event.key === " ") explainHere();
    else if (event.key === "Escape") {
      props.onHover(undefined);
      if (props.selected.length) props.onSelect([], false);
    } else return;
    event.preventDefault();
  };
  const bar = plane.km ? scaleBar(view.k / plane.km, Math.min(140, width / 4)) : undefined;
  const notice = props.answer.kind === "none" ? null : props.answer.notice;
  return (
    <div class="map">
      <div
        class="map-box"
        ref={ref}
        tabIndex={0}
        role="application"
        aria-label={`${props.title}. ${t("mapKeys")}`}
        style={{ height: `${height}px` }}
        onKeyDown={onKeyDown}
        onBlur={() => props.onHover(undefined)}
        onPointerDown={(event) => {
          if ((event.target as Element).closest("button")) return;
          drag.current = { x: event.clientX, y: event.clientY, moved: false, box: event.shiftKey, at: view };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const d = drag.current;
          if (d && (d.moved || Math.hypot(event.clientX - d.x, event.clientY - d.y) > 5)) {
            d.moved = true;
            if (d.box) {
              const [, , px, py] = world(event);
              const [, , qx, qy] = world({ clientX: d.x, clientY: d.y });
              setBrush([Math.min(px, qx), Math.min(py, qy), Math.abs(px - qx), Math.abs(py - qy)]);
            } else if (event.pointerType !== "touch") setView({ ...d.at, x: d.at.x + event.clientX - d.x, y: d.at.y + event.clientY - d.y });
            return;
          }
          const [x, y] = world(event);
          const found = index.at(x, y);
          if (found?.code !== props.hover) props.onHover(found?.code);
        }}
        onPointerUp={(event) => {
          const d = drag.current;
          drag.current = undefined;
          if (d?.moved && brush) {
            const [x0, y0, w, h] = brush;
            const inBrush = plane.shapes.filter((s) => {
              const x = s.center[0] * view.k + view.x;
              const y = s.center[1] * view.k + view.y;
              return s.region && x >= x0 && x <= x0 + w && y >= y0 && y <= y0 + h;
            });
            setBrush(undefined);
            props.onSelect(inBrush.map((s) => s.code), false);
          } else if (d && !d.moved) {
            const [x, y] = world(event);
            const found = index.at(x, y);
            if (found?.region) props.onSelect([found.code], true);
          }
        }}
        onPointerLeave={() => {
          if (!drag.current) props.onHover(undefined);
        }}
        onDblClick={() => {
          explainHere();
        }}
      >
        <canvas ref={base} class="map-canvas" style={{ width: `${width}px`, height: `${height}px` }} aria-hidden="true" />
        <canvas ref={over} class="map-canvas" style={{ width: `${width}px`, height: `${height}px` }} aria-hidden="true" />
        {brush && <div class="brush" style={{ left: `${brush[0]}px`, top: `${brush[1]}px`, width: `${brush[2]}px`, height: `${brush[3]}px` }} />}
        <div class="map-buttons no-print">
          <button type="button" aria-label={t("zoomIn")} onClick={() => centerZoom(1.6)}>+</button>
          <button type="button" aria-label={t("zoomOut")} onClick={() => centerZoom(1 / 1.6)}>−</button>
          <button type="button" aria-label={t("zoomHome")} onClick={() => setView(home)}>⤢</button>
        </div>
        {bar && (
          <div class="scale-bar" aria-hidden="true">
            <span style={{ width: `${bar.pixels}px` }} />
            {number(bar.km)} km
          </div>
        )}
        <Tip tip={tip} width={width} />
      </div>
      <p class="map-notice">
        {notice ? say(notice) : plane.kind === "tiles" ? t("tilesNotice") : ""}
        {plane.projection ? ` ${t("projection", { name: say(plane.projection) })}` : ""}
      </p>
    </div>
  );
}

function middle(plane: Plane): Shape | undefined {
  const x = (plane.extent[0] + plane.extent[2]) / 2;
  const y = (plane.extent[1] + plane.extent[3]) / 2;
  let best: Shape | undefined;
  let least = Infinity;
  for (const s of plane.shapes) {
    const d = Math.hypot(s.center[0] - x, s.center[1] - y);
    if (s.region && d < least) {
      least = d;
      best = s;
    }
  }
  return best;
}

/** The map and its legend as SVG, at its whole extent. */
function mapMarkup(plane: Plane, props: Props, flows: { flow: Flow; a: Shape; b: Shape; width: number }[], width: number): { inner: string; width: number; height: number } {
  const c = theme.value;
  const aspect = (plane.extent[3] - plane.extent[1]) / (plane.extent[2] - plane.extent[0] || 1);
  const height = Math.round(Math.min(width * 1.2, width * aspect + 20));
  const view = fit(plane.extent, width, height);
  const place = (x: number, y: number): [number, number] => [x * view.k + view.x, y * view.k + view.y];
  const thin = plane.shapes.length > 800;
  const chosen = new Set(props.selected);
  const escape = (text: string) => text.replace(/[&<>]/g, (s) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[s]!);
  const areas = plane.shapes.map((shape) => {
    const fill = props.fills.get(shape.code);
    const paint = fill?.gap ? patternOf(fill.gap) : (fill?.color ?? c.empty);
    return `<path class="mark" data-key="${escape(shape.code)}" d="${outline(shape.rings, place)}" fill="${paint}" fill-rule="evenodd"><title>${escape([say(shape.name), ...(fill?.lines() ?? [])].join("\n"))}</title></path>`;
  });
  const labels = plane.kind !== "tiles" ? [] : plane.shapes.map((shape) => {
    const [x, y] = place(shape.center[0], shape.center[1] - (flows.length > 0 ? 0.28 : 0));
    const fill = props.fills.get(shape.code);
    const ink = fill?.color && !fill.gap ? inkOn(fill.color) : c.ink;
    const halo = fill?.gap ? ` stroke="${c.empty}" stroke-width="3" paint-order="stroke"` : "";
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" dy="0.34em" text-anchor="middle" font-size="${Math.min(15, view.k * 0.3).toFixed(1)}" fill="${ink}"${halo}>${escape(say(shape.short ?? shape.name))}</text>`;
  });
  const arrows = flows.map(({ a, b, width: w, flow }) => `<path d="${arrow(...place(...a.center), ...place(...b.center), Math.max(1.2, w))}" fill="${c.ink}" stroke="${c.paper}" stroke-width="2" stroke-linejoin="round" paint-order="stroke"><title>${escape(flow.line)}</title></path>`);
  const outlined = plane.shapes.filter((s) => chosen.has(s.code)).map((s) => `<path d="${outline(s.rings, place)}" fill="none" stroke="${c.strong}" stroke-width="2.2"/>`);
  const bar = plane.km ? scaleBar(view.k / plane.km, 140) : undefined;
  const scale = bar ? `<g transform="translate(12,${height - 10})"><path d="M0,-5V0H${bar.pixels.toFixed(1)}V-5" fill="none" stroke="${c.ink}"/><text x="${(bar.pixels + 6).toFixed(1)}" font-size="11">${number(bar.km)} km</text></g>` : "";
  const notice = props.answer.kind === "none" ? "" : say(props.answer.notice) || (plane.kind === "tiles" ? t("tilesNotice") : "");
  const note = [notice, plane.projection ? t("projection", { name: say(plane.projection) }) : ""].filter(Boolean).join(" ");
  const legend = props.legend ? legendMarkup(props.legend, width) : { inner: "", height: 0 };
  const frames = plane.insets.map((inset) => {
    const [x0, y0] = place(inset.frame[0], inset.frame[1]);
    const [x1, y1] = place(inset.frame[2], inset.frame[3]);
    return `<rect x="${x0.toFixed(1)}" y="${y0.toFixed(1)}" width="${(x1 - x0).toFixed(1)}" height="${(y1 - y0).toFixed(1)}" fill="none" stroke="${c.rule}"/><text x="${(x0 + 4).toFixed(1)}" y="${(y0 + 12).toFixed(1)}" font-size="10.5" fill="${c.soft}">${escape(say(inset.name))}</text>`;
  });
  const inner = `<defs>${patternMarkup()}</defs><g stroke="${plane.kind === "tiles" || thin ? c.rule : c.outline}" stroke-width="${thin ? 0.3 : 0.8}">${areas.join("\n")}</g>${arrows.join("")}${labels.join("")}${frames.join("")}${outlined.join("")}${scale}<g transform="translate(0,${height + 8})">${legend.inner}</g><text x="12" y="${height + legend.height + 22}" font-size="10.5" fill="${c.soft}">${escape(note)}</text>`;
  return { inner, width, height: height + legend.height + 30 };
}

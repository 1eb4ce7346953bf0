/** Patterns of cells without a number, in SVG and on canvas: the same everywhere. */
import { type GapCode, type GapLook, lookOf } from "../api/cell";
import { theme } from "./palette";

/** Paths inside a square of 6 by 6. */
const PATHS: Record<GapLook, { d: string; dot?: boolean }> = {
  hatched: { d: "M-1,1L1,-1M0,6L6,0M5,7L7,5" },
  dotted: { d: "", dot: true },
  lines: { d: "M0,1.5H6M0,4.5H6" },
  grid: { d: "M0,0H6M0,0V6" },
};

export function patternId(look: GapLook): string {
  return `gap-${look}`;
}

export function patternOf(code: GapCode): string {
  return `url(#${patternId(lookOf(code))})`;
}

/** The four patterns as text, for files. */
export function patternMarkup(): string {
  const t = theme.value;
  return (Object.keys(PATHS) as GapLook[])
    .map((look) => {
      const { d, dot } = PATHS[look];
      const mark = dot ? `<circle cx="3" cy="3" r="1.15" fill="${t.soft}"/>` : `<path d="${d}" stroke="${look === "grid" ? t.rule : t.soft}" stroke-width="0.9" fill="none"/>`;
      return `<pattern id="${patternId(look)}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="${t.empty}"/>${mark}</pattern>`;
    })
    .join("");
}

export function Patterns() {
  const t = theme.value;
  return (
    <defs>
      {(Object.keys(PATHS) as GapLook[]).map((look) => (
        <pattern key={look} id={patternId(look)} width={6} height={6} patternUnits="userSpaceOnUse">
          <rect width={6} height={6} fill={t.empty} />
          {PATHS[look].dot ? <circle cx={3} cy={3} r={1.15} fill={t.soft} /> : <path d={PATHS[look].d} stroke={look === "grid" ? t.rule : t.soft} stroke-width={0.9} fill="none" />}
        </pattern>
      ))}
    </defs>
  );
}

const kept = new Map<string, CanvasPattern>();

export function canvasPattern(context: CanvasRenderingContext2D, look: GapLook, ratio: number): CanvasPattern | string {
  const t = theme.value;
  const key = `${look}|${t.paper}|${ratio}`;
  const known = kept.get(key);
  if (known) return known;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(6 * ratio);
  const ink = tile.getContext("2d");
  if (!ink) return t.empty;
  ink.scale(tile.width / 6, tile.height / 6);
  ink.fillStyle = t.empty;
  ink.fillRect(0, 0, 6, 6);
  ink.lineWidth = 0.9;
  if (PATHS[look].dot) {
    ink.fillStyle = t.soft;
    ink.beginPath();
    ink.arc(3, 3, 1.15, 0, 7);
    ink.fill();
  } else {
    ink.strokeStyle = look === "grid" ? t.rule : t.soft;
    ink.stroke(new Path2D(PATHS[look].d));
  }
  const made = context.createPattern(tile, "repeat");
  if (!made) return t.empty;
  kept.set(key, made);
  return made;
}

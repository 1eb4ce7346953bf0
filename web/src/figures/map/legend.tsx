/** A legend that a publication accepts: unit, limits, how many regions each class holds, and what the patterns mean. */
import { type GapCode, type GapLook, lookOf } from "../../api/cell";
import { gapReason } from "../../i18n/gaps";
import { lang, t } from "../../i18n";
import { theme } from "../palette";
import { Patterns, patternId } from "../patterns";

export interface LegendClass {
  color: string;
  label: string;
  count: number;
}

export interface Legend {
  title: string;
  classes: LegendClass[];
  /** How many regions have each kind of gap. */
  gaps: ReadonlyMap<GapCode, number>;
}

interface Entry {
  paint: string;
  label: string;
  count: number;
}

function entries(legend: Legend): Entry[] {
  const out: Entry[] = legend.classes.map((c) => ({ paint: c.color, label: c.label, count: c.count }));
  for (const [code, count] of legend.gaps) out.push({ paint: `url(#${patternId(lookOf(code) as GapLook)})`, label: gapReason(code, lang.value), count });
  return out;
}

export function LegendView({ legend }: { legend: Legend }) {
  const c = theme.value;
  return (
    <div class="legend">
      <p class="legend-title">{legend.title}</p>
      <ul>
        {entries(legend).map((entry) => (
          <li key={entry.label}>
            <svg width={26} height={15} aria-hidden="true">
              <Patterns />
              <rect x={0.5} y={0.5} width={25} height={14} fill={entry.paint} stroke={c.rule} />
            </svg>
            <span class="legend-label">{entry.label}</span>
            <span class="legend-count" title={t("regionsInClass")}>{entry.count}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function legendMarkup(legend: Legend, width: number): { inner: string; height: number } {
  const c = theme.value;
  const escape = (text: string) => text.replace(/[&<>]/g, (s) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[s]!);
  const all = entries(legend);
  const columns = Math.max(1, Math.floor((width - 24) / 170));
  const step = (width - 24) / columns;
  const rows = Math.ceil(all.length / columns);
  const items = all.map((entry, i) => {
    // Down the columns, so that neighboring classes stay neighbors.
    const x = 12 + Math.floor(i / rows) * step;
    const y = 22 + (i % rows) * 20;
    return `<g transform="translate(${x.toFixed(1)},${y})"><rect width="26" height="14" fill="${entry.paint}" stroke="${c.rule}"/><text x="33" y="11" font-size="11.5">${escape(entry.label)} <tspan fill="${c.soft}">(${entry.count})</tspan></text></g>`;
  });
  return { inner: `<text x="12" y="12" font-size="12" font-weight="600">${escape(legend.title)}</text>${items.join("")}`, height: 26 + rows * 20 };
}

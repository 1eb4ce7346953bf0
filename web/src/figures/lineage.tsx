/** From files to answers: who is made of what. */
import { useMemo, useState } from "preact/hooks";
import type { Lineage } from "../api/types";
import { say, t } from "../i18n";
import { term } from "../i18n/terms";
import { Drawing, useWidth } from "./frame";
import { visualLength } from "./line";
import { theme } from "./palette";

type Node = Lineage["nodes"][number];
const ORDER = ["file", "block", "table", "step"];
const ROW = 19;

export function LineageGraph({ data, onOpen }: { data: Lineage; onOpen: (node: Node) => void }) {
  const th = theme.value;
  const [ref, measured] = useWidth<HTMLDivElement>(860);
  const [at, setAt] = useState<string | undefined>();
  const width = Math.max(760, measured);
  const { place, columns } = useMemo(() => layout(data), [data]);
  const near = useMemo(() => (at === undefined ? undefined : reach(data, at)), [data, at]);
  const height = 34 + Math.max(...columns.map((c) => c.length), 1) * ROW;
  const step = (width - 10) / ORDER.length;
  const room = step - 34;
  const x = (c: number) => 8 + c * step;
  const y = (r: number) => 34 + r * ROW + ROW / 2;
  const nodes = new Map(data.nodes.map((n) => [n.id, n]));
  const name = (n: Node) => (n.kind === "step" || n.kind === "table" ? say(n.title) || n.label : n.label);
  const onKeyDown = (event: KeyboardEvent) => {
    const here = at === undefined ? undefined : place.get(at);
    const [c, r] = here ?? [0, -1];
    const go = (cc: number, rr: number) => {
      const column = columns[Math.min(columns.length - 1, Math.max(0, cc))]!;
      const next = column[Math.min(column.length - 1, Math.max(0, rr))];
      if (next) setAt(next);
    };
    if (event.key === "ArrowDown") go(c, r + 1);
    else if (event.key === "ArrowUp") go(c, r - 1);
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const right = event.key === "ArrowRight";
      const edge = at === undefined ? undefined : data.edges.find((e) => (right ? e.from === at : e.to === at));
      if (edge) setAt(right ? edge.to : edge.from);
      else go(c + (right ? 1 : -1), r);
    } else if ((event.key === "Enter" || event.key === " ") && at) onOpen(nodes.get(at)!);
    else if (event.key === "Escape") setAt(undefined);
    else return;
    event.preventDefault();
  };
  const current = at === undefined ? undefined : nodes.get(at);
  return (
    <div class="chart" ref={ref}>
      <div class="scroll-x" tabIndex={-1}>
        <Drawing width={width} height={height} title={t("lineage")} keyHelp={t("lineageKeys")} onKeyDown={onKeyDown} onBlur={() => setAt(undefined)} onPointerLeave={() => setAt(undefined)}>
          {ORDER.map((kind, c) => <text key={kind} x={x(c)} y={18} font-size={12} font-weight={600} fill={th.soft}>{term(kind)} ({columns[c]?.length ?? 0})</text>)}
          {data.edges.map((e) => {
            const [a, b] = [place.get(e.from), place.get(e.to)];
            if (!a || !b) return null;
            const on = near?.has(e.from) && near.has(e.to);
            const x0 = x(a[0]) + Math.min(room, visualLength(name(nodes.get(e.from)!)) * 5.9 + 8);
            const x1 = x(b[0]) - 4;
            return <path key={`${e.from}>${e.to}`} d={`M${x0.toFixed(1)},${y(a[1])}C${((x0 + x1) / 2).toFixed(1)},${y(a[1])} ${((x0 + x1) / 2).toFixed(1)},${y(b[1])} ${x1},${y(b[1])}`} fill="none" stroke={on ? th.accent : th.grid} stroke-width={on ? 1.5 : 0.8} />;
          })}
          {data.nodes.map((n) => {
            const p = place.get(n.id);
            if (!p) return null;
            const faded = near && !near.has(n.id);
            const text = name(n);
            const most = Math.floor(room / 5.9);
            return (
              <g key={n.id} class="node" opacity={faded ? 0.35 : 1} onPointerEnter={() => setAt(n.id)} onClick={() => onOpen(n)}>
                <rect x={x(p[0]) - 4} y={y(p[1]) - ROW / 2} width={room + 6} height={ROW} fill={n.id === at ? th.band : "transparent"} />
                <text x={x(p[0])} y={y(p[1])} dy="0.34em" font-size={11.5} fill={n.status === "failed" ? th.strong : n.status === "refused" ? th.soft : th.ink}>{n.status === "refused" ? "○ " : n.status === "failed" ? "✗ " : ""}{visualLength(text) > most ? `${text.slice(0, most - 1)}…` : text}<title>{n.id}</title></text>
              </g>
            );
          })}
        </Drawing>
      </div>
      <p class="only-heard" role="status">{current ? `${term(current.kind)}: ${name(current)}` : ""}</p>
    </div>
  );
}

/** Columns by kind; groups stand with the tables. Nodes are ordered by where their sources stand. */
function layout(data: Lineage): { place: Map<string, [number, number]>; columns: string[][] } {
  const columns: string[][] = ORDER.map(() => []);
  const into = new Map<string, string[]>();
  for (const e of data.edges) into.set(e.to, [...(into.get(e.to) ?? []), e.from]);
  for (const n of data.nodes) {
    const c = ORDER.indexOf(n.kind === "group" ? "table" : n.kind);
    if (c >= 0) columns[c]!.push(n.id);
  }
  const place = new Map<string, [number, number]>();
  columns.forEach((ids, c) => {
    if (c > 0) {
      const weight = (id: string) => {
        const from = (into.get(id) ?? []).map((s) => place.get(s)?.[1]).filter((v): v is number => v !== undefined);
        return from.length ? from.reduce((a, b) => a + b, 0) / from.length : Number.MAX_SAFE_INTEGER;
      };
      if (c < 3) ids.sort((a, b) => weight(a) - weight(b));
    }
    ids.forEach((id, r) => place.set(id, [c, r]));
  });
  return { place, columns };
}

/** Everything that a node is made of, and all that is made of it. */
function reach(data: Lineage, id: string): Set<string> {
  const out = new Set([id]);
  for (const forward of [true, false]) {
    let front = [id];
    while (front.length) {
      const next: string[] = [];
      for (const e of data.edges) {
        const [a, b] = forward ? [e.from, e.to] : [e.to, e.from];
        if (front.includes(a) && !out.has(b)) {
          out.add(b);
          next.push(b);
        }
      }
      front = next;
    }
  }
  return out;
}

/**
 * A table of any length: only the rows in view are in the page.
 *
 * Arrow keys move from cell to cell, Enter explains a number or chooses a row's region, and the whole is one tab stop.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Cell, type Table, isGap, lookOf } from "../api/cell";
import { FULL, P, PLAIN, SHORT, WHOLE, cell, type Style } from "../format/number";
import { lang, t } from "../i18n";
import { term } from "../i18n/terms";
import { explain } from "../state/explain";
import { nameOf } from "../state/study";

const ROW = 27;

interface Props {
  table: Table;
  caption: string;
  /** The column whose values are chosen by a click on a row. */
  pick?: string;
  selected?: readonly string[];
  hover?: string | undefined;
  onSelect?: (ids: string[], add: boolean) => void;
  onHover?: (id: string | undefined) => void;
  onRow?: (row: Cell[]) => void;
  height?: number;
  raw?: boolean;
  styles?: Record<string, Style>;
}

/** Years as they are, whole numbers whole, probabilities as such, the rest with three digits. */
function styleOf(table: Table, column: number, raw: boolean): Style {
  const name = table.columns[column]!.name;
  if (raw) return FULL;
  if (/^(period|from|to|year)$/.test(name)) return PLAIN;
  if (/^(p|p_.*|q_value)$/.test(name) && !/^p_top/.test(name)) return P;
  const numbers = table.rows.map((row) => row[column]).filter((v): v is number => typeof v === "number");
  return numbers.every((v) => Number.isInteger(v)) ? WHOLE : SHORT;
}

function compare(a: Cell | undefined, b: Cell | undefined): number {
  const ga = a === undefined || isGap(a);
  const gb = b === undefined || isGap(b);
  if (ga || gb) return ga && gb ? 0 : ga ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function DataTable(props: Props) {
  const { table } = props;
  const [sort, setSort] = useState<{ column: number; down: boolean } | undefined>();
  const [top, setTop] = useState(0);
  const [active, setActive] = useState<[number, number]>([0, 0]);
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef(false);
  const language = lang.value;
  const order = useMemo(() => {
    const index = table.rows.map((_, i) => i);
    if (sort) {
      index.sort((a, b) => {
        const x = table.rows[a]![sort.column];
        const y = table.rows[b]![sort.column];
        const c = compare(x, y);
        return (sort.down && !isGap(x) && !isGap(y) ? -c : c) || a - b;
      });
    }
    return index;
  }, [table, sort]);
  const styles = useMemo(() => table.columns.map((_, j) => styleOf(table, j, props.raw === true)), [table, props.raw]);
  const pickAt = props.pick === undefined ? -1 : table.columns.findIndex((c) => c.name === props.pick);
  const chosen = new Set(props.selected ?? []);
  const height = Math.min(props.height ?? 420, (table.rows.length + 1) * ROW + 20);
  const from = Math.max(0, Math.floor(top / ROW) - 8);
  const until = Math.min(order.length, Math.ceil((top + height) / ROW) + 8);
  const [r, c] = [Math.min(active[0], order.length - 1), Math.min(active[1], table.columns.length - 1)];

  useLayoutEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    box.current?.querySelector<HTMLElement>('[data-active="true"]')?.focus({ preventScroll: true });
  });
  useEffect(() => setActive([0, 0]), [table.columns.length]);

  const move = (row: number, column: number) => {
    const next: [number, number] = [Math.min(order.length - 1, Math.max(0, row)), Math.min(table.columns.length - 1, Math.max(0, column))];
    setActive(next);
    wanted.current = true;
    const element = box.current;
    if (!element) return;
    const y = next[0] * ROW;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + 2 * ROW > element.scrollTop + element.clientHeight - 14) element.scrollTop = y + 2 * ROW - element.clientHeight + 14;
    setTop(element.scrollTop);
  };
  const act = (row: number, column: number, add: boolean) => {
    const i = order[row];
    if (i === undefined) return;
    const address = table.address?.(i, column);
    if (address) explain(address);
    else if (props.onRow) props.onRow(table.rows[i]!);
    else if (pickAt >= 0 && props.onSelect) props.onSelect([String(table.rows[i]![pickAt])], add);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / ROW) - 2);
    const to: Record<string, [number, number]> = {
      ArrowDown: [r + 1, c],
      ArrowUp: [r - 1, c],
      ArrowRight: [r, c + 1],
      ArrowLeft: [r, c - 1],
      PageDown: [r + page, c],
      PageUp: [r - page, c],
      Home: [event.ctrlKey ? 0 : r, 0],
      End: [event.ctrlKey ? order.length - 1 : r, table.columns.length - 1],
    };
    const next = to[event.key];
    if (next) move(...next);
    else if (event.key === "Enter") act(r, c, true);
    else if (event.key === " " && pickAt >= 0 && props.onSelect) props.onSelect([String(table.rows[order[r]!]![pickAt])], true);
    else return;
    event.preventDefault();
  };
  if (table.rows.length === 0) return <p class="state state-empty">{t("noRows")}</p>;
  return (
    <div class="table-wrap">
      <div class="table-box" ref={box} style={{ height: `${height}px` }} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
        <table role="grid" aria-label={props.caption} aria-rowcount={order.length + 1} aria-colcount={table.columns.length}>
          <thead>
            <tr aria-rowindex={1}>
              {table.columns.map((column, j) => (
                <th key={column.name} scope="col" aria-sort={sort?.column === j ? (sort.down ? "descending" : "ascending") : "none"} class={numeric(table, j) ? "num" : ""}>
                  <button type="button" onClick={() => setSort(sort?.column === j ? (sort.down ? undefined : { column: j, down: true }) : { column: j, down: false })}>
                    {column.title}
                    {column.unit && column.unit !== "1" && <small>{column.unit}</small>}
                    <span class="sort" aria-hidden="true">{sort?.column === j ? (sort.down ? "▼" : "▲") : ""}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={onKeyDown}>
            {from > 0 && <tr class="filler" aria-hidden="true"><td colSpan={table.columns.length} style={{ height: `${from * ROW}px` }} /></tr>}
            {order.slice(from, until).map((i, k) => {
              const row = table.rows[i]!;
              const at = from + k;
              const id = pickAt >= 0 ? String(row[pickAt]) : undefined;
              return (
                <tr key={i} aria-rowindex={at + 2} aria-selected={id !== undefined ? chosen.has(id) : undefined} class={`${id !== undefined && chosen.has(id) ? "chosen" : ""}${id !== undefined && id === props.hover ? " hovered" : ""}`} onPointerEnter={id !== undefined ? () => props.onHover?.(id) : undefined} onPointerLeave={id !== undefined ? () => props.onHover?.(undefined) : undefined}>
                  {table.columns.map((column, j) => {
                    const value = row[j];
                    const address = table.address?.(i, j);
                    const on = at === r && j === c;
                    const words = isGap(value) ? cell(value, language) : typeof value === "string" && props.raw !== true ? label(column.name, value) : cell(value, language, props.styles?.[column.name] ?? styles[j]!);
                    return (
                      <td key={column.name} role="gridcell" aria-colindex={j + 1} tabIndex={on ? 0 : -1} data-active={on} data-address={address} data-value={typeof value === "number" ? value : undefined} class={`${typeof value === "number" ? "num" : ""}${isGap(value) ? ` gap gap-${lookOf(value.gap)}` : ""}${address && !isGap(value) ? " explains" : ""}`} title={address ? `${t("explain")}: ${address}` : undefined}
                        onClick={(event) => {
                          setActive([at, j]);
                          act(at, j, event.ctrlKey || event.metaKey || event.shiftKey || true);
                        }}
                        onFocus={() => (on ? undefined : setActive([at, j]))}>
                        {words}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
            {until < order.length && <tr class="filler" aria-hidden="true"><td colSpan={table.columns.length} style={{ height: `${(order.length - until) * ROW}px` }} /></tr>}
          </tbody>
        </table>
      </div>
      <p class="table-count">{t("rowsShown", { n: order.length.toLocaleString("en") })}</p>
    </div>
  );
}

function label(column: string, value: string): string {
  const name = nameOf(column, value);
  return name === value ? term(value) : name;
}

function numeric(table: Table, column: number): boolean {
  for (const row of table.rows) {
    const v = row[column];
    if (typeof v === "number") return true;
    if (typeof v === "string" && v !== "") return false;
  }
  return false;
}

/** Tables as the pages hold them: columns of numbers, words and gaps, where a gap is never a number. */

/** Why a cell holds no number; the codes of `agglo_core::Gap`. */
export const GAP_CODES = [
  "missing",
  "suppressed",
  "below_unit",
  "not_applicable",
  "zero_denominator",
  "zero_total",
  "single_region",
  "single_unit",
  "too_few",
  "not_normal",
  "negative",
  "log_of_zero",
  "no_variation",
  "not_identified",
  "not_enough_evidence",
  "from_gap",
] as const;
export type GapCode = (typeof GAP_CODES)[number];

export interface Gap {
  readonly gap: GapCode;
}

export type Cell = number | string | Gap;

export function isGap(cell: Cell | undefined): cell is Gap {
  return typeof cell === "object";
}

export function isGapCode(code: string): code is GapCode {
  return (GAP_CODES as readonly string[]).includes(code);
}

/** The pattern that a gap is drawn with. */
export type GapLook = "hatched" | "dotted" | "lines" | "grid";

export function lookOf(code: GapCode): GapLook {
  if (code === "missing") return "hatched";
  if (code === "suppressed") return "dotted";
  if (code === "below_unit") return "lines";
  return "grid";
}

export interface Column {
  name: string;
  title: string;
  unit: string;
  key: boolean;
}

/** One table; `rows[i]` are the cells of row i in the order of the columns. */
export interface Table {
  columns: Column[];
  rows: Cell[][];
  /** The address of the number in a row and column, where it has one. */
  address?: (row: number, column: number) => string | undefined;
}

/** The position of a column, which must exist. */
export function at(table: Table, name: string): number {
  const index = table.columns.findIndex((column) => column.name === name);
  if (index < 0) throw new Error(`no column ${name} among ${table.columns.map((c) => c.name).join(", ")}`);
  return index;
}

export function has(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name);
}

/** One row as an object, for places where rows are few. */
export type Row = Record<string, Cell>;

export function objects(table: Table): Row[] {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column.name, row[i]!])));
}

/** A value of an answer as a cell: a number, a word, `{ "gap": kind }`; anything else is missing. */
export function cellOf(value: unknown): Cell {
  if (typeof value === "number" || typeof value === "string") return value;
  if (value !== null && typeof value === "object" && "gap" in value) {
    const code = String(value.gap);
    return { gap: isGapCode(code) ? code : "missing" };
  }
  return { gap: "missing" };
}

/** The number in a cell; `undefined` for a gap, a word, or no cell at all. */
export function num(cell: Cell | undefined): number | undefined {
  return typeof cell === "number" ? cell : undefined;
}

/** The word in a cell; numbers as digits, gaps as nothing. */
export function word(cell: Cell | undefined): string {
  return cell === undefined || isGap(cell) ? "" : String(cell);
}

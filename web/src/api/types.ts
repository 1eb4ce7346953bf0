/** The answers of `/api/v1`, as the pages use them. */
import type { Text } from "../i18n/lang";

export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  remedy?: string | null;
  parameter?: string | null;
  diagnostics?: Diagnostic[];
}

export interface Note {
  code: string;
  en: string;
  zh: string;
}

export interface Provenance {
  step: string;
  method: string;
  title: Text;
  variant: string;
  variant_help: Text | null;
  formula: string;
  source: string;
  mark: Text | string | null;
  options: Record<string, string>;
  seed: number;
  version: string;
  code: string;
  hash: string | null;
  inputs: {
    table: string;
    source: string;
    content: string;
    columns: Record<string, string>;
    periods: [number, number] | null;
    keep: Record<string, string[]>;
    sum_by: string[];
  }[];
  files: { block: string; file: string; blake3: string }[];
  notes: Note[];
}

/** What every answer with numbers carries. */
export interface Traced {
  provenance?: Provenance | null;
  command?: string;
  python?: string;
}

export interface ApiColumn {
  name: string;
  kind: "text" | "integer" | "number" | string;
  unit: string;
  key: boolean;
  title: Text;
  values: (string | number | boolean | null)[];
  gaps?: Record<string, string> | null;
}

export interface ApiTable extends Traced {
  name: string;
  n_rows: number;
  offset: number;
  limit: number;
  columns: ApiColumn[];
  intervals: string | null;
  rows?: number[] | null;
}

export interface RunState {
  state: "idle" | "running" | string;
  done: number;
  total: number;
  started: string | null;
  last: { ok: boolean; answered: number; refused: number; failed: number; computed?: number; problem: Problem | null } | null;
}

export interface Server {
  version: string;
  code: string;
  api: number;
  watching: boolean;
  token_needed: boolean;
  page: boolean;
  uptime_s: number;
  generation: number;
  run: RunState;
  langs: string[];
}

export interface DataBlock {
  name: string;
  table: string;
  files: { file: string; blake3: string }[];
  reader: string;
  encoding: string;
  rows_read: number;
  rows_used: number;
  rows_rejected: number;
  rows_totals: number;
  rows_filtered: number;
  rows_notes: number;
  source: Text | null;
  license: string | null;
  notes: Note[];
}

export interface ChapterState {
  id: string;
  title: Text;
  answered: number;
  refused: number;
  failed: number;
  locked: number;
  steps: string[];
}

export interface Study {
  id: string;
  title: Text;
  authors: string[];
  period: { from: number; to: number } | null;
  seed: number;
  artificial: boolean;
  remarks: Text[];
  geo: { system: string | null; vintage: string | null; level: string | null; map: "areas" | "tiles" | "none" | string; notice: Text | null; main_group: string | null };
  industry: { system: string | null; version: string | null; level: string | null; focus: string | null };
  measure: { value: string | null; focus_value: string | null; unit: string | null };
  langs: string[];
  run: { version: string; code: string; seed: number; id: string; answered: number; refused: number; failed: number; stale: boolean; stale_because: string[] } | null;
  chapters: ChapterState[];
  data: DataBlock[];
  locked: { method: string; title: Text; chapter: string; needs: Text }[];
  refused: { step: string; method: string; title: Text; status: string; reason: string | null }[];
  notes: Note[];
  disclosure: { minimum_count: number | null; dominance: { n: number; k: number } | null; p_percent: number | null; complementary: boolean } | null;
  next: { code: string; en: string; zh: string; command: string | null }[];
  command: string;
  python: string;
}

export interface Region {
  code: string;
  name: Text;
  lon: number | null;
  lat: number | null;
  groups: Record<string, string[]>;
}

export interface Grouping {
  id: string;
  title: Text;
  overlapping: boolean;
  source: string | Text | null;
  groups: { code: string; name: Text }[];
}

export interface Axes {
  regions: Region[];
  industries: { code: string; name: Text }[];
  periods: number[];
  groupings: Grouping[];
  measures: { name: string; unit: string; table: string }[];
  indicators: { code: string; name: Text; dimension: string | null; direction: string | null; unit: string | null; weight: number | null }[];
  gaps: { code: string; reason: Text; group: string }[];
}

export interface Diagnostic {
  code: string;
  severity: "error" | "warning" | "note" | string;
  message: string;
  remedy: string | null;
  file: string | null;
  sheet: string | null;
  row: number | null;
  column: string | null;
  found: string | null;
  explain: string | null;
}

export interface Check {
  diagnostics: Diagnostic[];
  coverage: { table: string; measure: string; regions: string[]; periods: number[]; counts: number[][] }[];
  ran_at_generation: number;
}

export interface Finding {
  step: string;
  method: string;
  chapter: string;
  title: Text;
  variant: string;
  status: "answered" | "refused" | "failed" | string;
  reason: string | null;
  options: Record<string, string>;
  seed: number;
  key: string;
  notes: Note[];
  tables: { name: string; rows: number; hash: string; columns: { name: string; kind: string; unit: string; key: boolean; title: Text }[] }[];
  command: string;
  python: string;
}

export interface MethodInfo {
  id: string;
  chapter: string;
  title: Text;
  help: Text;
  formula: string;
  source: string;
  mark: { code: string; title: Text } | null;
  variants: { id: string; help: Text }[];
  options: { name: string; default: string; help: Text; kind: string; words?: string[]; low?: number; high?: number }[];
  outputs: { name: string; columns: { name: string; unit: string; key: boolean; title: Text }[] }[];
  steps: string[];
  computable: boolean;
  needs: Text | null;
}

export interface Classes {
  scheme: string;
  breaks: string;
  cuts: number[];
  counts: number[];
  of?: (number | null)[];
  center: number | null;
}

export interface SeriesAnswer extends Traced {
  by: string;
  codes: string[];
  periods: number[];
  column: Omit<ApiColumn, "values">;
  values: (number | null)[][];
  gaps?: Record<string, Record<string, string>> | null;
  extent: [number, number] | null;
  classes: Classes | null;
}

export interface MapFeature {
  type: "Feature";
  id?: string;
  properties: { code: string; name: Text; region?: boolean; center?: [number, number] };
  geometry: { type: "MultiPolygon"; coordinates: number[][][][] } | { type: "Polygon"; coordinates: number[][][] } | null;
}

export type MapAnswer =
  | { kind: "areas"; projection: { name: Text | string }; km_per_unit?: number | null; insets?: { name: Text; frame: [number, number, number, number] }[]; extent: [number, number, number, number]; notice: Text | null; areas: { type: "FeatureCollection"; features: MapFeature[] }; left_out?: string[]; unmatched?: { without_area: string[]; without_value: string[] } }
  | { kind: "tiles"; tiles: { code: string; row: number; column: number; name: Text; short: Text }[]; n_rows: number; n_columns: number; notice: Text | null }
  | { kind: "none" };

export interface Lorenz extends Traced {
  points: { region: string[]; x: number[]; y: number[] };
  base: string;
  gini: number | null;
  gini_lq?: number | null;
}

export interface Definitions {
  definitions: {
    method: string;
    variant: string;
    title: Text;
    variant_help: Text | null;
    column: string;
    value: number | { gap: string } | { refused: string };
    lower?: number | null;
    upper?: number | null;
    address: string | null;
    command: string;
  }[];
  provenance?: Provenance | null;
  command?: string;
  python?: string;
}

export interface RankAnswer extends Traced {
  regions: { code: string; score: number | null; rank: number | null; median: number | null; lower: number | null; upper: number | null; p_top: number | null }[];
  weights: { indicator: string; name: Text; dimension: string | null; weight: number }[];
  top: number;
  top_holds: number | null;
  p_top_min: number | null;
  provenance_intervals?: Provenance | null;
}

export interface Peers extends Traced {
  peers: { code: string; similarity: number }[];
}

export interface Profile extends Traced {
  regions: string[];
  items: { step: string; table: string; column: string; title: Text; unit: string; period: number | null; keys: Record<string, string>; values: (number | string | null)[]; gaps?: Record<string, string> | null; addresses: (string | null)[] }[];
}

export interface SourceCell {
  place: string;
  file: string;
  sheet: string | null;
  row: number;
  column: number | string;
  table?: string;
  measure?: string;
  text: string | null;
  flag: string | null;
  value: number | { gap: string } | string | null;
  status: string;
  lower: number | null;
  upper: number | null;
  keys?: Record<string, string>;
}

export interface Origin extends SourceCell {
  cells?: SourceCell[];
  around: { first_row: number; rows: string[][] } | null;
}

export interface Explained {
  address: string;
  value: number | string | { gap: string } | null;
  unit: string;
  row: Record<string, string>;
  method: { id: string; chapter: string; title: string; help: string; formula: string; source: string; mark: string };
  step: { step: string; method: string; variant: string; options: Record<string, string>; seed: number; status: string; notes: Note[]; inputs: Record<string, { source: string; columns: Record<string, string>; periods: [number, number] | null; keep: Record<string, string[]> }> };
  version: string;
  code: string;
  range: unknown;
  without: unknown;
  holds: unknown;
  worked: { lines: string[]; agrees?: boolean | null } | null;
  unreadable: string[];
  cells: SourceCell[];
  command?: string;
  python?: string;
}

export interface RunInfo {
  id: string;
  current: boolean;
  version: string;
  code: string;
  seed: number;
  answered: number;
  refused: number;
  failed: number;
  time: string | null;
}

export interface DiffAnswer {
  by_cause: Record<string, unknown>;
  diff: {
    files: unknown;
    code: unknown;
    steps: { step: string; causes: unknown[]; n_compared: number; n_moved: number; moved: { address: string; before: unknown; after: unknown }[] }[];
    added: string[];
    removed: string[];
    n_same: number;
  };
  command?: string;
  python?: string;
}

export interface TableInfo {
  name: string;
  help: Text;
  n_rows: number;
  withheld: boolean;
  columns: { name: string; kind: string; unit: string; key: boolean; title: Text }[];
  blocks: string[];
}

export interface Lineage {
  nodes: { id: string; kind: "file" | "block" | "table" | "group" | "step" | string; label: string; title: Text | null; status: string | null }[];
  edges: { from: string; to: string }[];
}

/** The answers of `/api/v1` under the names that the pages use. The shapes are generated from the server's own types. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Problem = Partial<Omit<Schemas["Problem"], "code" | "title" | "status">> & Pick<Schemas["Problem"], "code" | "title" | "status">;
export type Note = Schemas["NoteForm"];
export type Provenance = Schemas["Provenance"];
export type ApiColumn = Schemas["TableColumn"];
export type ApiTable = Schemas["Table"];
export type RunState = Schemas["RunState"];
export type Server = Schemas["Server"];
export type Study = Schemas["Study"];
export type Axes = Schemas["Axes"];
export type Diagnostic = Schemas["DiagnosticForm"];
export type Check = Schemas["CheckForm"];
export type Finding = Schemas["FindingForm"];
export type SeriesAnswer = Schemas["SeriesForm"];
export type MapAnswer = Schemas["MapForm"];
export type Lorenz = Schemas["Lorenz"];
export type Definitions = Schemas["Definitions"];
export type RankAnswer = Schemas["Ranking"];
export type Peers = Schemas["Peers"];
export type Profile = Schemas["Profile"];
export type SourceCell = Schemas["OriginCell"];
export type Origin = Schemas["OriginForm"];
export type RunInfo = Schemas["RunAbout"];
export type DiffAnswer = Schemas["DiffForm"];
export type TableInfo = Schemas["CanonicalAbout"];
export type Lineage = Schemas["Lineage"];

/** What every answer with numbers carries. */
export interface Traced {
  provenance?: Provenance | null | undefined;
  command?: string | null | undefined;
  python?: string | null | undefined;
}

/** What `agglo explain ADDRESS --json` prints; the server passes it on as it is. */
export interface Explained {
  address: string;
  value: unknown;
  unit: string;
  row: Record<string, string>;
  method: { id: string; chapter: string; title: string; help: string; formula: string; source: string; mark: string };
  step: {
    step: string;
    method: string;
    variant: string;
    options: Record<string, string>;
    seed: number;
    status: string;
    notes: Note[];
    inputs: Record<string, { source: string; columns: Record<string, string>; periods: [number, number] | null; keep: Record<string, string[]> }>;
  };
  version: string;
  code: string;
  range: unknown;
  without: unknown;
  holds: unknown;
  worked: { lines: string[] } | null;
  unreadable: string[];
  cells: (Omit<SourceCell, "share"> & { keys?: Record<string, string> })[];
}

/** What `agglo diff --json` prints; the server passes it on with the moved numbers cut. */
export interface Diff {
  steps: { step: string; causes: unknown[]; n_compared: number; n_moved: number; moved: { address: string; before: unknown; after: unknown }[] }[];
  added: string[];
  removed: string[];
  n_same: number;
}

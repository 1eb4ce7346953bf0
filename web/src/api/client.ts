/** Questions to the server of this page, and to no one else. Answers are kept until the study changes. */
import { signal } from "@preact/signals";
import type { ApiTable, Problem } from "./types";
import { type Cell, type Column, type Table, isGapCode } from "./cell";
import { type Lang, pick } from "../i18n/lang";

export const BASE = "api/v1";

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

/** Grows whenever everything must be asked again: the study changed on disk, or the reader tries again. */
export const revision = signal(0);

/** The server's count of changes of the study on disk; unknown until it says hello. */
let generation: number | undefined;

/** Notes the server's count; what was kept before another count is stale. */
export function noteGeneration(now: number): boolean {
  const changed = generation !== undefined && generation !== now;
  generation = now;
  if (changed) refresh();
  return changed;
}

/** Forgets every answer and asks again what is on the page. */
export function refresh(): void {
  kept.clear();
  held = 0;
  revision.value += 1;
}

let token: string | undefined;

/** Takes the token out of the fragment `#token=HEX` and keeps it for this tab. */
export function takeToken(): void {
  const found = /[#&?]token=([0-9a-f]+)/i.exec(location.hash);
  try {
    if (found) {
      sessionStorage.setItem("agglo.token", found[1]!);
      const rest = location.hash.replace(/[#&?]token=[0-9a-f]+/i, "").replace(/^#?&/, "#");
      history.replaceState(history.state, "", rest.startsWith("#/") ? rest : location.pathname + location.search);
    }
    token = sessionStorage.getItem("agglo.token") ?? undefined;
  } catch {
    token = found?.[1];
  }
}

export const hasToken = (): boolean => token !== undefined;

export function headers(more: Record<string, string> = {}): Record<string, string> {
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (body.code) return { title: response.statusText, status: response.status, ...body } as Problem;
  } catch {
    // What is no JSON is told by its status alone.
  }
  return { code: `HTTP ${response.status}`, title: response.statusText || "error", status: response.status };
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${BASE}/${path}`, { ...init, headers: headers(init.headers as Record<string, string>) });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError({ code: "offline", title: "the server does not answer", status: 0, detail: String(cause) });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response;
}

interface Kept {
  at: number;
  /** Characters of the answer; 0 while it is on its way. */
  size: number;
  promise: Promise<unknown>;
  value?: unknown;
  error?: ApiError;
}

/** Answers kept, in characters: old ones go first, so that an hour of use takes no more memory than a minute. */
const MOST_KEPT = 8e6;
let held = 0;

function drop(path: string): void {
  held -= kept.get(path)?.size ?? 0;
  kept.delete(path);
}

const kept = new Map<string, Kept>();

/** The answer to `path`, kept while the study stays the same. */
export function get<T>(path: string): Promise<T> {
  return entry(path).promise as Promise<T>;
}

/** What is known about `path` without waiting. */
export function entry(path: string): Kept {
  const known = kept.get(path);
  if (known && known.at === revision.value) {
    kept.delete(path);
    kept.set(path, known);
    return known;
  }
  drop(path);
  const made: Kept = { at: revision.value, size: 0, promise: Promise.resolve() };
  made.promise = ask(path)
    .then((response) => response.text())
    .then((text) => {
      made.value = JSON.parse(text) as unknown;
      if (kept.get(path) === made) {
        made.size = text.length;
        held += made.size;
      }
      for (const old of kept.keys()) {
        if (held <= MOST_KEPT) break;
        if (old !== path) drop(old);
      }
      return made.value;
    })
    .catch((cause: unknown) => {
      made.error = cause instanceof ApiError ? cause : new ApiError({ code: "unreadable", title: "the answer was not understood", status: 0, detail: String(cause) });
      if (made.error.problem.status === 0 || made.error.problem.status >= 500) drop(path);
      throw made.error;
    });
  made.promise.catch(() => undefined);
  kept.set(path, made);
  return made;
}

/** A query with repeated and absent parameters. */
export function query(path: string, params: Record<string, string | number | boolean | undefined | null | readonly string[]>): string {
  const out: string[] = [];
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) out.push(`${key}=${encodeURIComponent(String(one))}`);
  }
  return out.length ? `${path}?${out.join("&")}` : path;
}

/** The conditions `COLUMN=VALUE` of a table query. */
export function conditions(keys: Record<string, string | number | undefined>): string[] {
  return Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`);
}

/** The address of a number of a finding: its key columns in the order of their names, as `agglo explain` takes it. */
export function addressOf(step: string, table: string, column: string, keys: Record<string, string>): string {
  const tail = Object.keys(keys)
    .sort()
    .map((key) => `${key}=${keys[key]}`)
    .join(",");
  return `${step}:${table}.${column}${tail ? `@${tail}` : ""}`;
}

/** An answer's table as cells: a gap stays a gap, an empty word is an empty word. */
export function decode(answer: Pick<ApiTable, "name" | "columns">, lang: Lang, step?: string): Table {
  const columns: Column[] = answer.columns.map((c) => ({ name: c.name, title: pick(c.title, lang) || c.name, unit: c.unit, key: c.key }));
  const n = answer.columns[0]?.values.length ?? 0;
  const cells: Cell[][] = Array.from({ length: n }, () => new Array<Cell>(columns.length));
  answer.columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) {
      const value = column.values[i];
      const gap = column.gaps?.[i];
      cells[i]![j] =
        gap !== undefined ? { gap: isGapCode(gap) ? gap : "missing" } : value === null || value === undefined ? (column.kind === "number" ? { gap: "missing" } : "") : typeof value === "boolean" ? String(value) : value;
    }
  });
  const keyed = columns.map((c, i) => (c.key ? i : -1)).filter((i) => i >= 0);
  const table: Table = { columns, rows: cells };
  if (step !== undefined) {
    table.address = (row, column) => {
      const c = columns[column];
      if (!c || c.key || answer.columns[column]?.kind === "text") return undefined;
      return addressOf(step, answer.name, c.name, Object.fromEntries(keyed.map((k) => [columns[k]!.name, String(cells[row]![k])])));
    };
  }
  return table;
}

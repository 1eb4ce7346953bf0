import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { lang } from "../i18n";
import { type ApiError, decode, entry, query, revision } from "./client";
import type { Table } from "./cell";
import type { ApiTable } from "./types";

/** An answer on its way, here, or not to be had. While a new answer is on its way, the last one stays. */
export interface Answer<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
}

/** The answer to `path`; nothing is asked while `path` is undefined. */
export function useApi<T>(path: string | undefined): Answer<T> {
  const now = revision.value;
  const [, redraw] = useState(0);
  const last = useRef<T | undefined>(undefined);
  const known = path === undefined ? undefined : entry(path);
  const pending = known !== undefined && known.value === undefined && known.error === undefined;
  useEffect(() => {
    // The answer may have come between drawing and now: whoever was drawn waiting is drawn again.
    if (!known || !pending) return;
    let alive = true;
    const done = () => alive && redraw((n) => n + 1);
    known.promise.then(done, done);
    return () => {
      alive = false;
    };
  }, [path, now, known, pending]);
  if (!known) return { data: undefined, error: undefined, loading: false };
  if (known.value !== undefined) last.current = known.value as T;
  if (known.error) return { data: undefined, error: known.error, loading: false };
  const loading = known.value === undefined;
  return { data: (known.value as T | undefined) ?? last.current, error: undefined, loading };
}

export interface TableAnswer extends Answer<Table> {
  raw: ApiTable | undefined;
  path: string | undefined;
}

/** A table of a finding, or of anything else that answers one. */
export function useTable(path: string | undefined, params: Parameters<typeof query>[1] = {}, step?: string): TableAnswer {
  const full = path === undefined ? undefined : query(path, { limit: 200000, ...params });
  const answer = useApi<ApiTable>(full);
  const language = lang.value;
  const table = useMemo(() => (answer.data ? decode(answer.data, language, step) : undefined), [answer.data, language, step]);
  return { ...answer, data: table, raw: answer.data, path: path === undefined ? undefined : query(path, params) };
}

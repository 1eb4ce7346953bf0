/** Runs of this study, and what moved between two of them, and why. */
import { useState } from "preact/hooks";
import { ApiError, ask, hasToken, query, refresh } from "../api/client";
import { progress } from "../api/events";
import type { Diff, DiffAnswer, RunInfo, RunState } from "../api/types";
import { useApi } from "../api/use";
import { CopyText } from "../components/copy";
import { Select } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Page } from "../components/page";
import { Empty, Loading, ProblemView } from "../components/states";
import { type Table, cellOf } from "../api/cell";
import { FULL, SHORT, number } from "../format/number";
import { t } from "../i18n";
import { term } from "../i18n/terms";
import { text } from "../state/query";
import { useParam } from "../state/router";
import { server } from "../state/study";

export default function Runs() {
  const answer = useApi<{ runs: RunInfo[]; state: RunState }>("runs");
  const [error, setError] = useState<ApiError | undefined>();
  const send = (method: "POST" | "DELETE", path: string) => {
    setError(undefined);
    ask(path, { method, headers: { "Content-Type": "application/json" }, ...(method === "POST" ? { body: "{}" } : {}) })
      .then(refresh)
      .catch((cause: unknown) => {
        if (cause instanceof ApiError) setError(cause);
      });
  };
  const runs = answer.data?.runs ?? [];
  const busy = progress.value.running;
  return (
    <Page title={t("pageRuns")} question={t("askRuns")}>
      <div class="runbar no-print">
        {hasToken() ? (
          <>
            <button type="button" class="button primary" disabled={busy} onClick={() => send("POST", "runs")}>{t("runNow")}</button>
            <button type="button" class="button" disabled={!busy} onClick={() => send("DELETE", "runs/state")}>{t("runStop")}</button>
          </>
        ) : <p>{t("noToken")} <CopyText text="agglo run" label={t("copyCommand")} /></p>}
        <span>{server.value?.watching ? t("watching") : t("notWatching")}</span>
        {busy && <progress value={progress.value.done} max={progress.value.total || 1} aria-label={t("runningStart")} />}
      </div>
      {error && <ProblemView error={error} />}
      {answer.error ? <ProblemView error={answer.error} /> : !answer.data ? <Loading /> : runs.length === 0 ? <Empty title={t("noRuns")} /> : (
        <div class="grid">
          <section class="figure wide" aria-labelledby="runs-title">
            <header class="figure-head"><h3 id="runs-title">{t("runsTitle")}</h3></header>
            <div class="scroll-x" tabIndex={0} role="region" aria-label={t("runsTitle")}>
              <table class="plain">
                <thead><tr><th scope="col">{t("run")}</th><th scope="col">{t("time")}</th><th scope="col" class="num">{t("chAnswered")}</th><th scope="col" class="num">{t("chRefused")}</th><th scope="col" class="num">{t("seed")}</th><th scope="col">{t("program")}</th></tr></thead>
                <tbody>{runs.map((r) => <tr key={r.id}><th scope="row"><code>{r.id.slice(0, 12)}</code> {r.current && <span class="tag">{t("current")}</span>}</th><td>{r.time ? new Date(r.time).toISOString().replace("T", " ").slice(0, 19) : "–"}</td><td class="num">{r.answered}</td><td class="num">{r.refused + r.failed}</td><td class="num">{r.seed}</td><td><small>{r.version} · {r.code.slice(0, 12)}</small></td></tr>)}</tbody>
              </table>
            </div>
          </section>
          {runs.length > 1 ? <Moved runs={runs} /> : <section class="figure wide"><Empty title={t("oneRun")}><p>{t("oneRunHelp")}</p></Empty></section>}
        </div>
      )}
    </Page>
  );
}

function Moved({ runs }: { runs: RunInfo[] }) {
  const [before, setBefore] = useParam("before", text, runs[1]!.id);
  const [after, setAfter] = useParam("after", text, runs[0]!.id);
  const answer = useApi<DiffAnswer>(before === after ? undefined : query("diff", { before, after }));
  const options = runs.map((r) => ({ value: r.id, label: `${r.id.slice(0, 12)}${r.current ? ` (${t("current")})` : ""}` }));
  const d = answer.data?.diff as Diff | undefined;
  const moved = (d?.steps ?? []).flatMap((s) => s.moved.map((m) => ({ step: s.step, ...m })));
  const table: Table | undefined = d && {
    columns: [{ name: "step", title: t("step"), unit: "", key: true }, { name: "address", title: t("address"), unit: "", key: true }, { name: "before", title: t("before"), unit: "", key: false }, { name: "after", title: t("after"), unit: "", key: false }],
    rows: moved.map((m) => [m.step, m.address, cellOf(m.before), cellOf(m.after)]),
    address: (row, column) => (column === 3 ? moved[row]!.address : undefined),
  };
  return (
    <Figure id="diff" title={t("diffTitle")} subtitle={d ? t("diffSame", { n: d.n_same }) : undefined} table={table} trace={answer.data} wide controls={<><Select label={t("before")} value={before} options={options} onChange={setBefore} /><Select label={t("after")} value={after} options={options} onChange={setAfter} /></>}>
      {before === after ? <p>{t("sameRun")}</p> : answer.error ? <ProblemView error={answer.error} /> : !d ? <Loading /> : (
        <>
          {d.steps.length === 0 && <p>{t("nothingMoved")}</p>}
          {d.steps.map((s) => (
            <details key={s.step} open={d.steps.length <= 4}>
              <summary><strong>{s.step}</strong> · {t("movedOf", { n: s.n_moved, of: s.n_compared })} · {s.causes.map(causeText).join("; ")}</summary>
              <table class="plain"><thead><tr><th scope="col">{t("address")}</th><th scope="col" class="num">{t("before")}</th><th scope="col" class="num">{t("after")}</th></tr></thead>
                <tbody>{s.moved.slice(0, 30).map((m) => <tr key={m.address}><td><code>{m.address}</code></td><td class="num">{typeof m.before === "number" ? number(m.before, FULL) : String(m.before ?? "–")}</td><td class="num"><Num value={cellOf(m.after)} style={SHORT} address={m.address} /></td></tr>)}</tbody></table>
            </details>
          ))}
          {d.added.length > 0 && <p>{t("added")}: {d.added.join(", ")}</p>}
          {d.removed.length > 0 && <p>{t("removed")}: {d.removed.join(", ")}</p>}
        </>
      )}
    </Figure>
  );
}

function causeText(cause: unknown): string {
  if (typeof cause === "string") return term(cause);
  if (cause && typeof cause === "object") {
    const c = cause as Record<string, unknown>;
    const kind = c.kind ?? c.cause ?? Object.keys(c)[0];
    const rest = Object.entries(c).filter(([k]) => k !== "kind" && k !== "cause").map(([, v]) => (typeof v === "string" ? v : JSON.stringify(v))).join(" ");
    return `${term(String(kind))} ${rest}`.trim();
  }
  return String(cause);
}

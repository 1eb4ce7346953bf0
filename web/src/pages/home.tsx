/** How the study stands: what was answered, what is covered, what to do next. */
import { query } from "../api/client";
import type { Check } from "../api/types";
import { useApi } from "../api/use";
import { CopyText } from "../components/copy";
import { Figurine, Page } from "../components/page";
import { Figure } from "../components/figure";
import { Loading, ProblemView } from "../components/states";
import { Heat } from "../figures/rows";
import { shade } from "../figures/palette";
import type { Cell, Table } from "../api/cell";
import { number, percent, WHOLE } from "../format/number";
import { say, t } from "../i18n";
import { text } from "../state/query";
import { linkTo, useParam } from "../state/router";
import { nameOf, study } from "../state/study";
import { Select } from "../components/controls";
import { Diagnostics } from "./diagnostics";

export default function Home() {
  const s = study.value!;
  const run = s.run;
  const read = s.data.reduce((n, d) => n + d.rows_read, 0);
  const rejected = s.data.reduce((n, d) => n + d.rows_rejected, 0);
  const period = s.period ? `${s.period.from}–${s.period.to}` : "";
  return (
    <Page title={say(s.title)} question={[s.authors.join(", "), period, [s.geo.system, s.geo.level].filter(Boolean).join(" · ")].filter(Boolean).join(" · ")}>
      {s.remarks.map((r, i) => <p class="remark" key={i}>{say(r)}</p>)}
      <div class="figurines">
        {run ? (
          <>
            <Figurine label={t("answeredSteps")} value={run.answered} note={<a href={linkTo("findings")}>{t("seeFindings")}</a>} />
            <Figurine label={t("refusedSteps")} value={run.refused} note={run.failed > 0 ? t("failedSteps", { n: run.failed }) : undefined} />
          </>
        ) : <Figurine label={t("notRun")} value="–" note={<CopyText text="agglo run" label={t("copyCommand")} />} />}
        <Figurine label={t("rowsRead")} value={number(read, WHOLE)} note={rejected > 0 ? t("rowsRejected", { n: number(rejected, WHOLE) }) : t("rowsAllUsed")} />
        <Figurine label={t("files")} value={s.data.length} note={<a href={linkTo("data")}>{t("seeData")}</a>} />
      </div>
      <div class="grid">
        <section class="figure" aria-labelledby="next">
          <header class="figure-head"><h3 id="next">{t("nextTitle")}</h3></header>
          {s.next.length === 0 ? <p>{t("nothingNext")}</p> : (
            <ol class="next">
              {s.next.map((n, i) => <li key={i}><p>{say(n)}</p>{n.command && <CopyText text={n.command} label={t("copyCommand")} />}</li>)}
            </ol>
          )}
        </section>
        <section class="figure" aria-labelledby="chapters">
          <header class="figure-head"><h3 id="chapters">{t("chaptersTitle")}</h3></header>
          <table class="plain">
            <thead><tr><th scope="col">{t("chapter")}</th><th scope="col" class="num">{t("chAnswered")}</th><th scope="col" class="num">{t("chRefused")}</th><th scope="col" class="num">{t("chLocked")}</th></tr></thead>
            <tbody>{s.chapters.map((c) => <tr key={c.id}><th scope="row">{say(c.title)}</th><td class="num">{c.answered}</td><td class="num">{c.refused + c.failed || ""}</td><td class="num">{c.locked || ""}</td></tr>)}</tbody>
          </table>
          {s.refused.length > 0 && (
            <details open>
              <summary>{t("refusedTitle")}</summary>
              <ul class="flat">{s.refused.map((r) => <li key={r.step}><strong>{say(r.title)}</strong> <span class="variant">{r.step}</span>: {r.reason}</li>)}</ul>
            </details>
          )}
          {s.locked.length > 0 && (
            <details>
              <summary>{t("lockedList", { n: s.locked.length })}</summary>
              <ul class="flat">{s.locked.map((l) => <li key={l.method}><strong>{say(l.title)}</strong>: {say(l.needs)}</li>)}</ul>
            </details>
          )}
        </section>
        <Coverage />
      </div>
      {s.disclosure && <p class="remark">{t("disclosureOn", { n: s.disclosure.minimum_count ?? "–" })}</p>}
      <p class="remark"><a href="api/v1/report" target="_blank" rel="noopener">{t("openReport")}</a></p>
    </Page>
  );
}

/** How many numbers there are, by region and year, and what a check found. */
function Coverage() {
  const answer = useApi<Check>(query("check", {}));
  const [asked, set] = useParam("cover", text, "");
  const data = answer.data;
  const blocks = data?.coverage ?? [];
  const name = (b: Check["coverage"][number]) => `${b.table} · ${b.measure}`;
  const block = blocks.find((b) => name(b) === asked) ?? blocks[0];
  const many = block ? block.codes.slice(0, 60) : [];
  const share = (i: number, k: number): Cell => {
    const [known, expected] = [block?.known[i]?.[k] ?? 0, block?.expected[i]?.[k] ?? 0];
    return expected === 0 ? { gap: "not_applicable" } : known === 0 ? { gap: "missing" } : known / expected;
  };
  const sum = (all: number[][] | undefined) => (all ?? []).flat().reduce((a, b) => a + b, 0);
  const table: Table | undefined = block && { columns: [{ name: "region", title: t("region"), unit: "", key: true }, ...block.periods.map((p) => ({ name: String(p), title: String(p), unit: "", key: false }))], rows: block.codes.map((r, i) => [r, ...block.periods.map((_, k) => share(i, k))]) };
  return (
    <>
      <Figure id="coverage" title={t("coverage")} subtitle={block ? t("coverageHelp", { known: number(sum(block.known), WHOLE), expected: number(sum(block.expected), WHOLE) }) : undefined} table={table} loading={answer.loading} wide controls={blocks.length > 1 ? <Select label={t("table")} value={block ? name(block) : ""} options={blocks.map((b) => ({ value: name(b), label: name(b) }))} onChange={set} /> : undefined}>
        {answer.error ? <ProblemView error={answer.error} /> : !data ? <Loading what={t("checking")} /> : !block ? <p>{t("nothing")}</p> : (
          <Heat title={t("coverage")} upright rows={many.map((r) => ({ id: r, name: nameOf(block.by, r) }))} columns={block.periods.map((p) => ({ id: String(p), name: String(p) }))} value={(r, p) => share(block.codes.indexOf(r), block.periods.indexOf(Number(p)))} color={(v) => shade(0.15 + 0.7 * v)} format={(v) => number(v, percent(0))} keyHelp={t("heatKeys")} cellHeight={15} />
        )}
        {block && block.codes.length > 60 && <p class="figure-note">{t("firstOf", { n: 60, all: block.codes.length })}</p>}
      </Figure>
      {data && data.diagnostics.length > 0 && (
        <section class="figure wide" aria-labelledby="diagnostics"><header class="figure-head"><h3 id="diagnostics">{t("diagnostics")}</h3></header><Diagnostics list={data.diagnostics} /></section>
      )}
    </>
  );
}

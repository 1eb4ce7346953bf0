/** Every answer of the study as tables: what later chapters add is here before it has a page of its own. */
import { useTable } from "../api/use";
import { Select } from "../components/controls";
import { CopyText } from "../components/copy";
import { Figure, Footer } from "../components/figure";
import { Page } from "../components/page";
import { Loading, ProblemView } from "../components/states";
import { DataTable } from "../components/table";
import { say, t } from "../i18n";
import { term } from "../i18n/terms";
import { text } from "../state/query";
import { setParams, useParam } from "../state/router";
import { findings, study } from "../state/study";

export default function Findings() {
  const all = findings.value;
  const [asked] = useParam("step", text, all[0]?.step ?? "");
  const finding = all.find((f) => f.step === asked) ?? all[0];
  const [wanted] = useParam("table", text, "");
  const table = finding?.tables.find((x) => x.name === wanted)?.name ?? finding?.tables[0]?.name;
  const answer = useTable(finding?.status === "answered" && table ? `findings/${finding.step}/${table}` : undefined, { limit: 20000 }, finding?.step);
  const chapters = study.value!.chapters;
  const chapterOf = (id: string) => say(chapters.find((c) => c.id === id)?.title) || id;
  if (!finding) return <Page title={t("pageFindings")} question={t("askFindings")}><p>{t("nothing")}</p></Page>;
  const controls = (
    <>
      <Select label={t("step")} value={finding.step} options={all.map((f) => ({ value: f.step, label: `${say(f.title)}${f.step === f.method ? "" : ` (${f.step})`}${f.status === "answered" ? "" : ` · ${term(f.status)}`}`, group: chapterOf(f.chapter) }))} onChange={(v) => setParams({ step: v, table: undefined })} />
      {finding.tables.length > 1 && <Select label={t("table")} value={table ?? ""} options={finding.tables.map((x) => ({ value: x.name, label: `${x.name} (${x.rows})` }))} onChange={(v) => setParams({ table: v })} />}
    </>
  );
  return (
    <Page title={t("pageFindings")} question={t("askFindings")} controls={controls}>
      {finding.status !== "answered" ? (
        <section class="figure"><p class="state-title">{say(finding.title)}: {term(finding.status)}</p><p>{finding.reason}</p><CopyText text={finding.command} label={t("copyCommand")} /></section>
      ) : (
        <Figure id="finding" title={`${say(finding.title)} · ${table}`} subtitle={finding.variant} path={answer.path} trace={answer.raw} loading={answer.loading} wide>
          {answer.error ? <ProblemView error={answer.error} /> : !answer.data ? <Loading /> : <DataTable table={answer.data} caption={say(finding.title)} height={620} />}
        </Figure>
      )}
      {finding.status !== "answered" && answer.raw?.provenance && <Footer provenance={answer.raw.provenance} />}
    </Page>
  );
}

/** Did the policy work: before and after, with honest inference. */
import { useState } from "preact/hooks";
import { at, num, word, type Table } from "../api/cell";
import { useTable } from "../api/use";
import { Select } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Figurine, Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { LineChart } from "../figures/line";
import { Scatter, type ScatterPoint } from "../figures/scatter";
import { decimals, number, P, percent, type Style, WHOLE } from "../format/number";
import { t } from "../i18n";
import { explain } from "../state/explain";
import { text } from "../state/query";
import { useParam } from "../state/router";
import { findings, steps } from "../state/study";
import type { Finding } from "../api/types";

export default function Evaluate() {
  const events = steps("event-study");
  const effects = steps("two-way-fixed-effects");
  const policies = [...new Set([...events, ...effects].map((f) => policyOf(f.step)))];
  const [asked, setPolicy] = useParam("policy", text, policies[0] ?? "");
  const policy = policies.includes(asked) ? asked : (policies[0] ?? "");
  const title = t("pageEvaluate");
  if (policies.length === 0) return <Page title={title} question={t("askEvaluate")}><Locked method="two-way-fixed-effects" title={title} /></Page>;
  const event = events.find((f) => policyOf(f.step) === policy);
  const effect = effects.find((f) => policyOf(f.step) === policy);
  const others = findings.value.filter((f) => f.chapter === "evaluate" && f.status === "answered" && f !== event && f !== effect && !["event-study", "two-way-fixed-effects"].includes(f.method) && policyOf(f.step) === policy);
  const controls = <Select label={t("policy")} value={policy} options={policies.map((p) => ({ value: p, label: p.replace(/-/g, " ") }))} onChange={setPolicy} />;
  return (
    <Page title={title} question={t("askEvaluate")} controls={controls}>
      {effect && <Effect finding={effect} />}
      <div class="grid">
        {event ? <Event finding={event} /> : <section class="figure"><Locked method="event-study" title={t("eventStudy")} /></section>}
        {effect && <Weights finding={effect} />}
        {others.map((f) => <Other key={f.step} finding={f} />)}
      </div>
    </Page>
  );
}

/** `event-NAME` and `effect-NAME` belong to the policy NAME. */
function policyOf(step: string): string {
  return step.replace(/^[a-z]+-/, "");
}

function Effect({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/effect`, {}, finding.step);
  const table = answer.data;
  if (answer.error) return <ProblemView error={answer.error} />;
  if (!table) return <Loading />;
  const row = table.rows[0];
  if (!row) return null;
  const n = (name: string, style: Style = decimals(4)) => <Num value={row[at(table, name)]} style={style} address={table.address?.(0, at(table, name))} />;
  const negative = num(row[at(table, "share_negative_weights")]) ?? 0;
  return (
    <div class="figurines">
      <Figurine label={t("effect")} value={n("estimate")} note={<>[{n("lower")}, {n("upper")}]</>} />
      <Figurine label="p" value={n("p_value", P)} note={t("clustersN", { n: word(row[at(table, "n_clusters")]) })} />
      <Figurine label={t("treatedUnits")} value={n("n_treated_units", WHOLE)} note={t("ofUnits", { n: word(row[at(table, "n_units")]) })} />
      <Figurine label={t("negativeWeights")} value={n("share_negative_weights", percent(0))} note={negative > 0 ? t("negativeHelp") : t("negativeNone")} />
    </div>
  );
}

function Event({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/event`, {}, finding.step);
  const trend = useTable(`findings/${finding.step}/pretrend`, {}, finding.step);
  const table = answer.data;
  const title = t("eventStudy");
  if (answer.error) return <section class="figure wide"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure wide"><Loading /></section>;
  const [x, y, lo, hi] = ["event_time", "estimate", "lower", "upper"].map((c) => at(table, c)) as [number, number, number, number];
  const pre = trend.data?.rows[0];
  const p = pre && trend.data ? num(pre[at(trend.data, "p_value")]) : undefined;
  return (
    <Figure id="event" title={title} subtitle={t("eventHelp")} table={table} path={answer.path} trace={answer.raw} wide
      note={pre && trend.data ? <p class={p !== undefined && p < 0.05 ? "warn" : ""}><strong>{t("pretrend")}</strong> F = <Num value={pre[at(trend.data, "statistic")]} address={trend.data.address?.(0, at(trend.data, "statistic"))} />, p = <Num value={pre[at(trend.data, "p_value")]} address={trend.data.address?.(0, at(trend.data, "p_value"))} />. {p !== undefined && p < 0.05 ? t("pretrendBad") : t("pretrendGood")}</p> : undefined}>
      <LineChart title={title} series={[{ id: "effect", name: t("effect"), points: table.rows.map((row, k) => ({ x: num(row[x])!, y: row[y]!, lower: row[lo], upper: row[hi], address: table.address?.(k, y) })) }]} reference={0} before={-0.5} dots format={(v) => number(v)} xTitle={t("eventTime")} keyHelp={t("chartKeys")} onPick={explain} endLabels={false} height={340} />
    </Figure>
  );
}

/** How much each treated cell counts in the estimate: negative ones can turn its sign. */
function Weights({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/weights`, { limit: 5000 }, finding.step);
  const [hot, setHot] = useState<string | undefined>();
  const table: Table | undefined = answer.data;
  if (!table || table.rows.length === 0) return null;
  const [p, w] = [at(table, "period"), at(table, "weight")];
  const u = at(table, "unit");
  const points = table.rows.flatMap((row, k): ScatterPoint[] => {
    const [x, y] = [num(row[p]), num(row[w])];
    return x === undefined || y === undefined ? [] : [{ id: `${word(row[u])}|${x}`, name: `${word(row[u])}, ${x}`, x, y, group: y < 0 ? 1 : 0, address: table.address?.(k, w), lines: [`${t("weight")}: ${number(y)}`] }];
  });
  return (
    <Figure id="weights" title={t("weightsOf")} subtitle={t("weightsOfHelp")} table={table} path={answer.path} trace={answer.raw}>
      <Scatter title={t("weightsOf")} points={points} refY={0} radius={3} xTitle={t("year")} yTitle={t("weight")} xFormat={String} yFormat={(v) => number(v)} selected={[]} hover={hot} onHover={setHot} onSelect={() => undefined} onPick={explain} keyHelp={t("scatterKeys")} />
    </Figure>
  );
}

/** Placebos and estimators of later chapters: their main table as it is. */
function Other({ finding }: { finding: Finding }) {
  const name = finding.tables[0]?.name;
  const answer = useTable(name ? `findings/${finding.step}/${name}` : undefined, {}, finding.step);
  if (!answer.data) return null;
  return (
    <Figure id={finding.step} title={finding.step} table={answer.data} path={answer.path} trace={answer.raw}>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={finding.step}><table class="plain"><thead><tr>{answer.data.columns.map((c) => <th key={c.name} scope="col">{c.title}</th>)}</tr></thead><tbody>{answer.data.rows.slice(0, 30).map((row, k) => <tr key={k}>{row.map((c, j) => <td key={j}><Num value={c} address={answer.data!.address?.(k, j)} /></td>)}</tr>)}</tbody></table></div>
    </Figure>
  );
}

/** One cluster: how it grows, on what evidence, and what is not known. */
import { type Table, at, has, num, word } from "../api/cell";
import { query } from "../api/client";
import { useTable } from "../api/use";
import { Select } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Figurine, Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { RowChart } from "../figures/rows";
import { number, percent, SHORT } from "../format/number";
import { t } from "../i18n";
import { term } from "../i18n/terms";
import { explain } from "../state/explain";
import { text } from "../state/query";
import { useParam } from "../state/router";
import { industryName, regionName, stepOf } from "../state/study";
import { clusterName } from "./clusters";

export default function Profile() {
  const finding = stepOf("development-model");
  const ok = finding?.status === "answered";
  const step = finding?.step ?? "";
  const models = useTable(ok ? `findings/${step}/models` : undefined, {}, step);
  const register = useTable(ok ? "tables/cluster_register" : undefined);
  const first = models.data ? word(models.data.rows[0]?.[at(models.data, "cluster")]) : "";
  const [asked, setCluster] = useParam("cluster", text, "");
  const clusters = models.data?.rows.map((r) => word(r[at(models.data!, "cluster")])) ?? [];
  const cluster = clusters.includes(asked) ? asked : first;
  const where = [`cluster=${cluster}`];
  const scores = useTable(ok && cluster ? `findings/${step}/scores` : undefined, { where }, step);
  const evidence = useTable(ok && cluster ? `findings/${step}/evidence` : undefined, { where }, step);
  const needs = useTable(ok && cluster ? `findings/${step}/needs` : undefined, { where }, step);
  const robust = useTable(ok && cluster ? `findings/${step}/robustness` : undefined, { where }, step);
  const title = t("pageProfile");
  if (!finding || !ok) return <Page title={title} question={t("askProfile")}><Locked method="development-model" title={title} /></Page>;
  if (models.error) return <Page title={title} question={t("askProfile")}><ProblemView error={models.error} /></Page>;
  const table = models.data;
  if (!table || !cluster) return <Page title={title} question={t("askProfile")}><Loading /></Page>;
  const k = clusters.indexOf(cluster);
  const row = table.rows[k]!;
  const cell = (name: string) => row[at(table, name)];
  const from = (t: Table | undefined, name: string) => {
    const r = t?.rows.find((x) => word(x[at(t, "cluster_id")]) === cluster);
    return t && r && has(t, name) ? word(r[at(t, name)]) : "";
  };
  const regions = from(register.data, "regions").split(/[;,]/).filter(Boolean).map((c) => regionName(c.trim()));
  const industries = from(register.data, "industries").split(/[;,]/).filter(Boolean).map((c) => industryName(c.trim()));
  const controls = <Select label={t("cluster")} value={cluster} options={clusters.map((c) => ({ value: c, label: clusterName(register.data, c) }))} onChange={setCluster} />;
  const label = word(cell("label"));
  const best = word(cell("best"));
  return (
    <Page title={clusterName(register.data, cluster)} question={[regions.join(", "), industries.join(", ")].filter(Boolean).join(" · ") || t("askProfile")} controls={controls}>
      <div class="figurines">
        <Figurine label={t("model")} value={term(label.startsWith("undetermined") ? "undetermined" : label)} note={label.startsWith("undetermined") ? term(label) : undefined} />
        <Figurine label={t("bestScore", { model: term(best) })} value={<Num value={cell("best_score")} address={table.address?.(k, at(table, "best_score"))} />} />
        <Figurine label={t("margin")} value={<Num value={cell("margin")} address={table.address?.(k, at(table, "margin"))} />} />
        <Figurine label={t("holdsIn")} value={<Num value={cell("frequency")} style={percent(0)} address={table.address?.(k, at(table, "frequency"))} />} note={t("holdsHelp")} />
      </div>
      <div class="grid">
        <Figure id="scores" title={t("scoresTitle")} subtitle={t("scoresHelp")} table={scores.data} path={query(`findings/${step}/scores`, { where })} trace={scores.raw} loading={scores.loading}>
          {scores.error ? <ProblemView error={scores.error} /> : !scores.data ? <Loading /> : (
            <RowChart title={t("scoresTitle")} domain={[0, 1]} rowHeight={26} showValues format={(v) => number(v)} onPick={explain} keyHelp={t("rowKeys")}
              rows={scores.data.rows.map((r, i) => ({ id: word(r[at(scores.data!, "model")]), name: term(word(r[at(scores.data!, "model")])), parts: [{ name: t("score"), value: r[at(scores.data!, "score")]! }], address: scores.data!.address?.(i, at(scores.data!, "score")), note: t("weightPresent", { share: number(num(r[at(scores.data!, "weight_present")]) ?? 0, percent(0)) }) }))} />
          )}
        </Figure>
        <Figure id="robustness" title={t("robustTitle")} subtitle={t("robustHelp")} table={robust.data} path={query(`findings/${step}/robustness`, { where })} trace={robust.raw} loading={robust.loading}>
          {!robust.data ? <Loading /> : (
            <RowChart title={t("robustTitle")} domain={[0, 1]} rowHeight={26} showValues format={(v) => number(v, percent(0))} onPick={explain} keyHelp={t("rowKeys")}
              rows={robust.data.rows.map((r, i) => ({ id: word(r[at(robust.data!, "label")]), name: term(word(r[at(robust.data!, "label")])), parts: [{ name: t("share"), value: r[at(robust.data!, "frequency")]! }], address: robust.data!.address?.(i, at(robust.data!, "frequency")) }))} />
          )}
        </Figure>
        <Figure id="evidence" title={t("evidence")} subtitle={t("evidenceHelp")} table={evidence.data} path={query(`findings/${step}/evidence`, { where })} trace={evidence.raw} loading={evidence.loading} wide>
          {!evidence.data ? <Loading /> : <Evidence table={evidence.data} />}
        </Figure>
        {needs.data && needs.data.rows.length > 0 && (
          <Figure id="needs" title={t("needsTitle")} table={needs.data} path={query(`findings/${step}/needs`, { where })} trace={needs.raw} wide>
            <ul class="flat">{needs.data.rows.map((r, i) => <li key={i}>{term(word(r[at(needs.data!, "model")]))}: <code>{word(r[at(needs.data!, "indicator")])}</code>{word(r[at(needs.data!, "blocking")]) === "yes" ? ` (${t("blocking")})` : ""}</li>)}</ul>
          </Figure>
        )}
      </div>
    </Page>
  );
}

function Evidence({ table }: { table: Table }) {
  const [m, i, v, r, w, s] = ["model", "indicator", "value", "ramp", "weight", "source"].map((c) => at(table, c)) as [number, number, number, number, number, number];
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={t("evidence")}>
      <table class="plain">
        <thead><tr><th scope="col">{t("model")}</th><th scope="col">{t("indicator")}</th><th scope="col" class="num">{t("value")}</th><th scope="col" class="num">{t("ramp")}</th><th scope="col" class="num">{t("weight")}</th><th scope="col">{t("source")}</th></tr></thead>
        <tbody>{table.rows.map((row, k) => <tr key={k}><td>{term(word(row[m]))}</td><th scope="row"><code>{word(row[i])}</code></th><td class="num"><Num value={row[v]} style={SHORT} address={table.address?.(k, v)} /></td><td class="num"><Num value={row[r]} address={table.address?.(k, r)} /></td><td class="num"><Num value={row[w]} /></td><td><small>{word(row[s])}</small></td></tr>)}</tbody>
      </table>
    </div>
  );
}

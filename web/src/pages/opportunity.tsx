/** What a region could grow next: near to what it does, and complex. */
import { useMemo } from "preact/hooks";
import { type Table, at, num, word } from "../api/cell";
import { query } from "../api/client";
import { useTable } from "../api/use";
import { Select } from "../components/controls";
import { Figure } from "../components/figure";
import { MapFigure } from "../components/mapfigure";
import { Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { DataTable } from "../components/table";
import { Scatter, type ScatterPoint } from "../figures/scatter";
import { CATEGORIES } from "../figures/palette";
import { RowChart } from "../figures/rows";
import { number } from "../format/number";
import { lang, t } from "../i18n";
import { term } from "../i18n/terms";
import { classify } from "../state/fills";
import { explain } from "../state/explain";
import { text } from "../state/query";
import { useParam } from "../state/router";
import { hover, select, selected } from "../state/selection";
import { axes, industryName, regionName, stepOf } from "../state/study";

const QUADRANTS = ["develop", "safe", "risky", "avoid"] as const;

export default function Opportunity() {
  const finding = stepOf("opportunity-map");
  const ok = finding?.status === "answered";
  const step = finding?.step ?? "";
  const first = axes.value!.regions[0]?.code ?? "";
  const [region, setRegion] = useParam("region", text, selected.value[0] ?? first);
  const answer = useTable(ok ? `findings/${step}/opportunities` : undefined, { where: [`region=${region}`], sort: "-outlook_gain" }, step);
  const title = t("pageOpportunity");
  if (!finding || !ok) return <Page title={title} question={t("askOpportunity")}><Locked method="opportunity-map" title={title} /></Page>;
  const controls = <Select label={t("region")} value={region} options={axes.value!.regions.map((r) => ({ value: r.code, label: regionName(r.code) }))} onChange={setRegion} />;
  const table = answer.data;
  const heading = t("opportunityOf", { region: regionName(region) });
  const points: ScatterPoint[] = [];
  if (table) {
    const [i, d, p, q, g] = ["industry", "density", "pci", "quadrant", "outlook_gain"].map((c) => at(table, c)) as [number, number, number, number, number];
    table.rows.forEach((row, k) => {
      const [x, y] = [num(row[d]), num(row[p])];
      if (x === undefined || y === undefined) return;
      const group = Math.max(0, QUADRANTS.indexOf(word(row[q]) as "safe"));
      points.push({ id: word(row[i]), name: industryName(word(row[i])), x, y, group, address: table.address?.(k, d), lines: [`${t("relatednessDensity")}: ${number(x)}`, `${t("complexity")}: ${number(y)}`, `${t("outlookGain")}: ${number(num(row[g]) ?? 0)}`, term(word(row[q]))] });
    });
  }
  return (
    <Page title={title} question={t("askOpportunity")} controls={controls}>
      {answer.error ? <ProblemView error={answer.error} /> : !table ? <Loading /> : (
        <div class="grid">
          <Figure id="opportunities" title={heading} subtitle={t("opportunityHelp")} table={table} path={query(`findings/${step}/opportunities`, { where: [`region=${region}`] })} trace={answer.raw} loading={answer.loading} wide>
            <Scatter title={heading} points={points} height={420} radius={5} groups={QUADRANTS.map(term)} xTitle={t("relatednessDensity")} yTitle={t("complexity")} xFormat={(v) => number(v)} yFormat={(v) => number(v)} selected={[]} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={(ids) => {
              const p = points.find((x) => x.id === ids[0]);
              if (p?.address) explain(p.address);
            }} onPick={explain} keyHelp={t("scatterKeys")} />
          </Figure>
          <section class="figure side"><header class="figure-head"><h3>{t("opportunityList")}</h3></header><DataTable table={narrow(table)} caption={t("opportunityList")} height={460} /></section>
          <Where step={step} />
          <Complexity />
        </div>
      )}
    </Page>
  );
}

function narrow(table: Table): Table {
  const keep = ["industry", "quadrant", "density", "pci", "outlook_gain"].map((c) => at(table, c));
  return { columns: keep.map((k) => table.columns[k]!), rows: table.rows.map((row) => keep.map((k) => row[k]!)), address: (i, j) => table.address?.(i, keep[j]!) };
}

/** One industry over all regions: where its chance is best. */
function Where({ step }: { step: string }) {
  const [industry, setIndustry] = useParam("industry", text, axes.value!.industries[0]?.code ?? "");
  const answer = useTable(`findings/${step}/opportunities`, { where: [`industry=${industry}`] }, step);
  const table = answer.data;
  const classified = useMemo(() => {
    if (!table) return undefined;
    const [r, d] = [at(table, "region"), at(table, "density")];
    const found = new Map(table.rows.map((row, k) => [word(row[r]), k]));
    const codes = axes.value!.regions.map((x) => x.code);
    return classify({ title: t("relatednessDensity"), codes, values: codes.map((c) => (found.has(c) ? table.rows[found.get(c)!]![d]! : { gap: "not_applicable" as const })), basis: table.rows.map((row) => num(row[d])).filter((v): v is number => v !== undefined), method: "quantile", classes: 5, pinned: [], center: undefined, lines: (_, v) => [typeof v === "number" ? number(v) : t("alreadyThere")], address: (c) => (found.has(c) ? table.address?.(found.get(c)!, d) : undefined) });
  }, [table, lang.value]);
  return <MapFigure id="where" title={t("whereFor", { industry: industryName(industry) })} subtitle={t("whereHelp")} classified={classified} table={table} path={query(`findings/${step}/opportunities`, { where: [`industry=${industry}`] })} trace={answer.raw} loading={answer.loading} controls={<Select label={t("industry")} value={industry} options={axes.value!.industries.map((i) => ({ value: i.code, label: industryName(i.code) }))} onChange={setIndustry} />} />;
}

function Complexity() {
  const finding = stepOf("economic-complexity");
  const answer = useTable(finding?.status === "answered" ? `findings/${finding.step}/regions` : undefined, { sort: "-eci" }, finding?.step);
  const table = answer.data;
  if (!finding || !table) return null;
  const [r, e] = [at(table, "region"), at(table, "eci")];
  return (
    <Figure id="complexity" title={t("regionComplexity")} table={table} path={answer.path} trace={answer.raw}>
      <RowChart title={t("regionComplexity")} format={(v) => number(v)} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} onPick={explain} keyHelp={t("rowKeys")} rows={table.rows.slice(0, 60).map((row, k) => ({ id: word(row[r]), name: regionName(word(row[r])), parts: [{ name: "ECI", value: row[e]!, color: (num(row[e]) ?? 0) >= 0 ? CATEGORIES[0] : CATEGORIES[1] }], address: table.address?.(k, e) }))} />
    </Figure>
  );
}

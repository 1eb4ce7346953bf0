/** What holds clusters back: likeness, a primary stage, unbalanced geography, weak innovation, and claims put to the test. */
import { useMemo } from "preact/hooks";
import { type Table, at, isGap, num, word } from "../api/cell";
import { query } from "../api/client";
import { useTable } from "../api/use";
import { Select, YearSlider } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { Heat, RowChart } from "../figures/rows";
import { shade, shadeAround, theme } from "../figures/palette";
import { LineChart } from "../figures/line";
import { cell, number, percent } from "../format/number";
import { lang, t } from "../i18n";
import { term } from "../i18n/terms";
import { explain } from "../state/explain";
import { integer, text } from "../state/query";
import { useParam } from "../state/router";
import { hover, select, selected } from "../state/selection";
import { groupName, industryName, regionName, stepOf } from "../state/study";
import type { Finding } from "../api/types";

function Part({ method, title, children }: { method: string; title: string; children: (finding: Finding) => preact.ComponentChildren }) {
  const finding = stepOf(method);
  if (!finding || finding.status !== "answered") return <section class="figure"><header class="figure-head"><h3>{title}</h3></header><Locked method={method} title={title} /></section>;
  return <>{children(finding)}</>;
}

export default function Diagnose() {
  return (
    <Page title={t("pageDiagnose")} question={t("askDiagnose")}>
      <h2 class="part">{t("diagHomogeneous")}</h2>
      <div class="grid">
        <Part method="structural-similarity" title={t("similarity")}>{(f) => <Similarity finding={f} />}</Part>
        <Part method="duplication" title={t("duplication")}>{(f) => <Duplication finding={f} />}</Part>
      </div>
      <h2 class="part">{t("diagPrimary")}</h2>
      <div class="grid"><Part method="primary-stage" title={t("primaryStage")}>{(f) => <Primary finding={f} />}</Part></div>
      <h2 class="part">{t("diagGeography")}</h2>
      <div class="grid">
        <Part method="sigma-convergence" title={t("sigma")}>{(f) => <Sigma finding={f} />}</Part>
        <Part method="top-composition" title={t("topComposition")}>{(f) => <TopComposition finding={f} />}</Part>
      </div>
      <h2 class="part">{t("diagInnovation")}</h2>
      <div class="grid"><Part method="innovation-scorecard" title={t("innovation")}>{(f) => <Innovation finding={f} />}</Part></div>
      <h2 class="part">{t("diagClaims")}</h2>
      <div class="grid"><Part method="claims" title={t("claims")}>{(f) => <Claims finding={f} />}</Part></div>
    </Page>
  );
}

/** A severity as a sign and a word, never as a color alone. */
export function Severity({ code }: { code: string }) {
  const sign = { none: "○", watch: "◐", problem: "●" }[code] ?? "–";
  return <span class={`severity severity-${code}`}><span aria-hidden="true">{sign}</span> {term(code)}</span>;
}

function Similarity({ finding }: { finding: Finding }) {
  const regions = useTable(`findings/${finding.step}/regions`, {}, finding.step);
  const change = useTable(`findings/${finding.step}/change`, {}, finding.step);
  const years = useMemo(() => (regions.data ? [...new Set(regions.data.rows.map((r) => num(r[at(regions.data!, "period")])!))].sort((a, b) => a - b) : []), [regions.data]);
  const [asked, setYear] = useParam("year", integer, years[years.length - 1] ?? 0);
  const year = years.includes(asked) ? asked : (years[years.length - 1] ?? 0);
  const pairs = useTable(year ? `findings/${finding.step}/pairs` : undefined, { where: [`period=${year}`] }, finding.step);
  if (regions.error) return <section class="figure wide"><ProblemView error={regions.error} /></section>;
  const table = regions.data;
  if (!table) return <section class="figure wide"><Loading /></section>;
  const [p, r, m, n, s] = ["period", "region", "mean_similarity", "nearest_region", "severity"].map((c) => at(table, c)) as [number, number, number, number, number];
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => num(row[p]) === year).sort((a, b) => (num(b.row[m]) ?? 0) - (num(a.row[m]) ?? 0));
  const order = rows.slice(0, 60).map(({ row }) => word(row[r]));
  const lookup = new Map<string, { k: number; v: import("../api/cell").Cell }>();
  if (pairs.data) {
    const [a, b, v] = ["region_a", "region_b", "similarity"].map((c) => at(pairs.data!, c)) as [number, number, number];
    pairs.data.rows.forEach((row, k) => lookup.set([word(row[a]), word(row[b])].sort().join("|"), { k, v: row[v]! }));
  }
  const last = change.data?.rows[change.data.rows.length - 1];
  const title = t("similarityRegions", { year });
  return (
    <>
      <Figure id="similarity" title={title} subtitle={last && change.data ? t("similarityChange", { from: word(last[at(change.data, "from")]), to: word(last[at(change.data, "to")]), share: number(num(last[at(change.data, "share_rising")]) ?? 0, percent(0)) }) : undefined} table={{ columns: table.columns, rows: rows.map((x) => x.row), address: (i, j) => table.address?.(rows[i]!.k, j) }} path={query(`findings/${finding.step}/regions`, { where: [`period=${year}`] })} trace={regions.raw} controls={years.length > 1 && <YearSlider label={t("year")} years={years} value={year} onChange={setYear} />}>
        <RowChart title={title} domain={[0, 1]} format={(v) => number(v, { as: "decimals", n: 2 })} xTitle={t("meanSimilarity")} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} onPick={explain} keyHelp={t("rowKeys")}
          rows={rows.slice(0, 60).map(({ row, k }) => ({ id: word(row[r]), name: regionName(word(row[r])), point: row[m]!, address: table.address?.(k, m), note: `${term(word(row[s]))}; ${t("nearest", { name: regionName(word(row[n])) })}` }))} />
      </Figure>
      <Figure id="pairs" title={t("similarityPairs", { year })} subtitle={t("pairsHelp")} table={pairs.data} path={query(`findings/${finding.step}/pairs`, { where: [`period=${year}`] })} trace={pairs.raw} loading={pairs.loading}>
        {pairs.error ? <ProblemView error={pairs.error} /> : !pairs.data ? <Loading /> : (
          <Heat title={t("similarityPairs", { year })} square rows={order.map((c) => ({ id: c, name: regionName(c) }))} columns={order.map((c) => ({ id: c, name: regionName(c) }))} value={(a, b) => (a === b ? undefined : lookup.get([a, b].sort().join("|"))?.v)} color={(v) => shade(Math.max(0, v))} format={(v) => number(v, { as: "decimals", n: 2 })} keyHelp={t("heatKeys")}
            onPick={(a, b) => {
              const found = lookup.get([a, b].sort().join("|"));
              const address = found && pairs.data?.address?.(found.k, at(pairs.data, "similarity"));
              if (address) explain(address);
            }} />
        )}
      </Figure>
    </>
  );
}

function Duplication({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/industries`, { sort: "-ratio" }, finding.step);
  const table = answer.data;
  if (answer.error) return <section class="figure"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure"><Loading /></section>;
  const [i, n, e, q, s] = ["industry", "n_regions", "expected", "q_value", "severity"].map((c) => at(table, c)) as [number, number, number, number, number];
  return (
    <Figure id="duplication" title={t("duplication")} subtitle={t("duplicationHelp")} table={table} path={answer.path} trace={answer.raw} wide>
      <div class="scroll-x tall" tabIndex={0} role="region" aria-label={t("duplication")}>
        <table class="plain">
          <thead><tr><th scope="col">{t("industry")}</th><th scope="col" class="num">{t("pillarIn")}</th><th scope="col" class="num">{t("expected")}</th><th scope="col" class="num">q</th><th scope="col">{t("finding")}</th></tr></thead>
          <tbody>{table.rows.map((row, k) => <tr key={k}><th scope="row">{industryName(word(row[i]))}</th><td class="num"><Num value={row[n]} style={{ as: "whole" }} address={table.address?.(k, n)} /></td><td class="num"><Num value={row[e]} address={table.address?.(k, e)} /></td><td class="num"><Num value={row[q]} address={table.address?.(k, q)} /></td><td><Severity code={word(row[s])} /></td></tr>)}</tbody>
        </table>
      </div>
    </Figure>
  );
}

const SIGNS = ["labor_share_gap", "va_rate_gap", "productivity_ratio", "capital_ratio", "rd_ratio"] as const;

function Primary({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/regions`, {}, finding.step);
  const table = answer.data;
  if (answer.error) return <section class="figure wide"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure wide"><Loading /></section>;
  const [r, signs, ns, nk, flag] = ["region", "signs", "n_signs", "n_known", "flag"].map((c) => at(table, c)) as [number, number, number, number, number];
  const order = table.rows.map((row, k) => ({ row, k })).sort((a, b) => (num(b.row[ns]) ?? 0) - (num(a.row[ns]) ?? 0));
  return (
    <Figure id="primary-stage" title={t("primaryStage")} subtitle={t("primaryHelp")} table={table} path={answer.path} trace={answer.raw} wide>
      <div class="scroll-x tall" tabIndex={0} role="region" aria-label={t("primaryStage")}>
        <table class="plain">
          <thead><tr><th scope="col">{t("region")}</th>{SIGNS.map((s) => <th key={s} scope="col" class="num">{table.columns[at(table, s)]!.title}</th>)}<th scope="col">{t("signs")}</th><th scope="col" class="num">{t("signsOf")}</th><th scope="col">{t("primaryStage")}</th></tr></thead>
          <tbody>{order.map(({ row, k }) => <tr key={k}><th scope="row">{regionName(word(row[r]))}</th>{SIGNS.map((s) => <td key={s} class={`num${isGap(row[at(table, s)]) ? " gap gap-grid" : ""}`}><Num value={row[at(table, s)]} address={table.address?.(k, at(table, s))} /></td>)}<td>{term(word(row[signs]))}</td><td class="num">{word(row[ns])} / {word(row[nk])}</td><td>{term(word(row[flag]))}</td></tr>)}</tbody>
        </table>
      </div>
    </Figure>
  );
}

function Sigma({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/sigma`, {}, finding.step);
  const trend = useTable(`findings/${finding.step}/trend`, {}, finding.step);
  const table = answer.data;
  if (answer.error) return <section class="figure"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure"><Loading /></section>;
  const [p, sd, cv] = ["period", "sd_log", "cv"].map((c) => at(table, c)) as [number, number, number];
  const line = trend.data?.rows[0];
  return (
    <Figure id="sigma" title={t("sigma")} subtitle={line && trend.data ? t("sigmaReading", { reading: term(word(line[at(trend.data, "reading")])), p: cell(line[at(trend.data, "p_value")], lang.value) }) : undefined} table={table} path={answer.path} trace={answer.raw}>
      <LineChart title={t("sigma")} series={[{ id: "sd_log", name: table.columns[sd]!.title, points: table.rows.map((row, k) => ({ x: num(row[p])!, y: row[sd]!, address: table.address?.(k, sd) })) }, { id: "cv", name: table.columns[cv]!.title, points: table.rows.map((row, k) => ({ x: num(row[p])!, y: row[cv]!, address: table.address?.(k, cv) })) }]} format={(v) => number(v)} keyHelp={t("chartKeys")} onPick={explain} endLabels={false} />
    </Figure>
  );
}

function TopComposition({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/groups`, {}, finding.step);
  const table = answer.data;
  if (!table) return <section class="figure"><Loading /></section>;
  const [g, n, top, e, up, reading] = ["group", "n_regions", "n_top", "expected", "p_at_least", "reading"].map((c) => at(table, c)) as [number, number, number, number, number, number];
  return (
    <Figure id="top-composition" title={t("topComposition")} subtitle={t("topCompositionHelp")} table={table} path={answer.path} trace={answer.raw}>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t("topComposition")}><table class="plain">
        <thead><tr><th scope="col">{t("group")}</th><th scope="col" class="num">{t("regions")}</th><th scope="col" class="num">{t("inTop")}</th><th scope="col" class="num">{t("expected")}</th><th scope="col" class="num">p</th><th scope="col">{t("finding")}</th></tr></thead>
        <tbody>{table.rows.map((row, k) => <tr key={k}><th scope="row">{groupName(word(row[g]))}</th><td class="num"><Num value={row[n]} style={{ as: "whole" }} /></td><td class="num"><Num value={row[top]} style={{ as: "whole" }} address={table.address?.(k, top)} /></td><td class="num"><Num value={row[e]} address={table.address?.(k, e)} /></td><td class="num"><Num value={row[up]} address={table.address?.(k, up)} /></td><td>{term(word(row[reading]))}</td></tr>)}</tbody>
      </table></div>
    </Figure>
  );
}

function Innovation({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/scores`, {}, finding.step);
  const table = answer.data;
  const industries = useMemo(() => (table ? [...new Set(table.rows.map((r) => word(r[at(table, "industry")])))] : []), [table]);
  const [asked, set] = useParam("industry", text, industries[0] ?? "");
  if (answer.error) return <section class="figure wide"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure wide"><Loading /></section>;
  const industry = industries.includes(asked) ? asked : (industries[0] ?? "");
  const [i, r, ind, ratio, sev] = ["industry", "region", "indicator", "ratio", "severity"].map((c) => at(table, c)) as [number, number, number, number, number];
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[i]) === industry);
  const find = new Map(rows.map((x) => [`${word(x.row[r])}|${word(x.row[ind])}`, x]));
  const regions = [...new Set(rows.map(({ row }) => word(row[r])))];
  const indicators = [...new Set(rows.map(({ row }) => word(row[ind])))];
  const counts = { problem: 0, watch: 0 };
  for (const { row } of rows) {
    const s = word(row[sev]);
    if (s === "problem" || s === "watch") counts[s] += 1;
  }
  return (
    <Figure id="innovation" title={t("innovation")} subtitle={t("innovationHelp", { problem: counts.problem, watch: counts.watch })} table={{ columns: table.columns, rows: rows.map((x) => x.row), address: (a, b) => table.address?.(rows[a]!.k, b) }} path={query(`findings/${finding.step}/scores`, { where: [`industry=${industry}`] })} trace={answer.raw} wide
      controls={industries.length > 1 ? <Select label={t("industry")} value={industry} options={industries.map((c) => ({ value: c, label: c === "total" ? t("allIndustries") : industryName(c) }))} onChange={set} /> : undefined}>
      <Heat title={t("innovation")} rows={regions.map((c) => ({ id: c, name: regionName(c) }))} columns={indicators.map((c) => ({ id: c, name: term(c) }))} value={(a, b) => find.get(`${a}|${b}`)?.row[ratio]} color={(v) => (v === 1 ? theme.value.empty : shadeAround(0.5 + Math.max(-0.5, Math.min(0.5, Math.log2(Math.max(v, 1e-9)) / 3))))} format={(v) => number(v, { as: "decimals", n: 2 })} keyHelp={t("heatKeys")}
        onPick={(a, b) => {
          const found = find.get(`${a}|${b}`);
          const address = found && table.address?.(found.k, ratio);
          if (address) explain(address);
        }} />
    </Figure>
  );
}

function Claims({ finding }: { finding: Finding }) {
  const answer = useTable(`findings/${finding.step}/claims`, {}, finding.step);
  const table: Table | undefined = answer.data;
  if (answer.error) return <section class="figure wide"><ProblemView error={answer.error} /></section>;
  if (!table) return <section class="figure wide"><Loading /></section>;
  const [c, a, why, test, p, e] = ["claim", "answer", "reason", "test", "p_value", "estimate"].map((x) => at(table, x)) as [number, number, number, number, number, number];
  const sign: Record<string, string> = { yes: "✓", no: "✗", "not identified": "?" };
  return (
    <Figure id="claims" title={t("claims")} subtitle={t("claimsHelp")} table={table} path={answer.path} trace={answer.raw} wide>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t("claims")}>
        <table class="plain">
          <thead><tr><th scope="col">{t("claim")}</th><th scope="col">{t("answer")}</th><th scope="col">{t("reason")}</th><th scope="col">{t("test")}</th><th scope="col" class="num">{t("estimate")}</th><th scope="col" class="num">p</th></tr></thead>
          <tbody>{table.rows.map((row, k) => <tr key={k}><th scope="row">{term(word(row[c]))}</th><td><span aria-hidden="true">{sign[word(row[a])] ?? ""}</span> {term(word(row[a]))}</td><td>{term(word(row[why]))}</td><td><small>{word(row[test])}</small></td><td class="num"><Num value={row[e]} address={table.address?.(k, e)} /></td><td class="num"><Num value={row[p]} address={table.address?.(k, p)} /></td></tr>)}</tbody>
        </table>
      </div>
    </Figure>
  );
}


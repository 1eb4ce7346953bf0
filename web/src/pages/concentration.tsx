/** How concentrated an industry is, under every definition, and since when. */
import { useMemo } from "preact/hooks";
import { type Table, at, cellOf, has, isGap, num, word } from "../api/cell";
import { conditions, query } from "../api/client";
import type { Definitions } from "../api/types";
import { useApi, useTable } from "../api/use";
import { CopyText } from "../components/copy";
import { Select, YearSlider } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { LineChart, type LineSeries, type UprightBand } from "../figures/line";
import { RowChart } from "../figures/rows";
import { number, percent } from "../format/number";
import { lang, say, t } from "../i18n";
import { explain } from "../state/explain";
import { industryMeasures } from "../state/measures";
import { integer, text } from "../state/query";
import { useParam } from "../state/router";
import { axes, groupName, industryName, steps, stepOf, study } from "../state/study";

const INDICES = ["gini", "locational-gini", "hoover", "herfindahl", "krugman", "ellison-glaeser", "maurel-sedillot"];

export default function Concentration() {
  const industries = axes.value!.industries;
  const measures = useMemo(() => industryMeasures(INDICES), [lang.value, axes.value]);
  const [industry, setIndustry] = useParam("industry", text, study.value!.industry.focus ?? industries[0]?.code ?? "");
  const first = measures.find((m) => m.step === "gini-focus") ?? measures.find((m) => m.step === "gini") ?? measures[0];
  const [index, setIndex] = useParam("index", text, first?.id ?? "");
  const measure = measures.find((m) => m.id === index) ?? first;
  const all = useTable(measure ? `findings/${measure.step}/${measure.table}` : undefined, {}, measure?.step);
  const years = useMemo(() => {
    const table = all.data;
    if (!table || !has(table, "period")) return [];
    const p = at(table, "period");
    return [...new Set(table.rows.map((r) => num(r[p])).filter((y): y is number => y !== undefined))].sort((a, b) => a - b);
  }, [all.data]);
  const [asked, setYear] = useParam("year", integer, years[years.length - 1] ?? study.value!.period?.to ?? 0);
  const year = years.includes(asked) ? asked : (years[years.length - 1] ?? asked);

  const controls = (
    <>
      <Select label={t("industry")} value={industry} options={industries.map((i) => ({ value: i.code, label: say(i.name) || i.code }))} onChange={setIndustry} />
      {measures.length > 0 && <Select label={t("index")} value={measure?.id ?? ""} options={measures.map((m) => ({ value: m.id, label: m.title.length > 3 ? m.title : `${m.title} (${m.column})`, group: m.group }))} onChange={setIndex} />}
      {years.length > 0 && <YearSlider label={t("year")} years={years} value={year} onChange={setYear} />}
    </>
  );
  return (
    <Page title={t("pageConcentration")} question={t("askConcentration")} controls={controls}>
      <div class="grid">
        {(all.data || !measure) && <SideBySide industry={industry} year={year} />}
        {measure ? <Trend answer={all} measure={measure} industry={industry} year={year} /> : <section class="figure"><Locked method="gini" title={t("trend")} /></section>}
        {measure && <Order answer={all} column={measure.column} title={measure.title} year={year} industry={industry} onIndustry={setIndustry} />}
        <Composite />
        <Inequality />
        <Decomposition />
      </div>
    </Page>
  );
}

function SideBySide({ industry, year }: { industry: string; year: number }) {
  const answer = useApi<Definitions>(query("definitions", { industry, period: year }));
  const title = t("definitionsOf", { industry: industryName(industry), year });
  const cells = answer.data?.definitions.map((d) => (d.refused ? undefined : cellOf(d.value))) ?? [];
  const table: Table | undefined = answer.data && {
    columns: [{ name: "definition", title: t("definition"), unit: "", key: true }, { name: "variant", title: t("variant"), unit: "", key: true }, { name: "value", title: t("value"), unit: "", key: false }],
    rows: answer.data.definitions.map((d, i) => [say(d.title), d.variant, cells[i] ?? d.refused ?? ""]),
    address: (row, column) => (column === 2 ? (answer.data!.definitions[row]!.address ?? undefined) : undefined),
  };
  return (
    <Figure id="definitions" title={title} subtitle={t("definitionsHelp")} table={table} trace={answer.data ?? undefined} loading={answer.loading} wide>
      {answer.error ? <ProblemView error={answer.error} /> : !answer.data ? <Loading what={t("computing")} /> : (
        <div class="scroll-x" tabIndex={0} role="region" aria-label={title}>
          <table class="plain definitions">
            <thead><tr><th scope="col">{t("definition")}</th><th scope="col">{t("variant")}</th><th scope="col" class="num">{t("value")}</th><th scope="col">{t("whyNone")}</th><th scope="col" class="no-print">{t("command")}</th></tr></thead>
            <tbody>
              {answer.data.definitions.map((d, i) => {
                const c = cells[i];
                return (
                  <tr key={`${d.method}-${d.variant}-${d.column}`} data-method={d.method} data-variant={d.variant}>
                    <th scope="row">{say(d.title)}</th>
                    <td><span class="variant">{d.variant}</span> <small>{say(d.variant_help)}</small></td>
                    <td class={`num${c === undefined || isGap(c) ? " gap gap-grid" : ""}`}>{c === undefined ? "–" : <Num value={c} style={{ as: "decimals", n: 4 }} address={d.address ?? undefined} />}</td>
                    <td><small>{d.refused ?? ""}</small></td>
                    <td class="no-print"><CopyText text={d.command} label={t("copyCommand")} /></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Figure>
  );
}

/** Turning points of one series, where the study looked for them in exactly this one. */
function useBreaks(step: string | undefined, industry: string | undefined): { bands: UprightBand[]; fit: LineSeries[]; step: string } | undefined {
  const finding = steps("structural-breaks")[0];
  const bands = useTable(finding ? `findings/${finding.step}/breaks` : undefined, {}, finding?.step);
  const fit = useTable(finding ? `findings/${finding.step}/fit` : undefined, {}, finding?.step);
  const input = bands.raw?.provenance?.inputs[0];
  const kept = input?.keep.industry;
  const own = input !== undefined && step !== undefined && input.source.startsWith(`step ${step}`) && (kept === undefined || (industry !== undefined && kept.includes(industry)));
  if (!finding || !own || !bands.data || !fit.data) return undefined;
  const [bp, bl, bu] = [at(bands.data, "period"), at(bands.data, "lower"), at(bands.data, "upper")];
  const [fp, ff] = [at(fit.data, "period"), at(fit.data, "fitted")];
  return {
    step: finding.step,
    bands: bands.data.rows.flatMap((row) => {
      const y = num(row[bp]);
      return y === undefined ? [] : [{ at: y, from: num(row[bl]) ?? y, to: num(row[bu]) ?? y, label: String(y) }];
    }),
    fit: [{ id: "fit", name: t("fitted"), fitted: true, points: fit.data.rows.map((row) => ({ x: num(row[fp])!, y: row[ff]! })) }],
  };
}

function Trend({ answer, measure, industry, year }: { answer: ReturnType<typeof useTable>; measure: { step: string | undefined; column: string; title: string; table: string }; industry: string; year: number }) {
  const breaks = useBreaks(measure.step, industry);
  const title = t("trendOf", { index: measure.title, industry: industryName(industry) });
  if (answer.error) return <section class="figure"><ProblemView error={answer.error} /></section>;
  const table = answer.data;
  if (!table) return <section class="figure"><Loading /></section>;
  const [p, i, v] = [at(table, "period"), at(table, "industry"), at(table, measure.column)];
  const lo = has(table, "lower") ? at(table, "lower") : -1;
  const hi = has(table, "upper") ? at(table, "upper") : -1;
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[i]) === industry);
  const series: LineSeries[] = [{ id: industry, name: industryName(industry), points: rows.map(({ row, k }) => ({ x: num(row[p])!, y: row[v]!, lower: lo >= 0 ? row[lo] : undefined, upper: hi >= 0 ? row[hi] : undefined, address: table.address?.(k, v) })) }, ...(breaks?.fit ?? [])];
  const shown: Table = { columns: table.columns, rows: rows.map((r) => r.row), address: (row, column) => table.address?.(rows[row]!.k, column) };
  return (
    <Figure id="trend" title={title} subtitle={breaks ? t("breaksHelp") : undefined} table={shown} path={query(`findings/${measure.step}/${measure.table}`, { where: conditions({ industry }) })} trace={answer.raw} loading={answer.loading} note={breaks ? <BreakNote step={breaks.step} /> : undefined}>
      <LineChart title={title} series={series} bands={breaks?.bands ?? []} format={(x) => number(x)} keyHelp={t("chartKeys")} onPick={explain} marker={year} endLabels={false} />
    </Figure>
  );
}

/** The mean index over industries, weighted by their sizes. */
function Composite() {
  const finding = stepOf("composite-gini");
  const answer = useTable(finding?.status === "answered" ? `findings/${finding.step}/composite` : undefined, {}, finding?.step);
  const breaks = useBreaks(finding?.step, undefined);
  const table = answer.data;
  if (!table) return null;
  const [p, v] = [at(table, "period"), at(table, "gini")];
  return (
    <Figure id="composite" title={t("composite")} subtitle={breaks ? t("breaksHelp") : t("compositeHelp")} table={table} path={answer.path} trace={answer.raw} note={breaks ? <BreakNote step={breaks.step} /> : undefined}>
      <LineChart title={t("composite")} series={[{ id: "gini", name: t("composite"), points: table.rows.map((row, k) => ({ x: num(row[p])!, y: row[v]!, address: table.address?.(k, v) })) }, ...(breaks?.fit ?? [])]} bands={breaks?.bands ?? []} format={(x) => number(x)} keyHelp={t("chartKeys")} onPick={explain} endLabels={false} />
    </Figure>
  );
}

function BreakNote({ step }: { step: string }) {
  const models = useTable(`findings/${step}/models`, {}, step);
  const table = models.data;
  if (!table) return null;
  return (
    <details>
      <summary>{t("breakModels")}</summary>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t("breakModels")}>
        <table class="plain">
          <thead><tr>{table.columns.map((c) => <th key={c.name} scope="col">{c.title}</th>)}</tr></thead>
          <tbody>{table.rows.map((row, k) => <tr key={k}>{row.map((c, j) => <td key={j} class={typeof c === "number" ? "num" : ""}>{typeof c === "string" ? c : <Num value={c} address={table.address?.(k, j)} />}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </details>
  );
}

function Order({ answer, column, title, year, industry, onIndustry }: { answer: ReturnType<typeof useTable>; column: string; title: string; year: number; industry: string; onIndustry: (v: string) => void }) {
  const table = answer.data;
  if (!table) return null;
  const [i, v] = [at(table, "industry"), at(table, column)];
  const p = has(table, "period") ? at(table, "period") : -1;
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => p < 0 || num(row[p]) === year);
  const ordered = [...rows].sort((a, b) => (num(b.row[v]) ?? -Infinity) - (num(a.row[v]) ?? -Infinity));
  const heading = t("industriesBy", { index: title, year });
  const shown: Table = { columns: table.columns, rows: ordered.map((r) => r.row), address: (row, c) => table.address?.(ordered[row]!.k, c) };
  return (
    <Figure id="industries" title={heading} table={shown} path={answer.path && `${answer.path}${answer.path.includes("?") ? "&" : "?"}where=${encodeURIComponent(`period=${year}`)}`} trace={answer.raw}>
      <RowChart title={heading} rows={ordered.slice(0, 60).map(({ row, k }) => ({ id: word(row[i]), name: industryName(word(row[i])), parts: [{ name: title, value: row[v]! }], address: table.address?.(k, v) }))} format={(x) => number(x)} showValues selected={[industry]} onSelect={(ids) => ids[0] && onIndustry(ids[0])} onPick={explain} keyHelp={t("rowKeys")} />
    </Figure>
  );
}

function Inequality() {
  const finding = stepOf("inequality");
  const answer = useTable(finding?.status === "answered" ? `findings/${finding.step}/inequality` : undefined, {}, finding?.step);
  const table = answer.data;
  const [which, setWhich] = useParam("ineq", text, "");
  if (!finding || finding.status !== "answered" || !table) return null;
  const [p, m, v, lo, hi] = ["period", "measure", "value", "lower", "upper"].map((c) => at(table, c)) as [number, number, number, number, number];
  const names = [...new Set(table.rows.map((r) => word(r[m])))];
  const chosen = names.includes(which) ? which : (names[0] ?? "");
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[m]) === chosen);
  const title = t("inequalityOf", { measure: chosen });
  return (
    <Figure id="inequality" title={title} subtitle={t("inequalityHelp")} table={{ columns: table.columns, rows: rows.map((r) => r.row), address: (row, c) => table.address?.(rows[row]!.k, c) }} path={query(`findings/${finding.step}/inequality`, { where: [`measure=${chosen}`] })} trace={answer.raw}
      controls={<Select label={t("measure")} value={chosen} options={names.map((n) => ({ value: n, label: n }))} onChange={setWhich} />}>
      <LineChart title={title} series={[{ id: chosen, name: chosen, points: rows.map(({ row, k }) => ({ x: num(row[p])!, y: row[v]!, lower: row[lo], upper: row[hi], address: table.address?.(k, v) })) }]} format={(x) => number(x)} keyHelp={t("chartKeys")} onPick={explain} endLabels={false} />
    </Figure>
  );
}

/** Theil's index between and within groups of regions. */
function Decomposition() {
  const all = steps("generalized-entropy");
  const [which, setWhich] = useParam("theil", text, all[0]?.step ?? "");
  const finding = all.find((f) => f.step === which) ?? all[0];
  const answer = useTable(finding ? `findings/${finding.step}/total` : undefined, {}, finding?.step);
  const groups = useTable(finding ? `findings/${finding.step}/groups` : undefined, {}, finding?.step);
  const table = answer.data;
  if (!finding || !table) return null;
  const [p, total, between, within, share] = ["period", "total", "between", "within", "between_share"].map((c) => at(table, c)) as [number, number, number, number, number];
  const line = (id: string, name: string, column: number): LineSeries => ({ id, name, points: table.rows.map((row, k) => ({ x: num(row[p])!, y: row[column]!, address: table.address?.(k, column) })) });
  const last = table.rows[table.rows.length - 1];
  const title = t("theilOf", { step: finding.step.replace(/^theil-/, "") });
  return (
    <Figure id="theil" title={title} subtitle={last ? t("theilShare", { year: word(last[p]), share: number(num(last[share]) ?? 0, percent(0)) }) : undefined} table={table} path={answer.path} trace={answer.raw}
      controls={all.length > 1 ? <Select label={t("grouping")} value={finding.step} options={all.map((f) => ({ value: f.step, label: say(axes.value!.groupings.find((g) => f.step.endsWith(g.id))?.title) || f.step }))} onChange={setWhich} /> : undefined}
      note={groups.data ? <GroupNote table={groups.data} /> : undefined}>
      <LineChart title={title} series={[line("total", t("total"), total), line("between", t("between"), between), line("within", t("within"), within)]} format={(x) => number(x)} keyHelp={t("chartKeys")} onPick={explain} zero />
    </Figure>
  );
}

function GroupNote({ table }: { table: Table }) {
  const [p, g, v] = ["period", "group", "contribution"].map((c) => at(table, c)) as [number, number, number];
  const last = Math.max(...table.rows.map((r) => num(r[p]) ?? 0));
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => num(row[p]) === last);
  return <p>{t("withinGroups", { year: last })} {rows.map(({ row, k }, i) => <>{i > 0 ? "; " : ""}{groupName(word(row[g]))} <Num value={row[v]} address={table.address?.(k, v)} /></>)}</p>;
}

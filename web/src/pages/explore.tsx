/** One measure by region: map, Lorenz curve, Moran scatter and table, linked by what is selected. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Cell, type Table, cellOf, isGapCode, num, word, at } from "../api/cell";
import { addressOf, conditions, query } from "../api/client";
import type { Lorenz, SeriesAnswer } from "../api/types";
import { useApi, useTable } from "../api/use";
import { type Method, METHODS } from "../classify/classes";
import { Choice, Select, YearSlider } from "../components/controls";
import { Figure } from "../components/figure";
import { MapFigure } from "../components/mapfigure";
import { Page } from "../components/page";
import { Empty, Loading, Locked, ProblemView } from "../components/states";
import { DataTable } from "../components/table";
import { LineChart } from "../figures/line";
import { TONES } from "../figures/palette";
import { Scatter, type ScatterPoint } from "../figures/scatter";
import { cell, compact, number, P, percent } from "../format/number";
import { lang, say, t, type Key } from "../i18n";
import { centerOf, defaultMeasure, mapMeasures, type Measure } from "../state/measures";
import { decimals, integer, oneOf, text } from "../state/query";
import { useParam } from "../state/router";
import { classify } from "../state/fills";
import { explain } from "../state/explain";
import { hover, select, selected } from "../state/selection";
import { axes, industryName, regionName, stepOf, study } from "../state/study";
import { Density } from "./density";

/** The cell of one year and region of a series: a number, or a gap by its kind. */
export function seriesCell(answer: SeriesAnswer, p: number, i: number): Cell {
  const gap = answer.gaps[p]?.[i];
  if (gap !== undefined) return { gap: isGapCode(gap) ? gap : "missing" };
  const value = answer.values[p]?.[i];
  return value === null || value === undefined ? { gap: "missing" } : value;
}

function cellsOf(answer: SeriesAnswer, p: number): Cell[] {
  return answer.codes.map((_, i) => seriesCell(answer, p, i));
}

/** A value once it has stood still: what is costly waits until the reader has chosen. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return settled;
}

export default function Explore() {
  const measures = useMemo(() => mapMeasures(), [lang.value, axes.value]);
  const fallback = defaultMeasure(measures);
  const [of, setOf] = useParam("of", text, fallback?.id ?? "");
  const measure = measures.find((m) => m.id === of) ?? fallback;
  const industries = axes.value!.industries;
  const [industry, setIndustry] = useParam("industry", text, study.value!.industry.focus ?? industries[0]?.code ?? "");
  const byIndustry = measure?.keys.includes("industry") ?? false;
  const where = byIndustry && industry ? conditions({ industry }) : [];
  const path = measure ? query("series", { of: measure.id, by: "region", where }) : undefined;
  const series = useApi<SeriesAnswer>(path);
  const periods = series.data?.periods ?? [];
  const [year, setYear] = useParam("year", integer, periods[periods.length - 1] ?? study.value!.period?.to ?? 0);
  const shown = periods.includes(year) ? year : periods.reduce((best, p) => (Math.abs(p - year) < Math.abs(best - year) ? p : best), periods[periods.length - 1] ?? 0);
  const center = centerOf(measure);
  const [scheme, setScheme] = useParam<Method>("classes", oneOf(...METHODS), center === undefined ? "quantile" : "around");
  const [k, setK] = useParam("k", integer, center === undefined ? 5 : 6);
  const [breaks, setBreaks] = useParam("breaks", oneOf("own", "pooled"), "own");
  const [pins, setPins] = useParam("pins", decimals, []);

  if (!measure) return <Page title={t("pageExplore")} question={t("askExplore")}><Empty title={t("nothingToMap")} /></Page>;

  const groups: { value: string; label: string; group: string }[] = measures.map((m) => ({ value: m.id, label: m.title, group: m.group }));
  const controls = (
    <>
      <Select label={t("measure")} value={measure.id} options={groups} onChange={(v) => setOf(v)} />
      {byIndustry && <Select label={t("industry")} value={industry} options={industries.map((i) => ({ value: i.code, label: say(i.name) || i.code }))} onChange={setIndustry} />}
      {periods.length > 0 && <YearSlider label={t("year")} years={periods} value={shown} onChange={setYear} />}
    </>
  );
  const classing = (
    <>
      <Select label={t("classing")} value={scheme} options={METHODS.filter((m) => m !== "around" || center !== undefined).map((m) => ({ value: m, label: t(`class_${m}` as Key as "class_equal") }))} onChange={(v) => {
        if (v === "pinned" && pins.length === 0 && edges.length > 2) setPins(edges.slice(1, -1).map((e) => Number(e.toPrecision(4))), "drag");
        setScheme(v as Method);
      }} />
      {scheme !== "std" && scheme !== "pinned" && <Select label={t("classCount")} value={String(k)} options={[3, 4, 5, 6, 7, 8].map((n) => ({ value: String(n), label: String(n) }))} onChange={(v) => setK(Number(v))} />}
      {scheme === "pinned" ? (
        <label class="field"><span class="field-label">{t("pins")}</span><input type="text" inputMode="decimal" value={pins.join(" ")} onChange={(event) => {
          const numbers = event.currentTarget.value.split(/[\s,;]+/).filter(Boolean).map(Number);
          if (numbers.every((n) => Number.isFinite(n))) setPins(numbers);
        }} /></label>
      ) : (
        <Choice label={t("breaks")} value={breaks} options={[{ value: "own", label: t("breaksOwn") }, { value: "pooled", label: t("breaksPooled") }]} onChange={setBreaks} />
      )}
    </>
  );

  const p = periods.length ? periods.indexOf(shown) : 0;
  const values = useMemo(() => (series.data ? cellsOf(series.data, Math.max(0, p)) : []), [series.data, p]);
  const basis = !series.data ? [] : breaks === "pooled" ? series.data.values.flat().filter((v): v is number => v !== null) : values.filter((v): v is number => typeof v === "number");
  const address = (code: string) => measure.step ? addressOf(measure.step, measure.table, measure.column, { region: code, ...(byIndustry ? { industry } : {}), ...(measure.keys.includes("period") ? { period: String(shown) } : {}) }) : undefined;
  const unit = measure.unit && measure.unit !== "1" ? measure.unit : "";
  const title = `${measure.title}${byIndustry ? ` · ${industryName(industry)}` : ""}${periods.length ? ` · ${shown}` : ""}`;
  const classified = useMemo(() => series.data && classify({
    title: `${measure.title}${unit ? `, ${unit}` : ""}`,
    codes: series.data.codes,
    values,
    basis,
    method: scheme,
    classes: k,
    pinned: pins,
    center,
    lines: (_, v) => [`${typeof v === "number" ? number(v) : cell(v, lang.value)}${typeof v === "number" && unit ? ` ${unit}` : ""}`],
    address,
  }), [series.data, p, scheme, k, breaks, pins.join(), center, lang.value, measure.id]);
  const edges = classified?.edges ?? [];

  const table = useMemo((): Table | undefined => series.data && {
    columns: [
      { name: "region", title: t("region"), unit: "", key: true },
      { name: measure.column, title: measure.title, unit: measure.unit, key: false },
    ],
    rows: series.data.codes.map((code, i) => [code, values[i]!]),
    address: (row, column) => (column === 1 ? address(series.data!.codes[row]!) : undefined),
  }, [series.data, p, lang.value, measure.id]);

  const tablePath = measure.step ? query(`findings/${measure.step}/${measure.table}`, { where: conditions({ ...(byIndustry ? { industry } : {}), ...(measure.keys.includes("period") ? { period: shown } : {}) }) }) : query(`tables/${measure.table}`, { where: conditions({ ...(byIndustry ? { industry } : {}), period: shown }) });

  return (
    <Page title={t("pageExplore")} question={t("askExplore")} controls={controls}>
      {series.error ? <ProblemView error={series.error} /> : (
        <div class="grid">
          <MapFigure id="map" title={title} classified={classified} table={table} path={tablePath} trace={series.data} controls={classing} loading={series.loading} wide />
          <section class="figure side">
            <header class="figure-head"><h3>{t("regionsTable")}</h3></header>
            {table ? <RegionTable table={table} /> : <Loading />}
            <p class="figure-note">{t("selectHelp")}</p>
          </section>
          {series.data && periods.length > 1 && <TimeLines measure={measure} series={series.data} shown={shown} unit={unit} byIndustry={byIndustry} industry={industry} />}
          {series.data && <LorenzFigure industry={industry} year={shown} />}
          {series.data && <MoranFigure industry={industry} year={shown} />}
          {series.data && <Density industry={industry} year={shown} />}
        </div>
      )}
    </Page>
  );
}

/** Follows the pointer by itself, so that the page around it does not. */
function RegionTable({ table }: { table: Table }) {
  return <DataTable table={table} caption={t("regionsTable")} pick="region" selected={selected.value} hover={hover.value} onSelect={select} onHover={(c) => (hover.value = c)} height={660} />;
}

/** The selected regions over time; without a selection, the three highest of the year shown. */
function TimeLines({ measure, series, shown, unit, byIndustry, industry }: { measure: Measure; series: SeriesAnswer; shown: number; unit: string; byIndustry: boolean; industry: string }) {
  const p = series.periods.indexOf(shown);
  const chosen = selected.value.filter((c) => series.codes.includes(c)).slice(0, 8);
  const top = series.codes.map((code, i) => ({ code, v: series.values[p]?.[i] ?? -Infinity })).sort((a, b) => b.v - a.v).slice(0, 3).map((r) => r.code);
  const codes = chosen.length ? chosen : top;
  const lines = codes.map((code) => {
    const i = series.codes.indexOf(code);
    return {
      id: code,
      name: regionName(code),
      points: series.periods.map((year, q) => ({
        x: year,
        y: seriesCell(series, q, i),
        address: measure.step && measure.keys.includes("period") ? addressOf(measure.step, measure.table, measure.column, { region: code, period: String(year), ...(byIndustry ? { industry } : {}) }) : undefined,
      })),
    };
  });
  const table: Table = {
    columns: [{ name: "period", title: t("year"), unit: "", key: true }, ...codes.map((c) => ({ name: c, title: regionName(c), unit: measure.unit, key: false }))],
    rows: series.periods.map((year, q) => [year, ...lines.map((l) => l.points[q]!.y)]),
  };
  return (
    <Figure id="lines" title={t("overTime", { what: measure.title })} subtitle={chosen.length ? undefined : t("topThree")} table={table} path={measure.step ? query(`findings/${measure.step}/${measure.table}`, { where: [...conditions(byIndustry ? { industry } : {}), ...codes.map((c) => `region=${c}`)] }) : undefined} trace={series}>
      <LineChart title={t("overTime", { what: measure.title })} series={lines} format={(v) => compact(v, lang.value)} yTitle={unit} keyHelp={t("chartKeys")} onPick={explain} marker={shown} />
    </Figure>
  );
}

function LorenzFigure(props: { industry: string; year: number }) {
  const { industry, year } = useSettled(props, 250);
  const [base, setBase] = useParam("base", oneOf("equal", "total"), "equal");
  const answer = useApi<Lorenz>(query("lorenz", { industry, period: year, base }));
  const title = t("lorenz", { industry: industryName(industry), year });
  const points = useMemo((): ScatterPoint[] => {
    const d = answer.data?.points;
    if (!d) return [];
    // The curve starts at (0, 0), which belongs to no region.
    return d.region.flatMap((code, i) => (code === null ? [] : [{ id: code, name: regionName(code), x: d.x[i]!, y: d.y[i]! }]));
  }, [answer.data, lang.value]);
  const table: Table | undefined = answer.data && {
    columns: [{ name: "region", title: t("region"), unit: "", key: true }, { name: "x", title: base === "equal" ? t("shareRegions") : t("shareTotal"), unit: "1", key: false }, { name: "y", title: t("shareIndustry"), unit: "1", key: false }],
    rows: points.map((p) => [p.id, p.x, p.y]),
  };
  const gini = num(cellOf(answer.data?.gini));
  const d = answer.data?.points;
  return (
    <Figure id="lorenz" title={title} subtitle={gini === undefined ? undefined : t("giniIs", { value: number(gini) })} table={table} trace={answer.data} loading={answer.loading}
      controls={<Choice label={t("against")} value={base} options={[{ value: "equal", label: t("baseEqual") }, { value: "total", label: t("baseTotal") }]} onChange={setBase} />}>
      {answer.error ? <ProblemView error={answer.error} /> : !d ? <Loading /> : (
        <Scatter title={title} points={points} path={d.x.map((x, i) => ({ x, y: d.y[i]! }))} diagonal square radius={points.length > 200 ? 1.4 : 3} xTitle={base === "equal" ? t("shareRegions") : t("shareTotal")} yTitle={t("shareIndustry")} xFormat={(v) => number(v, percent(0))} yFormat={(v) => number(v, percent(0))} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} keyHelp={t("scatterKeys")} />
      )}
    </Figure>
  );
}

const QUADRANTS = ["HH", "LL", "HL", "LH"] as const;
const MARKS = ["circle", "square", "triangle", "down", "ring"] as const;

function MoranFigure({ industry, year }: { industry: string; year: number }) {
  const finding = stepOf("local-moran");
  // The test draws permutations, so it waits until the year has been chosen.
  const asked = useSettled({ industry, year }, 350);
  const answered = finding?.status === "answered";
  const live = useTable(answered ? "compute" : undefined, { step: finding?.step, period: asked.year, keep: asked.industry ? [`industry=${asked.industry}`] : [], table: "local_moran" });
  const kept = useTable(live.error && answered ? `findings/${finding.step}/local_moran` : undefined, {}, finding?.step);
  const source = live.error ? kept : live;
  const global = stepOf("moran");
  const slope = useTable(global?.status === "answered" ? "compute" : undefined, { step: global?.step, period: asked.year, keep: asked.industry ? [`industry=${asked.industry}`] : [], option: "permutations=99", table: "moran" });
  const moran = slope.data?.rows[0] ? num(slope.data.rows[0][at(slope.data, "moran")]) : undefined;
  const title = t("moranScatter");
  const table = source.data;
  const names = [t("quadHH"), t("quadLL"), t("quadHL"), t("quadLH"), t("notSignificant")];
  const groups = names.map((name, i) => ({ name, color: i < 4 ? TONES[QUADRANTS[i]!] : "#9aa2a9", symbol: MARKS[i]! }));
  const points = useMemo((): ScatterPoint[] => {
    const points: ScatterPoint[] = [];
    if (!table) return points;
    const [r, x, y, quadrant, cluster, li, pa] = ["region", "deviation", "lag", "quadrant", "cluster", "local_moran", "p_value"].map((c) => at(table, c)) as [number, number, number, number, number, number, number];
    for (const row of table.rows) {
      const [vx, vy] = [num(row[x]), num(row[y])];
      if (vx === undefined || vy === undefined) continue;
      const q = word(row[quadrant]);
      const on = !/not/.test(word(row[cluster]));
      const group = on ? Math.max(0, QUADRANTS.indexOf(q as "HH")) : 4;
      points.push({ id: word(row[r]), name: regionName(word(row[r])), x: vx, y: vy, group, color: groups[group]!.color, symbol: MARKS[group]!, lines: [`I = ${cell(row[li], lang.value)}`, `p = ${cell(row[pa], lang.value, P)}`, names[group]!] });
    }
    return points;
  }, [table, lang.value]);
  if (!finding || !answered) return <section class="figure" id="moran"><header class="figure-head"><h3>{title}</h3></header><Locked method="local-moran" title={title} /></section>;
  return (
    <Figure id="moran" title={title} subtitle={live.error ? t("moranKept") : `${industryName(asked.industry)} · ${asked.year}${moran !== undefined ? ` · ${t("moranIs", { value: number(moran) })}` : ""}`} table={table} path={source.path} trace={source.raw} loading={source.loading}>
      {source.error ? <ProblemView error={source.error} /> : !table ? <Loading what={t("computing")} /> : (
        <Scatter title={title} points={points} square refX={0} refY={0} {...(moran !== undefined && !live.error ? { slope: { a: 0, b: moran } } : {})} groups={groups} xTitle={t("deviation")} yTitle={t("lag")} xFormat={(v) => compact(v, lang.value)} yFormat={(v) => compact(v, lang.value)} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} keyHelp={t("scatterKeys")} />
      )}
    </Figure>
  );
}

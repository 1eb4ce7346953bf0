/** Where the clusters are, under the study's thresholds and under others: who enters, who leaves. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Table, at, has, num, word } from "../api/cell";
import { query } from "../api/client";
import { useTable } from "../api/use";
import { Select, Slider, YearSlider } from "../components/controls";
import { Figure } from "../components/figure";
import { MapFigure } from "../components/mapfigure";
import { Num } from "../components/num";
import { Figurine, Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { DataTable } from "../components/table";
import { WHOLE, decimals as places, number, percent, SHORT } from "../format/number";
import { t, lang } from "../i18n";
import { term } from "../i18n/terms";
import { classify } from "../state/fills";
import { integer, text, weights } from "../state/query";
import { useParam } from "../state/router";
import { axes, industryName, regionName, stepOf } from "../state/study";

/** A criterion of the thresholds table, and the option that moves it. */
const KNOBS = [
  { criterion: "size", option: "size_percentile", column: "percentile", min: 50, max: 99, step: 1 },
  { criterion: "lq", option: "lq_minimum", column: "minimum", min: 1, max: 3, step: 0.05 },
  { criterion: "lq", option: "lq_percentile", column: "percentile", min: 50, max: 99, step: 1 },
  { criterion: "focus", option: "focus_percentile", column: "percentile", min: 50, max: 99, step: 1 },
  { criterion: "productivity", option: "productivity_percentile", column: "percentile", min: 50, max: 99, step: 1 },
  { criterion: "growth", option: "growth_percentile", column: "percentile", min: 50, max: 99, step: 1 },
  { criterion: "min_stars", option: "min_stars", column: "minimum", min: 1, max: 5, step: 1 },
  { criterion: "floor_share", option: "floor_share", column: "minimum", min: 0, max: 0.2, step: 0.005 },
] as const;

interface Cluster {
  key: string;
  region: string;
  industry: string;
  stars: number | undefined;
  most: number | undefined;
  strong: boolean;
  row: number;
}

function read(table: Table | undefined): Map<string, Cluster> {
  const out = new Map<string, Cluster>();
  if (!table || !has(table, "strong")) return out;
  const [r, i, s, m, on] = ["region", "industry", "stars", "max_stars", "strong"].map((c) => at(table, c)) as [number, number, number, number, number];
  table.rows.forEach((row, k) => {
    const key = `${word(row[r])}|${word(row[i])}`;
    out.set(key, { key, region: word(row[r]), industry: word(row[i]), stars: num(row[s]), most: num(row[m]), strong: word(row[on]) === "yes", row: k });
  });
  return out;
}

export default function Clusters() {
  const finding = stepOf("star-clusters");
  const ok = finding?.status === "answered";
  const step = finding?.step ?? "star-clusters";
  const all = useTable(ok ? `findings/${step}/thresholds` : undefined, { where: [] }, step);
  const years = useMemo(() => {
    const table = all.data;
    return table ? [...new Set(table.rows.map((r) => num(r[at(table, "period")])).filter((y): y is number => y !== undefined))].sort((a, b) => a - b) : [];
  }, [all.data]);
  const [asked, setYear] = useParam("year", integer, years[years.length - 1] ?? 0);
  const year = years.includes(asked) ? asked : (years[years.length - 1] ?? 0);
  const [industry, setIndustry] = useParam("industry", text, "");
  const [knobs, setKnobs] = useParam("cut", weights, {});
  const columns = "period,region,industry,value,share,lq,stars,max_stars,strong,failed,size_star,lq_star,focus_star,productivity_star,growth_star";
  const base = useTable(ok && year ? `findings/${step}/clusters` : undefined, { where: [`period=${year}`, "strong=yes"], columns }, step);
  // Sliders send many values; the last one of a movement is asked.
  const [sent, setSent] = useState(knobs);
  useEffect(() => {
    const timer = setTimeout(() => setSent(knobs), 60);
    return () => clearTimeout(timer);
  }, [JSON.stringify(knobs)]);
  const moved = Object.keys(sent).length > 0;
  const live = useTable(ok && year && moved ? "compute" : undefined, { step, table: "clusters", option: Object.entries(sent).map(([k, v]) => `${k}=${v}`), where: [`period=${year}`, "strong=yes"], columns });
  const stars = useTable(ok && year && industry ? (moved ? "compute" : `findings/${step}/clusters`) : undefined, { ...(moved ? { step, table: "clusters", option: Object.entries(sent).map(([k, v]) => `${k}=${v}`) } : {}), where: [`period=${year}`, `industry=${industry}`], columns: "region,industry,stars,max_stars,strong" });
  const title = t("pageClusters");
  if (!finding || !ok) return <Page title={title} question={t("askClusters")}><Locked method="star-clusters" title={title} /></Page>;

  const mark = (criterion: string, column: string): number | undefined => {
    const table = all.data;
    if (!table) return undefined;
    const row = table.rows.find((r) => word(r[at(table, "criterion")]) === criterion && num(r[at(table, "period")]) === year && num(r[at(table, column)]) !== undefined);
    return row && num(row[at(table, column)]);
  };
  const before = read(base.data);
  const after = moved ? read(live.data) : before;
  const strong = [...after.values()].filter((c) => c.strong);
  const entering = moved && live.data ? strong.filter((c) => !before.get(c.key)?.strong) : [];
  const leaving = moved && live.data ? [...before.values()].filter((c) => c.strong && !after.get(c.key)?.strong) : [];
  const inIndustry = (c: Cluster) => industry === "" || c.industry === industry;
  const perRegion = new Map<string, number>((axes.value?.regions ?? []).map((r) => [r.code, 0]));
  for (const c of strong) if (inIndustry(c)) perRegion.set(c.region, (perRegion.get(c.region) ?? 0) + 1);
  const codes = [...perRegion.keys()];
  const values = codes.map((c) => perRegion.get(c) ?? 0);
  const most = Math.max(...values, 1);
  const source = moved ? live : base;
  const heading = industry ? t("starsOf", { industry: industryName(industry), year }) : t("clustersBy", { year });
  const inOne = read(stars.data);
  const starOf = (code: string) => inOne.get(`${code}|${industry}`);
  const classified = classify({
    title: industry ? t("stars") : t("clusterCount"),
    codes,
    values: industry ? codes.map((c) => { const s = starOf(c)?.stars; return s === undefined ? { gap: "missing" as const } : s; }) : values,
    basis: industry ? [0, 1, 2, 3, 4, 5] : values,
    method: industry || most <= 4 ? "pinned" : "jenks",
    classes: 5,
    pinned: [1, 2, 3, 4, 5],
    center: undefined,
    lines: (code) => (industry ? [`${starOf(code)?.stars ?? "–"} / ${starOf(code)?.most ?? "–"} ★`, starOf(code)?.strong ? t("strongCluster") : t("noCluster")] : [t("nClusters", { n: perRegion.get(code) ?? 0 }), ...strong.filter((c) => c.region === code).slice(0, 6).map((c) => `★${c.stars ?? ""} ${industryName(c.industry)}`)]),
    address: () => undefined,
  });
  const rows: Table | undefined = source.data && (() => {
    const table = source.data;
    const keep = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[at(table, "strong")]) === "yes" && (industry === "" || word(row[at(table, "industry")]) === industry));
    return { columns: table.columns, rows: keep.map((r) => r.row), address: (i: number, j: number) => table.address?.(keep[i]!.k, j) };
  })();
  const controls = (
    <>
      <Select label={t("industry")} value={industry} options={[{ value: "", label: t("allIndustries") }, ...axes.value!.industries.map((i) => ({ value: i.code, label: industryName(i.code) }))]} onChange={setIndustry} />
      {years.length > 0 && <YearSlider label={t("year")} years={years} value={year} onChange={setYear} />}
    </>
  );
  const show = (c: Cluster) => <li key={c.key}><span class="stars" aria-hidden="true">{"★".repeat(c.stars ?? 0)}</span> {regionName(c.region)} · {industryName(c.industry)}</li>;
  return (
    <Page title={title} question={t("askClusters")} controls={controls}>
      <div class="grid">
        <section class="figure side knobs" aria-labelledby="knobs-title">
          <header class="figure-head"><h3 id="knobs-title">{t("thresholds")}</h3>
            {moved && <button type="button" class="tool" onClick={() => setKnobs({})}>{t("reset")}</button>}
          </header>
          {KNOBS.map((knob) => {
            const own = mark(knob.criterion, knob.column);
            if (own === undefined && knobs[knob.option] === undefined) return null;
            const value = knobs[knob.option] ?? own ?? knob.min;
            return (
              <Slider key={knob.option} label={`${term(knob.criterion)}${knob.column === "percentile" ? ` (${t("percentile")})` : ""}`} value={value} min={knob.min} max={knob.max} step={knob.step} mark={own}
                format={(v) => (knob.option === "floor_share" ? number(v, percent(1)) : knob.step < 1 ? number(v, places(2)) : String(v))}
                onInput={(v) => {
                  const next = { ...knobs };
                  if (v === own) delete next[knob.option];
                  else next[knob.option] = v;
                  setKnobs(next, "drag");
                }} />
            );
          })}
          <div class="figurines" aria-live="polite">
            <Figurine label={t("strongClusters")} value={strong.filter(inIndustry).length} />
            {moved && <Figurine label={t("enter")} value={`+${entering.filter(inIndustry).length}`} />}
            {moved && <Figurine label={t("leave")} value={`−${leaving.filter(inIndustry).length}`} />}
          </div>
          {live.error && <ProblemView error={live.error} />}
        </section>
        <MapFigure id="clusters-map" title={heading} subtitle={moved ? t("otherThresholds") : undefined} classified={classified} table={rows} path={source.path && !moved ? query(`findings/${step}/clusters`, { where: [`period=${year}`, "strong=yes", ...(industry ? [`industry=${industry}`] : [])] }) : source.path} trace={source.raw} loading={base.loading || live.loading} wide />
        {moved && (
          <section class="figure wide" aria-labelledby="moves">
            <header class="figure-head"><h3 id="moves">{t("whoMoves")}</h3></header>
            <div class="two">
              <div><h4>＋ {t("enter")} ({entering.filter(inIndustry).length})</h4><ul class="flat">{entering.filter(inIndustry).slice(0, 60).map(show)}</ul></div>
              <div><h4>− {t("leave")} ({leaving.filter(inIndustry).length})</h4><ul class="flat">{leaving.filter(inIndustry).slice(0, 60).map(show)}</ul></div>
            </div>
          </section>
        )}
        <Figure id="clusters-table" title={t("strongList", { year })} table={undefined} path={source.path} trace={source.raw} wide>
          {source.error ? <ProblemView error={source.error} /> : rows ? <DataTable table={rows} caption={t("strongList", { year })} styles={{ share: percent(1), stars: WHOLE, lq: SHORT }} /> : <Loading />}
        </Figure>
        <RegisterFigure />
      </div>
    </Page>
  );
}

/** Clusters that the study names itself. */
function RegisterFigure() {
  const finding = stepOf("development-model");
  const answer = useTable(finding?.status === "answered" ? `findings/${finding.step}/models` : undefined, {}, finding?.step);
  const names = useTable(finding?.status === "answered" ? "tables/cluster_register" : undefined);
  const table = answer.data;
  if (!table) return null;
  const [c, label, best] = ["cluster", "label", "best_score"].map((x) => at(table, x)) as [number, number, number];
  const nameOf = (code: string) => clusterName(names.data, code);
  return (
    <Figure id="register" title={t("namedClusters")} subtitle={t("namedHelp")} table={table} path={answer.path} trace={answer.raw} wide>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t("namedClusters")}><table class="plain">
        <thead><tr><th scope="col">{t("cluster")}</th><th scope="col">{t("model")}</th><th scope="col" class="num">{t("score")}</th></tr></thead>
        <tbody>{table.rows.map((row, k) => <tr key={k}><th scope="row"><a href={`#/profile?cluster=${encodeURIComponent(word(row[c]))}&lang=${lang.value}`}>{nameOf(word(row[c]))}</a></th><td>{term(word(row[label]))}</td><td class="num"><Num value={row[best]} address={table.address?.(k, best)} /></td></tr>)}</tbody>
      </table></div>
    </Figure>
  );
}

/** A cluster's name in the study's own register; its code where it has none. */
export function clusterName(table: Table | undefined, code: string): string {
  if (!table || !has(table, "cluster_id")) return code;
  const row = table.rows.find((r) => word(r[at(table, "cluster_id")]) === code);
  if (!row) return code;
  const column = lang.value === "zh" && has(table, "name_zh") ? "name_zh" : "name";
  return (has(table, column) ? word(row[at(table, column)]) : "") || code;
}

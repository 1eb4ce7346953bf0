/** Two to ten regions side by side, and the regions most like one. */
import { useMemo } from "preact/hooks";
import { type Cell, type Table, cellOf, isGapCode } from "../api/cell";
import { query } from "../api/client";
import type { Peers, Profile, SeriesAnswer } from "../api/types";
import { useApi } from "../api/use";
import { Picker, Select } from "../components/controls";
import { Figure } from "../components/figure";
import { Num } from "../components/num";
import { Page } from "../components/page";
import { Empty, Loading, ProblemView } from "../components/states";
import { LineChart } from "../figures/line";
import { RowChart } from "../figures/rows";
import { compact, number } from "../format/number";
import { lang, say, t } from "../i18n";
import { explain } from "../state/explain";
import { defaultMeasure, mapMeasures } from "../state/measures";
import { text, words } from "../state/query";
import { setParams, useParam } from "../state/router";
import { selected } from "../state/selection";
import { axes, findings, regionName, study } from "../state/study";
import { seriesCell } from "./explore";

const MOST = 10;

/** Columns that serve the inference behind a number; they stand in the findings and not in a comparison. */
const BEHIND = /^(variance|expectation|p_.*|z|weight_present|n_known|component|neighbors|n_neighbors)$/;

export default function Compare() {
  const all = axes.value!.regions;
  const chosen = selected.value.length ? selected.value.slice(0, MOST) : all.slice(0, 2).map((r) => r.code);
  const set = (next: string[]) => setParams({ sel: next.length ? words.write(next) : undefined });
  const options = useMemo(() => all.map((r) => ({ value: r.code, label: say(r.name) || r.code })), [all, lang.value]);
  const controls = <Picker label={t("regionsToCompare", { n: MOST })} options={options} chosen={chosen} most={MOST} onAdd={(v) => set([...chosen, v])} onRemove={(v) => set(chosen.filter((c) => c !== v))} />;
  return (
    <Page title={t("pageCompare")} question={t("askCompare")} controls={controls}>
      {chosen.length === 0 ? <Empty title={t("pickRegions")} /> : (
        <div class="grid">
          <Profiles chosen={chosen} />
          <Lines chosen={chosen} />
          <PeersOf code={chosen[0]!} add={(c) => set([...new Set([...chosen, c])].slice(0, MOST))} />
        </div>
      )}
    </Page>
  );
}

function Profiles({ chosen }: { chosen: string[] }) {
  const answer = useApi<Profile>(query("profile", { region: chosen }));
  if (answer.error) return <section class="figure wide"><ProblemView error={answer.error} /></section>;
  if (!answer.data) return <section class="figure wide"><Loading /></section>;
  const data = { ...answer.data, items: answer.data.items.filter((item) => !BEHIND.test(item.column)) };
  const itemCell = (item: Profile["items"][number], i: number): Cell => {
    const gap = item.gaps[i];
    if (gap) return { gap: isGapCode(gap) ? gap : "missing" };
    return item.values[i] ?? { gap: "missing" };
  };
  const name = (item: Profile["items"][number]) => `${say(item.title)}${item.period ? ` (${item.period})` : ""}`;
  const table: Table = {
    columns: [{ name: "item", title: t("measure"), unit: "", key: true }, ...data.regions.map((r) => ({ name: r, title: regionName(r), unit: "", key: false }))],
    rows: data.items.map((item) => [name(item), ...data.regions.map((_, i) => itemCell(item, i))]),
    address: (row, column) => (column > 0 ? (data.items[row]!.addresses[column - 1] ?? undefined) : undefined),
  };
  const steps = [...new Set(data.items.map((i) => i.step))];
  const titleOf = (step: string) => {
    const f = findings.value.find((x) => x.step === step);
    return f ? say(f.title) : step;
  };
  return (
    <Figure id="profiles" title={t("profiles")} subtitle={t("profilesHelp")} table={table} trace={data} loading={answer.loading} wide>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t("profiles")}>
        <table class="plain profile-table">
          <thead><tr><th scope="col">{t("measure")}</th>{data.regions.map((r) => <th key={r} scope="col" class="num">{regionName(r)}</th>)}</tr></thead>
          {steps.map((step) => (
            <tbody key={step}>
              <tr class="group-row"><th scope="rowgroup" colSpan={data.regions.length + 1}>{titleOf(step)}</th></tr>
              {data.items.filter((item) => item.step === step).map((item, k) => (
                <tr key={k}>
                  <th scope="row">{name(item)}{item.unit && item.unit !== "1" ? <small> {item.unit}</small> : null}</th>
                  {data.regions.map((r, i) => <td key={r} class="num" title={item.places[i] ? t("place3", { place: item.places[i]!, n: item.n_regions }) : undefined}><Num value={itemCell(item, i)} address={item.addresses[i] ?? undefined} /></td>)}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </Figure>
  );
}

function Lines({ chosen }: { chosen: string[] }) {
  const measures = useMemo(() => mapMeasures().filter((m) => m.keys.includes("period")), [lang.value, findings.value]);
  const [of, setOf] = useParam("of", text, defaultMeasure(measures)?.id ?? "");
  const measure = measures.find((m) => m.id === of) ?? defaultMeasure(measures);
  const [industry, setIndustry] = useParam("industry", text, study.value!.industry.focus ?? axes.value!.industries[0]?.code ?? "");
  const byIndustry = measure?.keys.includes("industry") ?? false;
  const answer = useApi<SeriesAnswer>(measure ? query("series", { of: measure.id, by: "region", where: byIndustry ? [`industry=${industry}`] : [] }) : undefined);
  if (!measure) return null;
  const data = answer.data;
  const lines = data ? chosen.filter((c) => data.codes.includes(c)).map((code) => {
    const i = data.codes.indexOf(code);
    return { id: code, name: regionName(code), points: data.periods.map((year, p) => ({ x: year, y: seriesCell(data, p, i) })) };
  }) : [];
  const title = t("overTime", { what: measure.title });
  const table: Table | undefined = data && { columns: [{ name: "period", title: t("year"), unit: "", key: true }, ...lines.map((l) => ({ name: l.id, title: l.name, unit: measure.unit, key: false }))], rows: data.periods.map((year, p) => [year, ...lines.map((l) => l.points[p]!.y)]) };
  return (
    <Figure id="compare-lines" title={title} table={table} trace={data} loading={answer.loading} controls={<><Select label={t("measure")} value={measure.id} options={measures.map((m) => ({ value: m.id, label: m.title, group: m.group }))} onChange={setOf} />{byIndustry && <Select label={t("industry")} value={industry} options={axes.value!.industries.map((i) => ({ value: i.code, label: say(i.name) || i.code }))} onChange={setIndustry} />}</>}>
      {answer.error ? <ProblemView error={answer.error} /> : !data ? <Loading /> : <LineChart title={title} series={lines} format={(v) => compact(v, lang.value)} yTitle={measure.unit === "1" ? "" : measure.unit} keyHelp={t("chartKeys")} onPick={explain} />}
    </Figure>
  );
}

function PeersOf({ code, add }: { code: string; add: (code: string) => void }) {
  const answer = useApi<Peers>(query("peers", { region: code, k: 8 }));
  const title = t("peersOf", { region: regionName(code) });
  const data = answer.data;
  const table: Table | undefined = data && { columns: [{ name: "region", title: t("region"), unit: "", key: true }, { name: "similarity", title: t("similarity"), unit: "1", key: false }], rows: data.peers.map((p) => [p.code, cellOf(p.similarity)]) };
  return (
    <Figure id="peers" title={title} subtitle={t("peersHelp")} table={table} trace={data} loading={answer.loading}>
      {answer.error ? <ProblemView error={answer.error} /> : !data ? <Loading /> : (
        <RowChart title={title} domain={[0, 1]} rowHeight={24} showValues format={(v) => number(v)} onSelect={(ids) => ids[0] && add(ids[0])} keyHelp={t("rowKeys")} rows={data.peers.map((p) => ({ id: p.code, name: regionName(p.code), point: cellOf(p.similarity) }))} />
      )}
    </Figure>
  );
}

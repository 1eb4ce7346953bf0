/** Which regions are most competitive, and how sure that is: weights as sliders, ranks with intervals. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Cell, type Table, cellOf, num } from "../api/cell";
import { addressOf, query } from "../api/client";
import type { RankAnswer } from "../api/types";
import { useApi } from "../api/use";
import { Select, Slider } from "../components/controls";
import { Figure, Footer } from "../components/figure";
import { MapFigure } from "../components/mapfigure";
import { Num } from "../components/num";
import { Figurine, Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { RowChart } from "../figures/rows";
import { cell, decimals, number, percent, WHOLE } from "../format/number";
import { lang, say, t } from "../i18n";
import { classify } from "../state/fills";
import { explain } from "../state/explain";
import { integer, oneOf, weights } from "../state/query";
import { useParam } from "../state/router";
import { hover, select, selected } from "../state/selection";
import { axes, regionName, stepOf } from "../state/study";

export default function Rank() {
  const finding = stepOf("indicator-ranking");
  const ok = finding?.status === "answered";
  const regions = axes.value!.regions.length;
  const [top, setTop] = useParam("top", integer, Math.min(15, Math.max(1, Math.floor(regions / 2))));
  const [given, setGiven] = useParam("w", weights, {});
  const [normalization, setNormalization] = useParam("norm", oneOf("minmax", "z"), "minmax");
  const [aggregation, setAggregation] = useParam("agg", oneOf("weighted-sum", "topsis-vector", "topsis-minmax"), "weighted-sum");
  const own = useApi<RankAnswer>(ok ? query("rank", { top, normalization, aggregation }) : undefined);
  const [sent, setSent] = useState(given);
  useEffect(() => {
    const timer = setTimeout(() => setSent(given), 40);
    return () => clearTimeout(timer);
  }, [JSON.stringify(given)]);
  const moved = Object.keys(sent).length > 0;
  const start = useMemo((): Record<string, number> => Object.fromEntries((own.data?.weights ?? []).map((w) => [w.indicator, num(cellOf(w.weight)) ?? 0])), [own.data]);
  const current = { ...start, ...given };
  const asked = { ...start, ...sent };
  const live = useApi<RankAnswer>(ok && moved && own.data ? query("rank", { top, normalization, aggregation, weight: Object.entries(asked).map(([k, v]) => `${k}=${v}`) }) : undefined);
  const answer = moved ? live : own;
  const title = t("pageRank");
  if (!finding || !ok) return <Page title={title} question={t("askRank")}><Locked method="indicator-ranking" title={title} /></Page>;
  const data = answer.data ?? own.data;
  const ordered = (data?.regions ?? []).map((r) => ({ code: r.code, score: cellOf(r.score), rank: cellOf(r.rank), median: cellOf(r.median), lower: cellOf(r.lower), upper: cellOf(r.upper), pTop: cellOf(r.p_top) })).sort((a, b) => (num(a.rank) ?? Infinity) - (num(b.rank) ?? Infinity));
  const edge = ordered.filter((r) => (num(r.pTop) ?? 0) > 0.05 && (num(r.pTop) ?? 1) < 0.95);
  const chance = (c: Cell) => cell(c, lang.value, percent(0));
  const place = (c: Cell) => cell(c, lang.value, WHOLE);
  const sum = Object.values(current).reduce((s, v) => s + v, 0) || 1;
  const period = typeof data?.period === "number" ? String(data.period) : undefined;
  // Only the study's own weights give numbers that stand in a finding.
  const address = (code: string) => (moved || !period ? undefined : addressOf(finding.step, "ranking", "rank", { period, region: code }));
  const table: Table | undefined = data && {
    columns: [
      { name: "region", title: t("region"), unit: "", key: true },
      { name: "rank", title: t("rank"), unit: "", key: false },
      { name: "score", title: t("score"), unit: "", key: false },
      { name: "median", title: t("median"), unit: "", key: false },
      { name: "lower", title: t("lowerBound"), unit: "", key: false },
      { name: "upper", title: t("upperBound"), unit: "", key: false },
      { name: "p_top", title: t("pTop", { n: data.top }), unit: "", key: false },
    ],
    rows: ordered.map((r) => [r.code, r.rank, r.score, r.median, r.lower, r.upper, r.pTop]),
    address: (row, column) => (column === 1 ? address(ordered[row]!.code) : undefined),
  };
  const classified = data && classify({
    title: t("rank"),
    codes: ordered.map((r) => r.code),
    values: ordered.map((r) => (typeof r.rank === "number" ? -r.rank : r.rank)),
    basis: ordered.flatMap((r) => (typeof r.rank === "number" ? [-r.rank] : [])),
    method: "pinned",
    classes: 4,
    pinned: [-Math.round(ordered.length * 0.75), -Math.round(ordered.length * 0.5), -data.top],
    center: undefined,
    lines: (code) => {
      const r = ordered.find((x) => x.code === code);
      return r ? [`${t("rank")} ${place(r.rank)} [${place(r.lower)}, ${place(r.upper)}]`, t("pTopIs", { n: data.top, p: chance(r.pTop) })] : [];
    },
    address,
  });
  if (classified) for (const c of classified.legend.classes) c.label = c.label.replace(/−/g, "").split(" – ").reverse().join(" – ");
  const groups = [...new Set((data?.weights ?? []).map((w) => w.dimension ?? ""))];
  const controls = (
    <>
      <Select label={t("normalization")} value={normalization} options={[{ value: "minmax", label: t("normMinmax") }, { value: "z", label: t("normZ") }]} onChange={(v) => setNormalization(v as "z")} />
      <Select label={t("aggregation")} value={aggregation} options={[{ value: "weighted-sum", label: t("aggSum") }, { value: "topsis-vector", label: "TOPSIS (vector)" }, { value: "topsis-minmax", label: "TOPSIS (min–max)" }]} onChange={(v) => setAggregation(v as "weighted-sum")} />
      <Slider label={t("topSize")} value={top} min={1} max={Math.max(2, Math.min(regions - 1, 50))} step={1} onInput={(v) => setTop(v, "drag")} />
    </>
  );
  return (
    <Page title={title} question={t("askRank")} controls={controls}>
      {own.error ? <ProblemView error={own.error} /> : !data ? <Loading what={t("computing")} /> : (
        <>
          <p class="headline" data-top-holds={data.top_holds_least ?? undefined} aria-live="polite">{typeof data.top_holds_least === "number" ? t("topHolds", { n: data.top, share: number(data.top_holds_least, percent(1)), mean: number(data.top_holds_mean ?? 0, decimals(1)) }) : (data.refused_intervals ?? "")}</p>
          <div class="figurines">
            <Figurine label={t("surest")} value={ordered.filter((r) => (num(r.pTop) ?? 0) >= 0.95).length} note={t("surestHelp", { n: data.top })} />
            <Figurine label={t("borderline")} value={edge.length} note={t("borderlineHelp", { n: data.top })} />
          </div>
          <div class="grid">
            <section class="figure side knobs" aria-labelledby="weights-title">
              <header class="figure-head"><h3 id="weights-title">{t("weights")}</h3>{Object.keys(given).length > 0 && <button type="button" class="tool" onClick={() => setGiven({})}>{t("reset")}</button>}</header>
              <p class="figure-note">{t("weightsHelp")}</p>
              {groups.map((dimension) => (
                <fieldset key={dimension} class="weights"><legend>{dimension}</legend>
                  {data.weights.filter((w) => (w.dimension ?? "") === dimension).map((w) => (
                    <Slider key={w.indicator} label={say(w.name) || w.indicator} value={Number((current[w.indicator] ?? 0).toFixed(4))} min={0} max={0.5} step={0.005} format={(v) => number(v / sum, percent(1))}
                      onInput={(v) => setGiven({ ...given, [w.indicator]: v }, "drag")} />
                  ))}
                </fieldset>
              ))}
              {live.error && <ProblemView error={live.error} />}
            </section>
            <Figure id="ranks" title={t("ranksTitle")} subtitle={t("ranksHelp")} table={table} path={moved ? undefined : `findings/${stepOf("rank-intervals")?.step ?? "rank-intervals"}/intervals`} trace={data} loading={answer.loading} wide note={data.provenance_intervals ? <Footer provenance={data.provenance_intervals} /> : undefined}>
              <RowChart title={t("ranksTitle")} domain={[0.5, ordered.length + 0.5]} format={(v) => number(v, { as: "plain" })} xTitle={t("rank")} reference={data.top + 0.5} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} onPick={explain} keyHelp={t("rowKeys")}
                rows={ordered.slice(0, 120).map((r) => ({ id: r.code, name: `${place(r.rank)}  ${regionName(r.code)}`, point: r.rank, lower: r.lower, upper: r.upper, address: address(r.code), note: t("pTopIs", { n: data.top, p: chance(r.pTop) }) }))} />
            </Figure>
            <MapFigure id="rank-map" title={t("rankMap")} classified={classified} table={table} trace={data} />
            <section class="figure" aria-labelledby="borderline">
              <header class="figure-head"><h3 id="borderline">{t("borderline")}</h3></header>
              <p>{t("borderlineHelp", { n: data.top })}</p>
              <table class="plain"><thead><tr><th scope="col">{t("region")}</th><th scope="col" class="num">{t("rank")}</th><th scope="col" class="num">{t("pTop", { n: data.top })}</th></tr></thead>
                <tbody>{edge.map((r) => <tr key={r.code}><th scope="row">{regionName(r.code)}</th><td class="num"><Num value={r.rank} style={WHOLE} address={address(r.code)} /></td><td class="num">{chance(r.pTop)}</td></tr>)}</tbody></table>
            </section>
          </div>
        </>
      )}
    </Page>
  );
}

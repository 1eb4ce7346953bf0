/** Which industries move, from where to where. */
import { useMemo } from "preact/hooks";
import { type Cell, type Table, at, isGap, num, word } from "../api/cell";
import { conditions, query } from "../api/client";
import { useTable } from "../api/use";
import { Select, Slider } from "../components/controls";
import { Figure } from "../components/figure";
import { MapFigure } from "../components/mapfigure";
import { Page } from "../components/page";
import { Loading, Locked, ProblemView } from "../components/states";
import { RowChart } from "../figures/rows";
import { CATEGORIES, mix, theme } from "../figures/palette";
import { LineChart } from "../figures/line";
import { cell, compact, number } from "../format/number";
import { lang, t, type Key } from "../i18n";
import { term } from "../i18n/terms";
import { classify } from "../state/fills";
import { explain } from "../state/explain";
import { integer, text } from "../state/query";
import { useParam } from "../state/router";
import { hover, select, selected } from "../state/selection";
import { groupName, industryName, regionName, stepOf, steps } from "../state/study";

export default function Transfer() {
  const shares = stepOf("share-change");
  const totals = useTable(shares?.status === "answered" ? `findings/${shares.step}/industries` : undefined, {}, shares?.step);
  const industries = useMemo(() => (totals.data ? [...new Set(totals.data.rows.map((r) => word(r[at(totals.data!, "industry")])))] : []), [totals.data]);
  const [asked, setIndustry] = useParam("industry", text, industries[0] ?? "");
  const industry = industries.includes(asked) ? asked : (industries[0] ?? asked);
  const changes = useTable(shares?.status === "answered" && totals.data ? `findings/${shares.step}/changes` : undefined, { where: conditions({ industry }) }, shares?.step);
  const controls = industries.length > 0 && <Select label={t("industry")} value={industry} options={industries.map((i) => ({ value: i, label: industryName(i) }))} onChange={setIndustry} />;
  return (
    <Page title={t("pageTransfer")} question={t("askTransfer")} controls={controls}>
      <div class="grid">
        {shares?.status === "answered" ? <FlowMap step={shares.step} changes={changes} industry={industry} /> : <section class="figure wide"><Locked method="share-change" title={t("flowMap")} /></section>}
        <Windows />
        <ShiftShare />
        <Gravity industry={industry} />
      </div>
    </Page>
  );
}

function FlowMap({ step, changes, industry }: { step: string; changes: ReturnType<typeof useTable>; industry: string }) {
  const [most, setMost] = useParam("flows", integer, 15);
  const flows = useTable(`findings/${step}/flows`, { where: conditions({ industry }), sort: "-volume", limit: 200 }, step);
  const table = changes.data;
  const rows = useMemo(() => table?.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[at(table, "industry")]) === industry) ?? [], [table, industry]);
  const classified = useMemo(() => {
    if (!table || rows.length === 0) return undefined;
    const [r, v, cls] = [at(table, "region"), at(table, "delta_share"), at(table, "class")];
    const values = rows.map(({ row }) => row[v]!);
    const made = classify({
      title: t("shareChangePoints"),
      codes: rows.map(({ row }) => word(row[r])),
      values: values.map((c): Cell => (typeof c === "number" ? c * 100 : c)),
      basis: values.filter((c): c is number => typeof c === "number").map((c) => c * 100),
      method: "around",
      classes: 6,
      pinned: [],
      center: 0,
      lines: (code, c) => [`${typeof c === "number" ? number(c, { as: "decimals", n: 2, signed: true }) : cell(c, lang.value)} ${t("points")}`, term(word(rows.find(({ row }) => word(row[r]) === code)?.row[cls]))],
      address: (code) => {
        const found = rows.find(({ row }) => word(row[r]) === code);
        return found && table.address?.(found.k, v);
      },
    });
    // Pale areas, so that the arrows stand out.
    const paper = theme.value.paper;
    for (const fill of made.fills.values()) if (fill.color) fill.color = mix(fill.color, paper, 0.5);
    for (const c of made.legend.classes) c.color = mix(c.color, paper, 0.5);
    return made;
  }, [rows, lang.value, theme.value]);
  const drawn = useMemo(() => {
    const f = flows.data;
    if (!f) return [];
    const [a, b, v] = [at(f, "from_region"), at(f, "to_region"), at(f, "volume")];
    return f.rows.slice(0, most).map((row, k) => ({ from: word(row[a]), to: word(row[b]), volume: num(row[v]) ?? 0, line: `${regionName(word(row[a]))} → ${regionName(word(row[b]))}: ${compact(num(row[v]) ?? 0, lang.value)}`, address: f.address?.(k, v) }));
  }, [flows.data, most, lang.value]);
  const first = rows[0]?.row;
  const period = table && first ? `${word(first[at(table, "from")])}–${word(first[at(table, "to")])}` : "";
  const title = t("flowTitle", { industry: industryName(industry), period });
  if (changes.error) return <section class="figure wide"><ProblemView error={changes.error} /></section>;
  const shown: Table | undefined = flows.data && { ...flows.data, rows: flows.data.rows.slice(0, most) };
  return (
    <>
      <MapFigure id="flows" title={title} subtitle={t("flowHelp")} classified={classified} flows={drawn} table={shown} path={query(`findings/${step}/flows`, { where: conditions({ industry }), sort: "-volume", limit: most })} trace={flows.raw} loading={changes.loading || flows.loading} wide
        controls={<Slider label={t("flowCount")} value={most} min={0} max={100} step={5} onInput={(v) => setMost(v, "drag")} />} />
      {table && (
        <Figure id="changes" title={t("shareChangeBy", { industry: industryName(industry), period })} table={{ columns: table.columns, rows: rows.map((r) => r.row), address: (i, j) => table.address?.(rows[i]!.k, j) }} path={query(`findings/${step}/changes`, { where: conditions({ industry }) })} trace={changes.raw}>
          <RowChart title={t("shareChangeBy", { industry: industryName(industry), period })} format={(v) => number(v, { as: "decimals", n: 1, signed: true })} xTitle={t("points")} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} onPick={explain} keyHelp={t("rowKeys")}
            rows={[...rows].sort((a, b) => (num(b.row[at(table, "delta_share")]) ?? 0) - (num(a.row[at(table, "delta_share")]) ?? 0)).slice(0, 80).map(({ row, k }) => {
              const v = row[at(table, "delta_share")]!;
              const n = num(v);
              return { id: word(row[at(table, "region")]), name: regionName(word(row[at(table, "region")])), parts: [{ name: t("points"), value: n === undefined ? v : n * 100, color: (n ?? 0) >= 0 ? CATEGORIES[0] : CATEGORIES[1] }], address: table.address?.(k, at(table, "delta_share")), note: term(word(row[at(table, "class")])) };
            })} />
        </Figure>
      )}
    </>
  );
}

function Windows() {
  const finding = stepOf("transfer-regions");
  const windows = useTable(finding?.status === "answered" ? `findings/${finding.step}/windows` : undefined, {}, finding?.step);
  const classes = useTable(finding?.status === "answered" ? `findings/${finding.step}/classes` : undefined, {}, finding?.step);
  const [asked, setIntensity] = useParam("kind", text, "");
  const title = t("windowsTitle");
  if (!finding || finding.status !== "answered") return <section class="figure"><header class="figure-head"><h3>{title}</h3></header><Locked method="transfer-regions" title={title} /></section>;
  if (windows.error) return <section class="figure"><ProblemView error={windows.error} /></section>;
  const table = windows.data;
  if (!table) return <section class="figure"><Loading /></section>;
  const [g, it, from, to, d, state] = ["group", "intensity", "from", "to", "delta_share", "state"].map((c) => at(table, c)) as [number, number, number, number, number, number];
  const kinds = [...new Set(table.rows.map((r) => word(r[it])))];
  const kind = kinds.includes(asked) ? asked : (kinds[0] ?? "");
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[it]) === kind);
  const spans = [...new Set(rows.map(({ row }) => `${word(row[from])}–${word(row[to])}`))];
  const names = [...new Set(rows.map(({ row }) => word(row[g])))];
  const find = (group: string, span: string) => rows.find(({ row }) => word(row[g]) === group && `${word(row[from])}–${word(row[to])}` === span);
  const most = Math.max(...rows.map(({ row }) => Math.abs(num(row[d]) ?? 0)), 1e-9);
  const classOf = (group: string) => {
    const c = classes.data;
    const row = c?.rows.find((r) => word(r[at(c, "group")]) === group && word(r[at(c, "intensity")]) === kind);
    return row ? word(row[at(c!, "class")]) : "";
  };
  return (
    <Figure id="windows" title={title} subtitle={t("windowsHelp")} table={table} path={windows.path} trace={windows.raw} controls={kinds.length > 1 ? <Select label={t("intensity")} value={kind} options={kinds.map((k) => ({ value: k, label: term(k) }))} onChange={setIntensity} /> : undefined}>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={title}>
        <table class="plain matrix">
          <thead><tr><th scope="col">{t("group")}</th>{spans.map((s) => <th key={s} scope="col" class="num">{s}</th>)}<th scope="col">{t("class")}</th></tr></thead>
          <tbody>
            {names.map((group) => (
              <tr key={group}>
                <th scope="row">{groupName(group)}</th>
                {spans.map((span) => {
                  const found = find(group, span);
                  const v = found ? found.row[d] : undefined;
                  const n = num(v);
                  const s = found ? word(found.row[state]) : "";
                  const address = found && table.address?.(found.k, d);
                  return (
                    <td key={span} class="num">
                      <button type="button" class="num-button" onClick={() => address && explain(address)} title={term(s)}>
                        <span class={`arrow arrow-${s}`} aria-hidden="true">{s === "in" ? "▲" : s === "out" ? "▼" : "●"}</span>
                        {n === undefined ? (isGap(v) ? cell(v, lang.value) : "–") : number(n * 100, { as: "decimals", n: 2, signed: true })}
                        <span class="only-heard"> {term(s)}</span>
                      </button>
                      {n !== undefined && <span class={`cellbar ${n >= 0 ? "up" : "down"}`} style={{ width: `${(100 * Math.abs(n)) / most}%` }} aria-hidden="true" />}
                    </td>
                  );
                })}
                <td>{term(classOf(group))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Figure>
  );
}

const PARTS = ["national", "mix", "regional"] as const;

function ShiftShare() {
  const all = steps("shift-share");
  const [which, setWhich] = useParam("shift", text, all[0]?.step ?? "");
  const finding = all.find((f) => f.step === which) ?? all[0];
  const answer = useTable(finding ? `findings/${finding.step}/regions` : undefined, {}, finding?.step);
  const title = t("shiftShare");
  if (!finding) return <section class="figure"><header class="figure-head"><h3>{title}</h3></header><Locked method="shift-share" title={title} /></section>;
  if (answer.error) return <section class="figure"><ProblemView error={answer.error} /></section>;
  const table = answer.data;
  if (!table) return <section class="figure"><Loading /></section>;
  const [r, change] = [at(table, "region"), at(table, "change")];
  const used = finding.variant === "esteban-marquillas" ? (["national", "mix", "competitive", "allocation"] as const) : PARTS;
  const legend = used.map((p, i) => ({ name: t(`part_${p}` as Key as "part_mix"), color: CATEGORIES[i]! }));
  const rows = table.rows.map((row, k) => ({ row, k })).sort((a, b) => (num(b.row[change]) ?? 0) - (num(a.row[change]) ?? 0));
  return (
    <Figure id="shift-share" title={title} subtitle={t("shiftShareHelp")} table={table} path={answer.path} trace={answer.raw} controls={all.length > 1 ? <Select label={t("variant")} value={finding.step} options={all.map((f) => ({ value: f.step, label: f.variant }))} onChange={setWhich} /> : undefined}>
      <RowChart title={title} legend={legend} format={(v) => compact(v, lang.value)} selected={selected.value} hover={hover.value} onHover={(c) => (hover.value = c)} onSelect={select} onPick={explain} keyHelp={t("rowKeys")}
        rows={rows.slice(0, 80).map(({ row, k }) => ({ id: word(row[r]), name: regionName(word(row[r])), parts: used.map((p, i) => ({ name: legend[i]!.name, value: row[at(table, p)]!, color: legend[i]!.color })), address: table.address?.(k, change), note: `${t("total")}: ${cell(row[change], lang.value)}` }))} />
    </Figure>
  );
}

/** How far and where the center of gravity moved. */
function Gravity({ industry }: { industry: string }) {
  const finding = stepOf("center-of-gravity");
  const answer = useTable(finding?.status === "answered" ? `findings/${finding.step}/motion` : undefined, {}, finding?.step);
  const title = t("gravity");
  if (!finding || finding.status !== "answered" || !answer.data) return null;
  const table = answer.data;
  const [to, i, d, b] = ["to", "industry", "distance_km", "bearing"].map((c) => at(table, c)) as [number, number, number, number];
  const named = table.rows.some((r) => word(r[i]) === industry) ? industry : word(table.rows[0]?.[i]);
  const rows = table.rows.map((row, k) => ({ row, k })).filter(({ row }) => word(row[i]) === named && num(row[to]) !== undefined);
  const steps = rows.filter((r, n) => n === 0 || word(r.row[to]) !== word(rows[n - 1]!.row[to]));
  return (
    <Figure id="gravity" title={`${title} · ${named === "(all)" ? t("allIndustries") : industryName(named)}`} subtitle={t("gravityHelp")} table={table} path={answer.path} trace={answer.raw} note={<p>{t("bearingLast", { bearing: cell(steps[steps.length - 1]?.row[b], lang.value) })}</p>}>
      <LineChart title={title} series={[{ id: "km", name: t("kmMoved"), points: steps.map(({ row, k }) => ({ x: num(row[to])!, y: row[d]!, address: table.address?.(k, d) })) }]} format={(v) => number(v)} yTitle={t("kmMoved")} keyHelp={t("chartKeys")} onPick={explain} zero endLabels={false} />
    </Figure>
  );
}


/** What was read, how it became tables, and where each cell stands in its file. */
import { useState } from "preact/hooks";
import { query } from "../api/client";
import type { TableInfo, Lineage } from "../api/types";
import { useApi, useTable } from "../api/use";
import type { Table } from "../api/cell";
import { Choice, Select } from "../components/controls";
import { Figure } from "../components/figure";
import { Page } from "../components/page";
import { Loading, ProblemView } from "../components/states";
import { DataTable } from "../components/table";
import { LineageGraph } from "../figures/lineage";
import { number, WHOLE } from "../format/number";
import { say, t } from "../i18n";
import { integer, moveTo, oneOf, text } from "../state/query";
import { go, place, setParams, useParam } from "../state/router";
import { study } from "../state/study";

export default function Data() {
  const [view, setView] = useParam("view", oneOf("sources", "lineage", "tables"), "sources");
  const controls = <Choice label={t("show")} value={view} options={[{ value: "sources", label: t("sources") }, { value: "lineage", label: t("lineage") }, { value: "tables", label: t("tables") }]} onChange={setView} />;
  return (
    <Page title={t("pageData")} question={t("askData")} controls={controls}>
      {view === "sources" ? <Sources /> : view === "lineage" ? <LineageView /> : <Tables />}
    </Page>
  );
}

function Sources() {
  const s = study.value!;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={t("sources")}>
      <table class="plain sources">
        <thead><tr><th scope="col">{t("name")}</th><th scope="col">{t("table")}</th><th scope="col">{t("file")}</th><th scope="col">{t("reader")}</th><th scope="col" class="num">{t("rowsRead")}</th><th scope="col" class="num">{t("used")}</th><th scope="col" class="num">{t("rejected")}</th><th scope="col">{t("source")}</th><th scope="col">{t("license")}</th></tr></thead>
        <tbody>
          {s.data.map((d) => (
            <tr key={d.name}>
              <th scope="row">{d.name}{d.notes.length > 0 && <details><summary>{t("notesN", { n: d.notes.length })}</summary><ul class="flat">{d.notes.map((n, i) => <li key={i}>{say(n)}</li>)}</ul></details>}</th>
              <td><a href={`#/data?view=tables&table=${encodeURIComponent(d.table)}`} onClick={(e) => {
                e.preventDefault();
                setParams({ view: "tables", table: d.table });
              }}>{d.table}</a></td>
              <td>{d.files.map((f) => <div key={f.file}><code>{f.file}</code> <small class="hash" title={f.blake3}>{f.blake3.slice(0, 8)}</small></div>)}</td>
              <td>{d.reader} <small>{d.encoding}</small></td>
              <td class="num">{number(d.rows_read, WHOLE)}</td>
              <td class="num">{number(d.rows_used, WHOLE)}</td>
              <td class="num">{d.rows_rejected > 0 ? <strong>{number(d.rows_rejected, WHOLE)}</strong> : 0}</td>
              <td>{say(d.source)}</td>
              <td><small>{d.license}</small></td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="figure-note">{t("usedPlusRejected")}</p>
    </div>
  );
}

function LineageView() {
  const answer = useApi<Lineage>("lineage");
  const data = answer.data;
  const table: Table | undefined = data && { columns: [{ name: "from", title: t("from"), unit: "", key: true }, { name: "to", title: t("to"), unit: "", key: true }], rows: data.edges.map((e) => [e.from, e.to]) };
  return (
    <Figure id="lineage" title={t("lineage")} subtitle={t("lineageHelp")} table={table} wide>
      {answer.error ? <ProblemView error={answer.error} /> : !data ? <Loading /> : (
        <LineageGraph data={data} onOpen={(node) => {
          if (node.kind === "table") setParams({ view: "tables", table: node.id.replace(/^table:/, "") });
          else if (node.kind === "step") go(moveTo(place.value, "findings", { step: node.id.replace(/^step:/, "") }));
          else setParams({ view: "sources" });
        }} />
      )}
    </Figure>
  );
}

const PAGE = 2000;

function Tables() {
  const list = useApi<{ tables: TableInfo[] }>("tables");
  const [asked] = useParam("table", text, "");
  const [offset, setOffset] = useParam("from", integer, 0);
  const [filter, setFilter] = useParam("where", text, "");
  const [draft, setDraft] = useState(filter);
  const info = list.data?.tables.find((x) => x.name === asked) ?? list.data?.tables[0];
  const path = info && `tables/${encodeURIComponent(info.name)}`;
  const where = filter.split("&").map((w) => w.trim()).filter(Boolean);
  const answer = useTable(path, { limit: PAGE, offset, where });
  if (list.error) return <ProblemView error={list.error} />;
  if (!list.data || !info) return <Loading />;
  const raw = answer.raw;
  const table: Table | undefined = answer.data && {
    ...answer.data,
    address: (row, column) => {
      const c = answer.data!.columns[column]!;
      const line = raw?.rows?.[row] ?? offset + row;
      return c.key ? undefined : `origin?${query(`tables/${encodeURIComponent(info.name)}/origin`, { row: line, column: c.name })}`;
    },
  };
  return (
    <>
      <div class="controls">
        <Select label={t("table")} value={info.name} options={list.data.tables.map((x) => ({ value: x.name, label: typeof x.n_rows === "number" ? `${x.name} (${number(x.n_rows, WHOLE)})` : x.name }))} onChange={(v) => setParams({ table: v, from: undefined, where: undefined })} />
        <form class="field field-wide" onSubmit={(e) => {
          e.preventDefault();
          setFilter(draft);
        }}>
          <label class="field-label" for="where">{t("filter")}</label>
          <input id="where" type="text" value={draft} placeholder="region=110000 & value>100" onInput={(e) => setDraft(e.currentTarget.value)} />
        </form>
      </div>
      <Figure id="table" title={info.name} subtitle={say(info.help)} path={path && query(path, { where })} trace={raw} loading={answer.loading} wide>
        {answer.error ? <ProblemView error={answer.error} /> : !table ? <Loading /> : (
          <>
            <p class="figure-note">{t("cellHelp")}</p>
            <DataTable table={table} caption={info.name} height={560} raw />
            {raw && raw.n_rows > PAGE && (
              <div class="pager">
                <button type="button" class="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>‹</button>
                <span>{number(offset + 1, WHOLE)}–{number(Math.min(raw.n_rows, offset + PAGE), WHOLE)} / {number(raw.n_rows, WHOLE)}</span>
                <button type="button" class="button" disabled={offset + PAGE >= raw.n_rows} onClick={() => setOffset(offset + PAGE)}>›</button>
              </div>
            )}
          </>
        )}
      </Figure>
    </>
  );
}


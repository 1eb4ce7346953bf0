/** Where a number comes from, down to file, sheet, row and cell. */
import { useEffect, useRef } from "preact/hooks";
import { query } from "../api/client";
import { isGapCode } from "../api/cell";
import type { Explained, Origin, SourceCell } from "../api/types";
import { useApi } from "../api/use";
import { FULL, number } from "../format/number";
import { gapReason } from "../i18n/gaps";
import { lang, say, t } from "../i18n";
import { closeExplain, explained } from "../state/explain";
import { nameOf } from "../state/study";
import { CopyText } from "./copy";
import { Loading, ProblemView } from "./states";

export function ExplainPanel() {
  const address = explained.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (address !== undefined) heading.current?.focus();
  }, [address]);
  if (address === undefined) return null;
  return (
    <aside class="panel" aria-label={t("explain")} onKeyDown={(event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        closeExplain();
      }
    }}>
      <header class="panel-head">
        <h2 tabIndex={-1} ref={heading}>{t("whence")}</h2>
        <button type="button" class="tool" onClick={closeExplain} aria-label={t("close")}>×</button>
      </header>
      <div class="panel-body">{address.startsWith("origin?") ? <OriginView path={address.slice(7)} /> : <NumberView address={address} />}</div>
    </aside>
  );
}

function valueText(value: unknown): string {
  if (typeof value === "number") return number(value, FULL);
  if (typeof value === "string") return isGapCode(value) ? gapReason(value, lang.value) : value;
  if (value && typeof value === "object" && "gap" in value) {
    const code = String((value as { gap: unknown }).gap);
    return isGapCode(code) ? gapReason(code, lang.value) : code;
  }
  return "–";
}

function NumberView({ address }: { address: string }) {
  const answer = useApi<Explained>(query("explain", { address, lang: lang.value }));
  if (answer.error) return <ProblemView error={answer.error} />;
  const e = answer.data;
  if (!e || answer.loading) return <Loading />;
  const inputs = Object.entries(e.step.inputs ?? {});
  return (
    <>
      <p class="panel-value" data-explained={typeof e.value === "number" ? e.value : undefined}>
        {valueText(e.value)} {e.unit && e.unit !== "1" ? <small>{e.unit}</small> : null}
      </p>
      <p class="address"><CopyText text={`agglo explain '${e.address}'`} label={t("copyCommand")} /></p>
      {e.range !== null && e.range !== undefined && <p>{t("range")}: {rangeText(e.range)}</p>}
      <h3>{e.method.title}</h3>
      <p>{e.method.help}</p>
      <dl>
        <dt>{t("formula")}</dt>
        <dd class="formula">{e.method.formula}</dd>
        <dt>{t("variant")}</dt>
        <dd>{e.step.variant}</dd>
        <dt>{t("source")}</dt>
        <dd>{e.method.source}{e.method.mark ? ` (${typeof e.method.mark === "string" ? e.method.mark : say(e.method.mark)})` : ""}</dd>
      </dl>
      {e.worked && (
        <details open>
          <summary>{t("worked")}</summary>
          <ol class="worked">{e.worked.lines.map((line, i) => <li key={i}>{line}</li>)}</ol>
        </details>
      )}
      <details open>
        <summary>{t("rowOf")}</summary>
        <dl class="pairs">{Object.entries(e.row).map(([k, v]) => <><dt key={k}>{k}</dt><dd>{nameOf(k, String(v)) !== String(v) ? `${nameOf(k, String(v))} (${v})` : String(v)}</dd></>)}</dl>
      </details>
      <details open>
        <summary>{t("sourceCells", { n: e.cells.length })}</summary>
        <CellList cells={e.cells} />
        {e.unreadable.length > 0 && <p>{t("unreadable")}: {e.unreadable.join(", ")}</p>}
      </details>
      <details>
        <summary>{t("settings")}</summary>
        <dl class="pairs">
          {Object.entries(e.step.options).map(([k, v]) => <><dt key={k}>{k}</dt><dd>{v}</dd></>)}
          <dt>{t("seed")}</dt><dd>{e.step.seed}</dd>
          <dt>agglo</dt><dd>{e.version} · {e.code}</dd>
        </dl>
        {inputs.map(([name, input]) => <p key={name}>{t("reads")}: {input.source}{input.periods ? `, ${input.periods[0]}–${input.periods[1]}` : ""} ({Object.values(input.columns).join(", ")})</p>)}
      </details>
      {e.step.notes.map((note, i) => <p class="note" key={i}>{say(note)}</p>)}
    </>
  );
}

function rangeText(range: unknown): string {
  if (Array.isArray(range)) return range.map(valueText).join(" – ");
  if (range && typeof range === "object") {
    const r = range as { lower?: unknown; upper?: unknown };
    return `${valueText(r.lower)} – ${valueText(r.upper)}`;
  }
  return String(range);
}

const MOST_CELLS = 400;

function CellList({ cells }: { cells: (Omit<SourceCell, "share"> & { keys?: Record<string, string> })[] }) {
  return (
    <div class="cells" tabIndex={0} role="region" aria-label={t("sourceCells", { n: cells.length })}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("place")}</th>
            <th scope="col">{t("asWritten")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("status")}</th>
          </tr>
        </thead>
        <tbody>
          {cells.slice(0, MOST_CELLS).map((c, i) => (
            <tr key={i}>
              <td title={Object.entries(c.keys ?? {}).map(([k, v]) => `${k}: ${nameOf(k, v)}`).join("\n")}>{c.place}</td>
              <td>{c.text ?? "–"}{c.flag ? ` ${c.flag}` : ""}</td>
              <td class="num">{valueText(c.value)}</td>
              <td>{c.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {cells.length > MOST_CELLS && <p>{t("moreCells", { n: cells.length - MOST_CELLS })}</p>}
    </div>
  );
}

function OriginView({ path }: { path: string }) {
  const answer = useApi<Origin>(path);
  if (answer.error) return <ProblemView error={answer.error} />;
  const o = answer.data;
  if (!o || answer.loading) return <Loading />;
  const first = o.cells[0];
  return (
    <>
      <p class="panel-value">{valueText(o.value)}</p>
      <dl>
        <dt>{t("table")}</dt><dd>{o.table} · {o.column}</dd>
        {o.cells.length === 1 && first && (
          <>
            <dt>{t("place")}</dt><dd><code>{first.place}</code></dd>
            <dt>{t("file")}</dt><dd>{first.file}{first.sheet ? ` · ${first.sheet}` : ""} <small class="hash" title={first.blake3}>{first.blake3.slice(0, 8)}</small></dd>
            <dt>{t("asWritten")}</dt><dd><code>{first.text ?? "–"}</code>{first.flag ? ` ${first.flag}` : ""}</dd>
            <dt>{t("status")}</dt><dd>{first.status}</dd>
            {typeof first.lower === "number" && typeof first.upper === "number" && <><dt>{t("range")}</dt><dd>{valueText(first.lower)} – {valueText(first.upper)}</dd></>}
          </>
        )}
      </dl>
      {o.cells.length > 1 && <CellList cells={o.cells} />}
      {o.cells.length === 0 && <p>{t("notFromFile")}</p>}
      {o.unreadable.length > 0 && <p>{t("unreadable")}: {o.unreadable.join(", ")}</p>}
    </>
  );
}

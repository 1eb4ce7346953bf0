/** A figure: heading, drawing or its table, and everything one can take away from it. */
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Table } from "../api/cell";
import { ApiError } from "../api/client";
import type { Provenance, Traced } from "../api/types";
import { saveSvg, savePng, saveTable, svgOf } from "../download/save";
import { say, t } from "../i18n";
import { CopyButton } from "./copy";
import { DataTable } from "./table";
import { Menu } from "./menu";

interface Props {
  id: string;
  title: string;
  subtitle?: string | undefined;
  /** The numbers drawn, shown instead of the drawing on request. */
  table?: Table | undefined;
  /** The question that gives these numbers, for CSV and workbook. */
  path?: string | undefined;
  trace?: Traced | undefined;
  /** Makes the drawing's file where it is not simply the SVG shown. */
  svg?: () => string | undefined;
  controls?: ComponentChildren;
  note?: ComponentChildren;
  children: ComponentChildren;
  wide?: boolean;
  loading?: boolean;
}

export function Figure(props: Props) {
  const heading = useId();
  const body = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const provenance = props.trace?.provenance ?? undefined;
  const name = `agglo-${props.id}`;
  const source = provenance ? sourceLine(provenance) : undefined;
  const drawing = () => props.svg?.() ?? (body.current ? svgOf(body.current, { title: props.title, subtitle: props.subtitle, source }) : undefined);
  const guard = (work: () => Promise<void> | void) => () => {
    setProblem(undefined);
    Promise.resolve()
      .then(work)
      .catch((cause: unknown) => setProblem(cause instanceof ApiError ? `${cause.problem.code}: ${cause.message}` : String(cause)));
  };
  return (
    <section class={`figure${props.wide ? " wide" : ""}${props.loading ? " is-loading" : ""}`} id={props.id} aria-labelledby={heading} aria-busy={props.loading ? "true" : undefined}>
      <header class="figure-head">
        <div>
          <h3 id={heading}>{props.title}</h3>
          {props.subtitle && <p class="subtitle">{props.subtitle}</p>}
        </div>
        <div class="tools no-print">
          {props.table && (
            <button type="button" class="tool" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? t("asFigure") : t("asTable")}
            </button>
          )}
          <Menu label={t("download")} about={props.title}>
            <button type="button" class="menu-item" onClick={guard(async () => {
              const svg = drawing();
              if (svg) await savePng(svg, name);
            })}>PNG</button>
            <button type="button" class="menu-item" onClick={guard(() => {
              const svg = drawing();
              if (svg) saveSvg(svg, name);
            })}>SVG</button>
            {props.path && (["csv", "xlsx", "parquet"] as const).map((format) => (
              <button type="button" class="menu-item" key={format} onClick={guard(() => saveTable(props.path!, format, name))}>{format === "parquet" ? "Parquet" : format.toUpperCase()}</button>
            ))}
          </Menu>
          {props.trace?.command && (
            <Menu label={t("copy")} about={props.title}>
              <CopyButton text={props.trace.command}>{t("copyCommand")}</CopyButton>
              {props.trace.python && <CopyButton text={props.trace.python}>{t("copyPython")}</CopyButton>}
            </Menu>
          )}
        </div>
      </header>
      {props.controls && <div class="figure-controls">{props.controls}</div>}
      {problem && <p class="problem-line" role="alert">{problem}</p>}
      {/* The drawing stays in the page while the table is shown, so that files can be made of it. */}
      <div ref={body} class={asTable ? "figure-body hidden" : "figure-body"} inert={asTable}>{props.children}</div>
      {asTable && props.table && <DataTable table={props.table} caption={props.title} />}
      {props.note && <div class="figure-note">{props.note}</div>}
      {provenance && <Footer provenance={provenance} />}
    </section>
  );
}

export function sourceLine(p: Provenance): string {
  const title = say(p.title);
  const files = [...new Set(p.files.map((f) => f.file))];
  return `${title} (${p.method}, ${p.variant}). ${p.source}. ${t("files")}: ${files.slice(0, 4).join(", ")}${files.length > 4 ? ", …" : ""}. agglo ${p.version}, ${t("seed")} ${p.seed}.`;
}

/** Source, formula and variant of a figure's numbers. */
export function Footer({ provenance: p }: { provenance: Provenance }) {
  const files = [...new Set(p.files.map((f) => f.file))];
  const options = Object.entries(p.options);
  return (
    <footer class="figure-foot">
      {p.notes.map((note, i) => (
        <p class="note" key={`${note.code}-${i}`}>{say(note)}</p>
      ))}
      <details>
        <summary>
          <span class="method">{say(p.title)}</span>
          <span class="variant">{p.variant}</span>
        </summary>
        <dl>
          {p.formula && <><dt>{t("formula")}</dt><dd class="formula">{p.formula}</dd></>}
          <dt>{t("variant")}</dt>
          <dd>{p.variant}{p.variant_help ? `: ${say(p.variant_help)}` : ""}</dd>
          {options.length > 0 && <><dt>{t("options")}</dt><dd>{options.map(([k, v]) => `${k} = ${v}`).join("; ")}</dd></>}
          <dt>{t("source")}</dt>
          <dd>{p.source}</dd>
          {p.inputs.length > 0 && <><dt>{t("reads")}</dt><dd>{p.inputs.map((i) => `${i.source}${i.periods ? ` ${i.periods[0]}–${i.periods[1]}` : ""}`).join("; ")}</dd></>}
          {files.length > 0 && <><dt>{t("files")}</dt><dd>{files.join(", ")}</dd></>}
          <dt>{t("made")}</dt>
          <dd>agglo {p.version} · {p.code.slice(0, 12)} · {t("seed")} {p.seed}</dd>
        </dl>
      </details>
    </footer>
  );
}

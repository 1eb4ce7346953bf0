/** What a check found: place, what is wrong, what to do. */
import { useState } from "preact/hooks";
import type { Diagnostic } from "../api/types";
import { CopyText } from "../components/copy";
import { t } from "../i18n";
import { term } from "../i18n/terms";

const FIRST = 8;

export function Diagnostics({ list }: { list: Diagnostic[] }) {
  const [all, setAll] = useState(false);
  const order = { error: 0, warning: 1, note: 2 } as Record<string, number>;
  const sorted = [...list].sort((a, b) => (order[a.severity] ?? 3) - (order[b.severity] ?? 3));
  const shown = all ? sorted : sorted.slice(0, FIRST);
  return (
    <>
      <ul class="diagnostics">
        {shown.map((d, i) => (
          <li key={i} class={`diag diag-${d.severity}`}>
            <p><span class="diag-level">{term(d.severity)}</span> <code>{d.code}</code> <span class="place">{[d.file, d.sheet, d.row, d.column].filter((x) => x !== null && x !== undefined && x !== "").join(":")}</span></p>
            <p>{d.message}</p>
            {d.remedy && <p class="remedy"><strong>{t("remedy")}</strong> {d.remedy}</p>}
            {d.explain && <CopyText text={d.explain} label={t("copyCommand")} />}
          </li>
        ))}
      </ul>
      {sorted.length > FIRST && <button type="button" class="button" onClick={() => setAll(!all)}>{all ? t("showLess") : t("showAll", { n: sorted.length })}</button>}
    </>
  );
}

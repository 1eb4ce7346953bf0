/** What a check found: place, what is wrong, what to do; the same kind of finding together. */
import { useState } from "preact/hooks";
import type { Diagnostic } from "../api/types";
import { CopyText } from "../components/copy";
import { t } from "../i18n";
import { term } from "../i18n/terms";

const FIRST = 3;
const ORDER = ["error", "warning", "note"];

export function Diagnostics({ list }: { list: Diagnostic[] }) {
  const groups = new Map<string, Diagnostic[]>();
  for (const d of list) groups.set(`${d.severity} ${d.code}`, [...(groups.get(`${d.severity} ${d.code}`) ?? []), d]);
  const sorted = [...groups.values()].sort((a, b) => ORDER.indexOf(a[0]!.severity) - ORDER.indexOf(b[0]!.severity));
  return <div class="diagnostics">{sorted.map((group) => <Group key={group[0]!.code} list={group} />)}</div>;
}

function Group({ list }: { list: Diagnostic[] }) {
  const [all, setAll] = useState(false);
  const first = list[0]!;
  const remedies = new Set(list.map((d) => d.remedy));
  return (
    <section class={`diag diag-${first.severity}`}>
      <h4><span class="diag-level">{term(first.severity)}</span> <code>{first.code}</code> × {list.length}{first.explain && <CopyText text={first.explain} label={t("copyCommand")} />}</h4>
      <ul class="flat">
        {(all ? list : list.slice(0, FIRST)).map((d, i) => (
          <li key={i}>
            <span class="place">{[d.file, d.sheet, d.row, d.column].filter((x) => x !== null && x !== undefined && x !== "").join(":")}</span> {d.message}
            {remedies.size > 1 && d.remedy && <span class="remedy"> <strong>{t("remedy")}</strong> {d.remedy}</span>}
          </li>
        ))}
      </ul>
      {remedies.size === 1 && first.remedy && <p class="remedy"><strong>{t("remedy")}</strong> {first.remedy}</p>}
      {list.length > FIRST && <button type="button" class="tool" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t("showLess") : t("showAll", { n: list.length })}</button>}
    </section>
  );
}

/** Which columns of which findings can be drawn by region, by industry or over time. */
import type { Finding } from "../api/types";
import { say } from "../i18n";
import { axes, findings, study } from "./study";

export interface Measure {
  /** `STEP:TABLE.COLUMN`, or `table:TABLE.COLUMN` for a measure as read. */
  id: string;
  step: string | undefined;
  table: string;
  column: string;
  title: string;
  /** Of what method, for the group in a list. */
  group: string;
  unit: string;
  keys: string[];
}

/** Columns that say how a number was made, and are no measure themselves. */
const ASIDE = /^(n_|n$|weight_present|expectation|variance|cutoff|max_stars|.*_gap$)/;

function of(finding: Finding, allowed: readonly string[], needed: string): Measure[] {
  const out: Measure[] = [];
  for (const table of finding.tables) {
    const keys = table.columns.filter((c) => c.key).map((c) => c.name);
    if (table.rows === 0 || !keys.includes(needed) || keys.some((k) => !allowed.includes(k))) continue;
    for (const column of table.columns) {
      // Words have no unit; every number has one, if only "1".
      if (column.key || column.unit === "" || ASIDE.test(column.name)) continue;
      out.push({
        id: `${finding.step}:${table.name}.${column.name}`,
        step: finding.step,
        table: table.name,
        column: column.name,
        title: say(column.title) || column.name,
        group: say(finding.title) + (finding.step === finding.method ? "" : ` (${finding.step})`),
        unit: column.unit,
        keys,
      });
    }
  }
  return out;
}

/** What a map by region can show. */
export function mapMeasures(): Measure[] {
  const raw = (axes.value?.measures ?? [])
    .filter((m) => m.table === "activity" || m.table === "region_year")
    .map((m): Measure => ({ id: `table:${m.table}.${m.name}`, step: undefined, table: m.table, column: m.name, title: m.name.replace(/_/g, " "), group: m.table, unit: m.unit, keys: m.table === "activity" ? ["region", "industry", "period"] : ["region", "period"] }));
  const found = findings.value.filter((f) => f.status === "answered").flatMap((f) => of(f, ["region", "industry", "period"], "region"));
  return [...raw, ...found];
}

/** What is one number per industry and year: the indices of concentration. */
export function industryMeasures(methods: readonly string[]): Measure[] {
  return findings.value
    .filter((f) => f.status === "answered" && methods.includes(f.method))
    .flatMap((f) => of(f, ["industry", "period"], "industry"));
}

/** The value that divides a measure into below and above, where it has one. */
export function centerOf(measure: Measure | undefined): number | undefined {
  if (!measure) return undefined;
  if (measure.column === "lq" || measure.column === "gradient" || /ratio$/.test(measure.column)) return 1;
  if (/^(delta|rsca|additive|ln_lq|deviation|lag|local_moran|z$|change|mix|regional|eci|pci|growth|real_growth|nominal_growth)/.test(measure.column)) return 0;
  return undefined;
}

export function defaultMeasure(all: readonly Measure[]): Measure | undefined {
  return all.find((m) => m.step === "location-quotient" && m.column === "lq") ?? all.find((m) => m.table === "activity" && m.column === study.value?.measure.value) ?? all[0];
}

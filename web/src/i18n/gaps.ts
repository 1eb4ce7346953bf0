import type { GapCode } from "../api/cell";
import type { Lang, Text } from "./lang";

const REASONS: Record<GapCode, Text> = {
  missing: { en: "missing in the source", zh: "来源缺失" },
  suppressed: { en: "withheld by the source", zh: "来源保密未公布" },
  below_unit: { en: "below half the unit", zh: "不足半个计量单位" },
  not_applicable: { en: "not applicable", zh: "不适用" },
  zero_denominator: { en: "ratio over zero", zh: "分母为零" },
  zero_total: { en: "no activity at all", zh: "总量为零" },
  single_region: { en: "needs more than one region", zh: "仅有一个地区" },
  single_unit: { en: "needs more than one establishment", zh: "仅有一个企业单位" },
  too_few: { en: "too few observations", zh: "观测值太少" },
  not_normal: { en: "not close to normal", zh: "不服从正态分布" },
  negative: { en: "negative value", zh: "出现负值" },
  log_of_zero: { en: "logarithm of zero", zh: "零的对数无定义" },
  no_variation: { en: "all values are equal", zh: "数值没有差异" },
  not_identified: { en: "not identified", zh: "无法识别" },
  not_enough_evidence: { en: "not enough evidence", zh: "证据不足" },
  from_gap: { en: "computed from a gap", zh: "所依据的数值缺失" },
};

/** The reason of a gap in words, as the report writes it. */
export function gapReason(code: GapCode, lang: Lang): string {
  return REASONS[code][lang];
}

import type { Cell } from "../api/cell";
import { isGap } from "../api/cell";
import { type Style, SHORT, cell } from "../format/number";
import { lang, t } from "../i18n";
import { explain } from "../state/explain";

/** A number that can be asked where it comes from. */
export function Num({ value, style = SHORT, address, unit }: { value: Cell | undefined; style?: Style; address?: string | undefined; unit?: string }) {
  const text = `${cell(value, lang.value, style)}${unit && unit !== "1" && !isGap(value) ? ` ${unit}` : ""}`;
  if (!address || value === undefined) return <span class={isGap(value) ? "gap-word" : "num-plain"}>{text}</span>;
  return (
    <button type="button" class="num-button" title={`${t("explain")}: ${address}`} data-address={address} data-value={typeof value === "number" ? value : undefined} onClick={() => explain(address)}>
      {text}
    </button>
  );
}

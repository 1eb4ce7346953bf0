/** Regions chosen, shared by every figure and kept in the address; the region under the pointer, kept nowhere. */
import { computed, signal } from "@preact/signals";
import { words } from "./query";
import { place, setParams } from "./router";

export const hover = signal<string | undefined>(undefined);
export const selected = computed<string[]>(() => words.read(place.value.params.sel ?? "") ?? []);

/** Chooses `ids`; with `add`, those already chosen stay and a single one that was chosen is let go. */
export function select(ids: readonly string[], add: boolean): void {
  const before = selected.value;
  let next: string[];
  if (!add) next = [...ids];
  else if (ids.length === 1 && before.includes(ids[0]!)) next = before.filter((id) => id !== ids[0]);
  else next = [...new Set([...before, ...ids])];
  setParams({ sel: next.length ? words.write(next) : undefined });
}

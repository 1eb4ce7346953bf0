/** The number that is being explained. */
import { signal } from "@preact/signals";

export const explained = signal<string | undefined>(undefined);
let opener: HTMLElement | undefined;

export function explain(address: string): void {
  const active = document.activeElement;
  if (explained.value === undefined && (active instanceof HTMLElement || active instanceof SVGElement)) opener = active as HTMLElement;
  explained.value = address;
}

export function closeExplain(): void {
  explained.value = undefined;
  opener?.focus();
  opener = undefined;
}

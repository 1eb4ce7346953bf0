/** The place shown now, as a signal, and the only ways to change it. */
import { computed, signal } from "@preact/signals";
import { type Codec, type Place, moveTo, readPlace, withParam, writePlace } from "./query";

export const place = signal<Place>(readPlace(location.hash));

/** Steps that undo can take back; kept in `history.state`, so that "back" and "undo" agree. */
const depth = signal<number>(Number((history.state as { depth?: number } | null)?.depth ?? 0));
export const canUndo = computed(() => depth.value > 0);

export function startRouter(): void {
  history.replaceState({ depth: depth.value }, "", writePlace(place.value));
  addEventListener("popstate", (event) => {
    depth.value = Number((event.state as { depth?: number } | null)?.depth ?? 0);
    place.value = readPlace(location.hash);
  });
  addEventListener("hashchange", () => {
    const now = readPlace(location.hash);
    if (writePlace(now) !== writePlace(place.value)) place.value = now;
  });
}

/** While a slider is dragged every step replaces the last one, so that undo goes back to where the drag began; `endDrag` closes it. */
let dragging = false;

export function endDrag(): void {
  dragging = false;
}

/** Shows `next`; `quiet` marks one of many steps of a movement. */
export function go(next: Place, how: "step" | "drag" = "step"): void {
  const hash = writePlace(next);
  if (hash === writePlace(place.value)) return;
  if (how === "drag" && dragging) {
    history.replaceState({ depth: depth.value }, "", hash);
  } else {
    history.pushState({ depth: depth.value + 1 }, "", hash);
    depth.value += 1;
    dragging = how === "drag";
  }
  place.value = next;
}

export function undo(): void {
  if (depth.value > 0) history.back();
}

export function linkTo(page: string, params: Record<string, string> = {}): string {
  return writePlace(moveTo(place.value, page, params));
}

/** A parameter of this page: its value now, and how to change it. */
export function useParam<T>(
  key: string,
  codec: Codec<T>,
  fallback: T,
): [T, (value: T, how?: "step" | "drag") => void] {
  const written = place.value.params[key];
  const value = written === undefined ? fallback : (codec.read(written) ?? fallback);
  const set = (next: T, how: "step" | "drag" = "step") =>
    go({ page: place.value.page, params: withParam(place.value.params, key, codec, next, fallback) }, how);
  return [value, set];
}

/** Several parameters at once, in one undoable step. */
export function setParams(changes: Record<string, string | undefined>): void {
  const params = { ...place.value.params };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete params[key];
    else params[key] = value;
  }
  go({ page: place.value.page, params });
}

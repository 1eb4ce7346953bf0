/** Colors that color-blind readers can tell apart: the same as in the report's figures. */
import { signal, computed } from "@preact/signals";

export type Mode = "light" | "dark";

const stored = (): Mode | "system" => {
  try {
    const kept = localStorage.getItem("agglo.theme");
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
};

const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", (event) => (systemDark.value = event.matches));

const printing = signal(false);
addEventListener("beforeprint", () => (printing.value = true));
addEventListener("afterprint", () => (printing.value = false));

export const choice = signal<Mode | "system">(stored());
export const mode = computed<Mode>(() => {
  if (printing.value) return "light";
  if (choice.value !== "system") return choice.value;
  return systemDark.value ? "dark" : "light";
});

export function choose(next: Mode | "system"): void {
  choice.value = next;
  try {
    if (next === "system") localStorage.removeItem("agglo.theme");
    else localStorage.setItem("agglo.theme", next);
  } catch {
    // A browser that keeps nothing still shows the page in the mode chosen.
  }
}

/** The colors of paper and ink that figures are drawn with. */
export interface Theme {
  paper: string;
  ink: string;
  soft: string;
  rule: string;
  grid: string;
  empty: string;
  accent: string;
  strong: string;
  band: string;
  outline: string;
}

export const LIGHT: Theme = {
  paper: "#ffffff",
  ink: "#1c2126",
  soft: "#5a636b",
  rule: "#9aa2a9",
  grid: "#e4e6e3",
  empty: "#f1f1ee",
  accent: "#1b4f86",
  strong: "#d55e00",
  band: "#f3d9b8",
  outline: "#ffffff",
};

export const DARK: Theme = {
  paper: "#1a1e22",
  ink: "#e8e9e6",
  soft: "#a9b1b8",
  rule: "#6d767e",
  grid: "#31373d",
  empty: "#262b30",
  accent: "#7fb4e6",
  strong: "#f0934a",
  band: "#5a4427",
  outline: "#1a1e22",
};

export const theme = computed<Theme>(() => (mode.value === "dark" ? DARK : LIGHT));

/** Okabe and Ito's colors, the strongest first; yellow, too pale on white, comes last and darker. */
export const CATEGORIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6d6d6d", "#b8a800"] as const;

/** Symbols that tell groups apart where color alone must not. */
export const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "down", "plus", "ring"] as const;
export type SymbolName = (typeof SYMBOLS)[number];

/** Dashes that tell lines apart. */
export const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 4", "6 2 1 2 1 2"] as const;

/** ColorBrewer YlGnBu without its palest end. */
const SEQUENTIAL = ["#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"];
/** ColorBrewer PuOr, orange low and purple high. */
const DIVERGING = ["#b35806", "#e08214", "#fdb863", "#fee0b6", "#f3f3f5", "#d8daeb", "#b2abd2", "#8073ac", "#542788"];

/** High among high, low among low, high among low, low among high, nothing to speak of. */
export const TONES = { HH: "#d55e00", LL: "#0072b2", HL: "#f5c26b", LH: "#9fd3f0", NS: "#e3e3e6" } as const;

function parse(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function mix(a: string, b: string, part: number): string {
  const x = parse(a);
  const y = parse(b);
  const hex = x.map((v, i) => Math.round(v + (y[i]! - v) * part).toString(16).padStart(2, "0"));
  return `#${hex.join("")}`;
}

function along(ramp: readonly string[], where: number): string {
  const place = Math.min(1, Math.max(0, where)) * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(place));
  return mix(ramp[low]!, ramp[low + 1]!, place - low);
}

/** Colors of `n` classes from low to high. */
export function sequential(n: number): string[] {
  if (n === 1) return [SEQUENTIAL[3]!];
  return Array.from({ length: n }, (_, i) => along(SEQUENTIAL, i / (n - 1)));
}

/**
 * Colors of classes around a value that has a meaning: `below` classes under it, `above` classes from it on.
 * The palest middle is left out, so that no class looks like paper.
 */
export function diverging(below: number, above: number): string[] {
  const low = Array.from({ length: below }, (_, i) => along(DIVERGING, (0.44 * i) / Math.max(1, below - 1 || 1)));
  const high = Array.from({ length: above }, (_, i) => along(DIVERGING, 1 - (0.44 * (above - 1 - i)) / Math.max(1, above - 1 || 1)));
  return [...low, ...high];
}

/** A color of the continuous ramp, `where` from 0 to 1. */
export function shade(where: number): string {
  return along(SEQUENTIAL, where);
}

export function shadeAround(where: number): string {
  return along(DIVERGING, where);
}

/** Black or white, whichever is read better on `color`. */
export function inkOn(color: string): string {
  const [r, g, b] = parse(color).map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.35 ? "#1c2126" : "#ffffff";
}

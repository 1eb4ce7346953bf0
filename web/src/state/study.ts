/** What every page needs to know of the study: asked once, renewed when the study changes. */
import { signal } from "@preact/signals";
import { type ApiError, ApiError as ApiErrorClass, get } from "../api/client";
import type { Axes, Finding, MapAnswer, Server, Study } from "../api/types";
import { say } from "../i18n";

export const server = signal<Server | undefined>(undefined);
export const study = signal<Study | undefined>(undefined);
export const axes = signal<Axes | undefined>(undefined);
export const findings = signal<Finding[]>([]);
export const failure = signal<ApiError | undefined>(undefined);

export async function load(): Promise<void> {
  try {
    const [a, b, c, d] = await Promise.all([get<Server>("server"), get<Study>("study"), get<Axes>("axes"), get<{ findings: Finding[] }>("findings").catch(() => ({ findings: [] }))]);
    server.value = a;
    study.value = b;
    axes.value = c;
    findings.value = d.findings;
    failure.value = undefined;
    index();
  } catch (cause) {
    if (cause instanceof ApiErrorClass) failure.value = cause;
    else throw cause;
  }
}

/** The boundaries or tiles; asked only by pages that show a map. */
export function mapPath(detail: "low" | "medium" | "high" = "medium"): string {
  return `map?detail=${detail}`;
}
export type { MapAnswer };

const regionNames = new Map<string, { en: string; zh: string }>();
const industryNames = new Map<string, { en: string; zh: string }>();

function index(): void {
  regionNames.clear();
  industryNames.clear();
  for (const r of axes.value?.regions ?? []) regionNames.set(r.code, r.name);
  for (const i of axes.value?.industries ?? []) industryNames.set(i.code, i.name);
}

export function regionName(code: string): string {
  return say(regionNames.get(code)) || code;
}

export function industryName(code: string): string {
  return say(industryNames.get(code)) || code;
}

export function groupName(code: string): string {
  for (const grouping of axes.value?.groupings ?? []) for (const g of grouping.groups) if (g.code === code) return say(g.name) || code;
  return code;
}

/** A key's value in words. */
export function nameOf(column: string, value: string): string {
  if (/region|neighbor/.test(column)) return regionName(value);
  if (/industry/.test(column)) return industryName(value);
  if (/^group/.test(column)) return groupName(value);
  return value;
}

/** The first step of `method`, preferring an answered one and the id `prefer`. */
export function stepOf(method: string, prefer?: string): Finding | undefined {
  const all = findings.value.filter((f) => f.method === method);
  return (prefer && all.find((f) => f.step === prefer)) || all.find((f) => f.status === "answered") || all[0];
}

export function steps(method: string): Finding[] {
  return findings.value.filter((f) => f.method === method && f.status === "answered");
}

/** Why a method has no finding here: what it needs, or why it refused. */
export function whyNot(method: string): { needs?: string; reason?: string } {
  const refused = study.value?.refused.find((r) => r.method === method);
  if (refused?.reason) return { reason: refused.reason };
  const locked = study.value?.locked.find((l) => l.method === method);
  return locked ? { needs: say(locked.needs) } : {};
}

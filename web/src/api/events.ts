/** Follows the server's events, so that the page shows what is on disk. */
import { signal } from "@preact/signals";
import { BASE, headers, noteGeneration } from "./client";
import type { Problem } from "./types";

export interface RunProgress {
  running: boolean;
  done: number;
  total: number;
}

export const progress = signal<RunProgress>({ running: false, done: 0, total: 0 });
export const connected = signal(true);
export const lastProblem = signal<Problem | undefined>(undefined);
/** Files that changed on disk since the page was opened. */
export const changedFiles = signal<string[]>([]);

interface Message {
  event: string;
  data: Record<string, unknown>;
}

/** Splits a stream of server-sent events into messages; what is not yet whole is given back. */
export function parseEvents(text: string): { messages: Message[]; rest: string } {
  const blocks = text.replace(/\r\n/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const messages: Message[] = [];
  for (const block of blocks) {
    let event = "message";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event:")) event = line.slice(6).trim();
      else if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (!data) continue;
    try {
      messages.push({ event, data: JSON.parse(data) as Record<string, unknown> });
    } catch {
      // A message that is no JSON is not meant for this page.
    }
  }
  return { messages, rest };
}

function renew(to: unknown): void {
  if (typeof to === "number" && noteGeneration(to)) changedFiles.value = [];
}

export function receive({ event, data }: Message): void {
  switch (event) {
    case "hello": {
      renew(data.generation);
      const run = data.run as { state?: string; done?: number; total?: number } | undefined;
      progress.value = { running: run?.state === "running", done: run?.done ?? 0, total: run?.total ?? 0 };
      break;
    }
    case "run-started":
      lastProblem.value = undefined;
      progress.value = { running: true, done: 0, total: 0 };
      break;
    case "run-progress":
      progress.value = { running: true, done: Number(data.done ?? 0), total: Number(data.total ?? 0) };
      break;
    case "run-finished":
      progress.value = { running: false, done: 0, total: 0 };
      changedFiles.value = [];
      renew(data.generation);
      break;
    case "run-failed":
      progress.value = { running: false, done: 0, total: 0 };
      lastProblem.value = data as unknown as Problem;
      break;
    case "changed":
      changedFiles.value = Array.isArray(data.files) ? (data.files as string[]) : [];
      break;
    case "reloaded":
      renew(data.generation);
      break;
  }
}

/** Reads events until the page is closed; tries again, ever slower, when the server is gone. */
export async function follow(): Promise<never> {
  let wait = 1000;
  for (;;) {
    try {
      const response = await fetch(`${BASE}/events`, { headers: headers({ Accept: "text/event-stream" }) });
      if (!response.ok || !response.body) throw new Error(String(response.status));
      connected.value = true;
      wait = 1000;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const read = parseEvents(rest + value);
        rest = read.rest;
        read.messages.forEach(receive);
      }
    } catch {
      // The server is gone or not there yet; the banner says so and the next try follows.
    }
    connected.value = false;
    await new Promise((go) => setTimeout(go, wait));
    wait = Math.min(30000, wait * 2);
  }
}

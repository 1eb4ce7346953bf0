#!/usr/bin/env node
/** Sizes of what the browser loads, as gzip: at the start, and by page. `npm run build` first. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("../dist/assets/", import.meta.url);
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))]));
const html = readFileSync(new URL("../dist/index.html", import.meta.url));
const size = (bytes) => gzipSync(bytes, { level: 9 }).length;
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;

/** The files that a script imports at once, and those of its own. */
function reach(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, other] of files.get(name).toString().matchAll(/from\s*["']\.\/([^"']+\.js)["']/g)) reach(other, seen);
  return seen;
}

const entry = /assets\/(index-[^"]+\.js)/.exec(html)[1];
const first = new Set([...reach(entry), ...[...files.keys()].filter((n) => n.endsWith(".css"))]);
const sum = (names) => [...names].reduce((n, name) => n + size(files.get(name)), 0);
console.log(`at the start: ${kb(sum(first) + size(html))}`);
for (const name of [...files.keys()].sort()) {
  const page = /^(home|data|explore|concentration|transfer|clusters|profile|diagnose|rank|compare|opportunity|evaluate|findings|runs)-/.exec(name)?.[1];
  if (page && name.endsWith(".js")) console.log(`${page}: + ${kb(sum([...reach(name)].filter((n) => !first.has(n))))}`);
}
console.log(`everything: ${kb(sum(files.keys()) + size(html))}`);

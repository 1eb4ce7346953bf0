/** A server of one study, a browser that looks at it, and what both must not do. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer as createHttp, request } from "node:http";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
export const AXE = require.resolve("axe-core/axe.min.js");
export const AGGLO = process.env.AGGLO ?? "agglo";
export const OUT = process.env.SHOTS ?? new URL("out/", import.meta.url).pathname;
mkdirSync(OUT, { recursive: true });

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** `agglo serve STUDY` on a port of its own, once it answers. */
export async function serve(study) {
  const port = await freePort();
  const child = spawn(AGGLO, ["serve", study, "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (d) => (log += d));
  child.stderr.on("data", (d) => (log += d));
  const base = `http://127.0.0.1:${port}`;
  const started = Date.now();
  for (;;) {
    if (child.exitCode !== null) throw new Error(`agglo serve ended: ${log}`);
    try {
      if ((await fetch(`${base}/api/v1/health`)).ok) break;
    } catch {
      // Not there yet.
    }
    if (Date.now() - started > 60000) throw new Error(`agglo serve does not answer: ${log}`);
    await new Promise((go) => setTimeout(go, 50));
  }
  const startup_ms = Date.now() - started;
  const { page } = await (await fetch(`${base}/api/v1/server`)).json();
  const beside = page && !process.env.DIST ? undefined : await pageBeside(port);
  return {
    base: beside ? `http://127.0.0.1:${beside.address().port}` : base,
    study,
    startup_ms,
    token: () => /#token=([0-9a-f]+)/i.exec(log)?.[1],
    log: () => log,
    stop: () => new Promise((done) => {
      beside?.close();
      beside?.closeAllConnections();
      child.once("exit", done);
      child.kill("SIGTERM");
    }),
  };
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** `web/dist` as it was built last, under the strict policy, beside the interface on `port`: for a binary without the page, or with an older one (DIST=1). */
function pageBeside(port) {
  const dist = new URL("../../dist/", import.meta.url);
  const server = createHttp((question, answer) => {
    const path = new URL(question.url, "http://x").pathname;
    if (path.startsWith("/api/")) {
      const { origin, ...headers } = question.headers;
      const asked = request({ host: "127.0.0.1", port, path: question.url, method: question.method, headers: { ...headers, host: `127.0.0.1:${port}`, ...(origin ? { origin: `http://127.0.0.1:${port}` } : {}) } }, (got) => {
        answer.writeHead(got.statusCode, got.headers);
        got.pipe(answer);
      });
      asked.on("error", () => answer.destroy());
      answer.on("close", () => asked.destroy());
      question.pipe(asked);
      return;
    }
    try {
      const name = path === "/" ? "index.html" : path.slice(1);
      const bytes = readFileSync(new URL(name, dist));
      answer.writeHead(200, { "Content-Type": TYPES[name.split(".").pop()] ?? "application/octet-stream", "Content-Security-Policy": POLICY });
      answer.end(bytes);
    } catch {
      answer.writeHead(404).end();
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
}

/** A page that notes every error and every request that would leave the machine. */
export async function open(browser, server, options = {}) {
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 1440, height: 1000 }, acceptDownloads: true, colorScheme: options.dark ? "dark" : "light", reducedMotion: "reduce" });
  if (!options.guide) await context.addInitScript(() => localStorage.setItem("agglo.guide", "seen"));
  const page = await context.newPage();
  const faults = [];
  // A refusal is an answer: the page shows its reason, and the browser's own line about it is no error of the page.
  page.on("console", (m) => m.type() === "error" && !/status of 4(04|09|22)/.test(m.text()) && faults.push(`console: ${m.text()} ${m.location().url}`));
  page.on("pageerror", (e) => faults.push(`page: ${e.stack ?? e.message}`));
  page.on("request", (r) => !r.url().startsWith(server.base) && !/^(data|blob):/.test(r.url()) && faults.push(`request leaves the machine: ${r.url()}`));
  page.on("response", (r) => (r.status() >= 500 || r.status() === 400) && faults.push(`${r.status()} ${r.url()}`));
  return { page, context, faults };
}

/** Goes to `#/place` and waits until nothing on it is on its way. */
export async function visit(page, server, place) {
  await page.goto(`${server.base}/#/${place}`);
  await settled(page);
}

export async function settled(page) {
  await page.waitForSelector("h1#page-title", { timeout: 30000 });
  const waiting = "main .state-loading, main [aria-busy='true']";
  await page.waitForFunction((selector) => !document.querySelector(selector), waiting, { timeout: 60000 }).catch(async () => {
    throw new Error(`still waiting on ${page.url()}: ${await page.$$eval(waiting, (all) => all.map((e) => e.closest("section")?.id || e.textContent).join(", "))}`);
  });
  await page.waitForTimeout(120);
}

export async function api(server, path) {
  const response = await fetch(`${server.base}/api/v1/${path}`);
  assert.ok(response.ok, `${response.status} for ${path}: ${await response.clone().text()}`);
  return response.json();
}

/** A table answer as rows of objects; a gap is its kind in braces. */
export function rows(table) {
  const n = table.columns[0]?.values.length ?? 0;
  return Array.from({ length: n }, (_, i) => Object.fromEntries(table.columns.map((c) => [c.name, c.gaps?.[i] ? { gap: c.gaps[i] } : c.values[i]])));
}

/** What the command line says about a number. */
export function explainCli(study, address) {
  return JSON.parse(execFileSync(AGGLO, ["-C", study, "explain", address, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 }));
}

/** Clicks a number and checks that the panel and the command line say what the page shows. */
export async function explained(page, server, locator) {
  const address = await locator.getAttribute("data-address");
  const value = Number(await locator.getAttribute("data-value"));
  await locator.scrollIntoViewIfNeeded();
  await locator.click();
  await page.waitForSelector(".panel [data-explained]", { timeout: 30000 });
  const shown = Number(await page.locator(".panel [data-explained]").getAttribute("data-explained"));
  const cli = explainCli(server.study, address);
  assert.equal(shown, value, `panel and page differ for ${address}`);
  assert.equal(cli.value, value, `command line and page differ for ${address}`);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".panel", { state: "detached" });
  return { address, value };
}

/** The numbers of one attribute of many elements, by their key. */
export async function marks(page, selector, attribute = "data-value") {
  return page.$$eval(selector, (elements, name) => elements.map((e) => [e.getAttribute("data-key"), Number(e.getAttribute(name))]), attribute);
}

export function near(actual, expected, what) {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${what}: ${actual} and not ${expected}`);
}

/** Serious and critical findings of axe. The checker comes in through the debugger, since the page's policy lets no other script in. */
export async function axe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: readFileSync(AXE, "utf8") });
  await session.detach();
  return page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
    return result.violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 4).map((n) => `${n.target.join(" ")} ${n.failureSummary?.split("\n").slice(1, 3).join(" ")}`).join(" | ")}`);
  });
}

export const shot = (page, name) => page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });

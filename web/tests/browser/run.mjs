#!/usr/bin/env node
/**
 * Journeys through the dashboard in a real browser.
 *
 * AGGLO=path/to/agglo node tests/browser/run.mjs STUDY [PAGE …]
 * AGGLO=path/to/agglo node tests/browser/run.mjs --speed STUDY
 *
 * Screenshots go to tests/browser/out (or SHOTS). Exit code 1 when anything failed.
 */
import { axe, launch, open, serve, settled, shot, visit } from "./lib.mjs";
import { downloads, JOURNEYS, keyboard } from "./journeys.mjs";
import { speed } from "./speed.mjs";

const args = process.argv.slice(2);
const wantsSpeed = args[0] === "--speed";
if (wantsSpeed) args.shift();
const [study, ...only] = args;
if (!study) {
  console.error("usage: run.mjs [--speed] STUDY [PAGE …]");
  process.exit(2);
}

const server = process.env.URL ? { base: process.env.URL, study, startup_ms: 0, token: () => undefined, log: () => "", stop: async () => undefined } : await serve(study);
const browser = await launch();
let passed = 0;
let failed = 0;

async function attempt(name, work) {
  const started = Date.now();
  try {
    const said = await work();
    passed += 1;
    console.log(`ok   ${name} (${Date.now() - started} ms)${said ? `: ${typeof said === "string" ? said : JSON.stringify(said)}` : ""}`);
  } catch (cause) {
    failed += 1;
    console.log(`FAIL ${name}: ${cause.stack ?? cause}`);
  }
}

const clean = (faults) => {
  if (faults.length) throw new Error(faults.join("\n     "));
};

console.log(`server answered after ${server.startup_ms} ms`);
if (wantsSpeed) {
  await attempt("speed", () => speed(browser, server));
} else {
  for (const lang of ["en", "zh"]) {
    for (const [name, journey] of Object.entries(JOURNEYS)) {
      if (only.length && !only.includes(name)) continue;
      const { page, context, faults } = await open(browser, server);
      await attempt(`${name} ${lang}`, async () => {
        await visit(page, server, `${name}?lang=${lang}`);
        await shot(page, `${name}-${lang}`);
        const said = await journey({ page, server, lang });
        await visit(page, server, `${name}?lang=${lang}`);
        const findings = await axe(page);
        if (findings.length) throw new Error(`axe: ${findings.join("\n     ")}`);
        clean(faults);
        return said;
      });
      await context.close();
    }
  }
  if (!only.length || only.includes("keyboard")) {
    const { page, context, faults } = await open(browser, server, { guide: true });
    await attempt("keyboard alone", async () => {
      await keyboard({ page, server });
      clean(faults);
    });
    await context.close();
  }
  if (!only.length || only.includes("downloads")) {
    const { page, context, faults } = await open(browser, server);
    await attempt("downloads", async () => {
      const said = await downloads({ page, server });
      clean(faults);
      return said;
    });
    await context.close();
  }
  if (!only.length || only.includes("sizes")) {
    for (const [width, height] of [[360, 740], [3840, 2160]]) {
      const { page, context, faults } = await open(browser, server, { viewport: { width, height } });
      for (const name of Object.keys(JOURNEYS)) {
        faults.length = 0;
        await attempt(`${name} at ${width} px`, async () => {
          await visit(page, server, `${name}?lang=en`);
          await settled(page);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (name === "explore" || name === "rank") await shot(page, `${name}-${width}`);
          if (over > 1) throw new Error(`the page is ${over} px wider than its window: ${await page.evaluate(() => [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll-x, .table-box, .hidden, .cells")).slice(0, 5).map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`).join(" "))}`);
          clean(faults);
        });
      }
      await context.close();
    }
  }
  if (!only.length || only.includes("dark")) {
    const { page, context, faults } = await open(browser, server, { dark: true });
    await attempt("dark", async () => {
      for (const name of ["home", "explore", "concentration"]) {
        await visit(page, server, `${name}?lang=en`);
        await shot(page, `${name}-dark`);
        const findings = await axe(page);
        if (findings.length) throw new Error(`axe: ${findings.join("\n     ")}`);
      }
      clean(faults);
    });
    await context.close();
  }
}
await browser.close();
await server.stop();
console.log(`test result: ${passed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);

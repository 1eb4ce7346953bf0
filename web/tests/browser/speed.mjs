/** How long a reader waits: first paint, a change of year and of industry, and memory after much use. */
import { open, settled, visit } from "./lib.mjs";

/** Milliseconds from the press of a key or a choice until the map is drawn anew and the browser has painted. */
async function change(page, act) {
  await page.evaluate(() => {
    window.__from = undefined;
    const note = () => (window.__from ??= performance.now());
    for (const kind of ["input", "change"]) addEventListener(kind, note, { capture: true, once: true });
  });
  const before = await page.evaluate(() => document.querySelector("#map h3").textContent);
  await act();
  return page.evaluate(async (title) => {
    const started = performance.now();
    while (document.querySelector("#map h3").textContent === title || document.querySelector("#map[aria-busy='true']")) {
      await new Promise((go) => requestAnimationFrame(go));
      if (performance.now() - started > 20000) throw new Error("the map did not change");
    }
    await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
    return performance.now() - window.__from;
  }, before);
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const round = (v) => Math.round(v);

export async function speed(browser, server) {
  const { page, context, faults } = await open(browser, server);
  const result = { server_ms: server.startup_ms };
  const { measures, periods, industries, regions } = await (await fetch(`${server.base}/api/v1/axes`)).json();
  const raw = measures.find((m) => m.table === "activity");
  const of = encodeURIComponent(`table:activity.${raw.name}`);
  result.study = `${regions.length} × ${industries.length} × ${periods.length}`;

  await page.goto(`${server.base}/#/home?lang=en`);
  await page.waitForSelector("h1");
  result.home_paint_ms = round(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN));
  result.home_title_ms = round(await page.evaluate(() => performance.now()));

  const fresh = await open(browser, server);
  await fresh.page.goto(`${server.base}/#/explore?lang=en&of=${of}`);
  await fresh.page.waitForSelector("#map .legend li");
  result.explore_paint_ms = round(await fresh.page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN));
  result.explore_map_ms = round(await fresh.page.evaluate(() => performance.now()));
  await fresh.context.close();

  await visit(page, server, `explore?lang=en&of=${of}`);
  const slider = page.locator(".years input[type=range]");
  await slider.focus();
  const years = [];
  // Beside the time on the clock, the processor time of the page itself: what is left on a machine that is not busy.
  const cpu = await context.newCDPSession(page);
  await cpu.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => 1000 * (await cpu.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
  const before = await busy();
  for (let i = 0; i < 12; i++) years.push(await change(page, () => page.keyboard.press("ArrowLeft")));
  result.year_ms = { median: round(median(years)), most: round(Math.max(...years)), cpu: round((await busy()) - before) / 12 };

  const select = page.locator(".controls select").nth(1);
  const first = [];
  const again = [];
  for (const code of industries.slice(1, 9).map((i) => i.code)) first.push(await change(page, () => select.selectOption(code)));
  const warm = await busy();
  for (const code of industries.slice(1, 8).map((i) => i.code)) again.push(await change(page, () => select.selectOption(code)));
  result.industry_first_ms = { median: round(median(first)), most: round(Math.max(...first)) };
  result.industry_again_ms = { median: round(median(again)), most: round(Math.max(...again)), cpu: round((await busy()) - warm) / 7 };

  console.log(JSON.stringify(result));

  // Memory: the same tour many times over must not grow without end.
  const heap = async () => {
    const session = await context.newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    await session.detach();
    return usedSize / 1e6;
  };
  const tour = async () => {
    for (const name of ["home", "explore", "concentration", "data", "explore"]) {
      await page.evaluate((to) => (location.hash = to), `#/${name}?lang=en${name === "explore" ? `&of=${of}` : ""}`);
      await settled(page);
    }
  };
  // The kept answers fill up first; after that nothing may grow.
  for (let i = 0; i < 4; i++) await tour();
  const start = await heap();
  for (let i = 0; i < 6; i++) await tour();
  const end = await heap();
  result.heap_mb = { after_4_tours: round(start), after_10_tours: round(end) };
  if (faults.length) throw new Error(faults.join("\n"));
  if (end > start * 1.25 + 10) throw new Error(`the heap grew from ${start} to ${end} MB`);
  await context.close();
  return result;
}

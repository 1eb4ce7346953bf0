/** One journey per page: what it shows equals what the server answers, and one number is explained. */
import assert from "node:assert/strict";
import { api, explained, marks, near, rows, settled, visit } from "./lib.mjs";

const enc = encodeURIComponent;

async function finding(server, method) {
  const { findings } = await api(server, "findings");
  return findings.find((f) => f.method === method && f.status === "answered");
}

/** Shows the table beside a figure; gives its locator. */
async function asTable(page, id) {
  const figure = page.locator(`#${id}`);
  await figure.locator(".tools button[aria-pressed]").first().click();
  await figure.locator("[role=grid]").waitFor();
  return figure.locator("[role=grid]");
}

async function choose(page, index, value) {
  await page.locator(".controls select").nth(index).selectOption(value);
  await settled(page);
}

/** Every page's journey; each is skipped, and says so, where the study has nothing for it. */
export const JOURNEYS = {
  async home({ page, server }) {
    const study = await api(server, "study");
    const shown = await page.locator(".figurine-value").first().innerText();
    assert.equal(Number(shown.replace(/,/g, "")), study.run.answered);
    const read = study.data.reduce((n, d) => n + d.rows_read, 0);
    assert.equal(Number((await page.locator(".figurine-value").nth(2).innerText()).replace(/,/g, "")), read);
    assert.equal(await page.locator("ol.next > li").count(), study.next.length);
    const check = await api(server, "check");
    if (check.coverage.length > 0) {
      const grid = await asTable(page, "coverage");
      assert.equal(await grid.getAttribute("aria-rowcount"), String(check.coverage[0].codes.length + 1));
    }
  },

  async data({ page, server, lang }) {
    const study = await api(server, "study");
    assert.equal(await page.locator("table.sources > tbody > tr").count(), study.data.length);
    const lineage = await api(server, "lineage");
    await visit(page, server, `data?lang=${lang}&view=lineage`);
    const kinds = new Set(["file", "block", "table", "group", "step"]);
    assert.equal(await page.locator("#lineage g.node").count(), lineage.nodes.filter((n) => kinds.has(n.kind)).length);
    await visit(page, server, `data?lang=${lang}&view=tables&table=activity`);
    const table = await api(server, "tables/activity?limit=1");
    const column = table.columns.find((c) => !c.key && c.kind === "number" && c.values[0] !== null) ?? table.columns.find((c) => !c.key);
    const cell = page.locator(`[role=gridcell][data-address*="row=${table.rows?.[0] ?? 0}&column=${enc(column.name)}"]`);
    await cell.first().click();
    await page.waitForSelector(".panel .panel-value");
    const origin = await api(server, `tables/activity/origin?row=${table.rows?.[0] ?? 0}&column=${enc(column.name)}`);
    await page.waitForFunction((place) => document.querySelector(".panel")?.textContent.includes(place), origin.cells[0].place);
    await page.keyboard.press("Escape");
  },

  async explore({ page, server }) {
    const of = await page.locator(".controls select").first().inputValue();
    const study = await api(server, "axes");
    const { findings } = await api(server, "findings");
    const [step, rest] = of.split(":");
    const [table, column] = rest.split(".");
    const keys = findings.find((f) => f.step === step)?.tables.find((t) => t.name === table)?.columns.filter((c) => c.key).map((c) => c.name) ?? [];
    const industry = await page.locator(".controls select").nth(1).inputValue();
    const where = keys.includes("industry") ? `&where=${enc(`industry=${industry}`)}` : "";
    const series = await api(server, `series?of=${enc(of)}&by=region${where}`);
    const p = Math.max(0, series.periods.length - 1);
    const grid = page.locator(".figure.side [role=grid]");
    await grid.waitFor();
    // The rows in view are compared; scrolling shows the others.
    const shown = await grid.locator("tbody tr:not(.filler)").evaluateAll((all) => all.map((tr) => [tr.cells[0].innerText, tr.cells[1].getAttribute("data-value")]));
    assert.ok(shown.length > 0);
    for (const [name, value] of shown) {
      const region = study.regions.find((r) => r.name.en === name || r.name.zh === name);
      const i = series.codes.indexOf(region.code);
      const expected = series.values[p][i];
      if (expected === null) assert.equal(value, null, `${name} is a gap`);
      else assert.equal(Number(value), expected, name);
    }
    const counts = await page.locator("#map .legend-count").allInnerTexts();
    assert.equal(counts.reduce((n, c) => n + Number(c.replace(/[()]/g, "")), 0), series.codes.length, "the legend counts every region once");
    void column;
    return explained(page, server, grid.locator("[data-address][data-value]").first());
  },

  async concentration({ page, server }) {
    const industry = await page.locator(".controls select").first().inputValue();
    const year = await page.locator(".years output").first().innerText().catch(() => "");
    const answer = await api(server, `definitions?industry=${enc(industry)}&period=${year}`);
    const shown = await page.locator("#definitions tbody tr").count();
    assert.equal(shown, answer.definitions.length);
    for (const [i, d] of answer.definitions.entries()) {
      if (typeof d.value !== "number" || !d.address) continue;
      const button = page.locator("#definitions tbody tr").nth(i).locator(".num-button");
      assert.equal(Number(await button.getAttribute("data-value")), d.value, `${d.method} ${d.variant}`);
    }
    const points = await marks(page, "#trend g[data-value]");
    assert.ok(points.length > 0, "the trend has points");
    return explained(page, server, page.locator("#definitions .num-button").first());
  },

  async transfer({ page, server }) {
    const f = await finding(server, "share-change");
    if (!f) return "skipped: no share-change";
    const industry = await page.locator(".controls select").first().inputValue();
    const table = rows(await api(server, `findings/${f.step}/changes?limit=200000&where=${enc(`industry=${industry}`)}`));
    for (const [region, value] of await marks(page, "#changes g[data-value]")) near(value / 100, table.find((r) => r.region === region).delta_share, `${region} share change`);
    const grid = await asTable(page, "flows");
    const flows = rows(await api(server, `findings/${f.step}/flows?limit=1&sort=-volume&where=${enc(`industry=${industry}`)}`));
    if (flows.length > 0) assert.equal(Number(await grid.locator("[data-value]").last().getAttribute("data-value")) <= flows[0].volume, true);
    return explained(page, server, grid.locator("[data-address][data-value]").first());
  },

  async clusters({ page, server, lang }) {
    const f = await finding(server, "star-clusters");
    if (!f) return "skipped: no star-clusters";
    const year = await page.locator(".years output").first().innerText();
    const strong = await api(server, `findings/${f.step}/clusters?limit=0&where=${enc(`period=${year}`)}&where=strong%3Dyes`);
    assert.equal(Number(await page.locator(".knobs .figurine-value").first().innerText()), strong.n_rows);
    await visit(page, server, `clusters?lang=${lang}&cut=lq_minimum:2`);
    const moved = await api(server, `compute?step=${f.step}&table=clusters&option=lq_minimum%3D2&limit=0&where=${enc(`period=${year}`)}&where=strong%3Dyes`);
    await page.waitForFunction((n) => document.querySelector(".knobs .figurine-value")?.textContent === String(n), moved.n_rows, { timeout: 20000 });
    await visit(page, server, `clusters?lang=${lang}`);
    return explained(page, server, page.locator("#clusters-table [data-address][data-value]").first());
  },

  async profile({ page, server }) {
    const f = await finding(server, "development-model");
    if (!f) return "skipped: no development-model";
    const cluster = await page.locator(".controls select").first().inputValue();
    const scores = rows(await api(server, `findings/${f.step}/scores?where=${enc(`cluster=${cluster}`)}`));
    for (const [model, value] of await marks(page, "#scores g[data-value]")) assert.equal(value, scores.find((s) => s.model === model).score, model);
    const number = page.locator("#evidence .num-button[data-value]").first();
    return (await number.count()) > 0 ? explained(page, server, number) : "no evidence is a number";
  },

  async diagnose({ page, server }) {
    const f = await finding(server, "structural-similarity");
    if (f) {
      const year = await page.locator("#similarity .years output").first().innerText();
      const table = rows(await api(server, `findings/${f.step}/regions?limit=200000&where=${enc(`period=${year}`)}`));
      for (const [region, value] of await marks(page, "#similarity g[data-value]")) assert.equal(value, table.find((r) => r.region === region).mean_similarity, region);
    }
    const number = page.locator("main .num-button[data-value]").first();
    return (await number.count()) > 0 ? explained(page, server, number) : "no number to explain";
  },

  async rank({ page, server, lang }) {
    const f = await finding(server, "indicator-ranking");
    if (!f) return "skipped: no ranking";
    const top = (await page.locator(".controls .slider output").innerText()).trim();
    const check = async (query) => {
      const answer = await api(server, `rank?top=${top}&normalization=minmax&aggregation=weighted-sum${query}`);
      for (const [region, value] of await marks(page, "#ranks g[data-value]")) assert.equal(value, answer.regions.find((r) => r.code === region).rank, region);
      const holds = await page.locator(".headline").getAttribute("data-top-holds");
      if (typeof answer.top_holds_least === "number") assert.equal(Number(holds), answer.top_holds_least);
      return answer;
    };
    const own = await check("");
    const first = own.weights[0];
    await visit(page, server, `rank?lang=${lang}&w=${enc(`${first.indicator}:0.5`)}`);
    await check(own.weights.map((w) => `&weight=${enc(`${w.indicator}=${w.indicator === first.indicator ? 0.5 : w.weight}`)}`).join(""));
    await visit(page, server, `rank?lang=${lang}`);
    const grid = await asTable(page, "ranks");
    const number = grid.locator("[data-address][data-value]").first();
    return (await number.count()) > 0 ? explained(page, server, number) : "no address";
  },

  async compare({ page, server }) {
    const chosen = await page.locator(".profile-table thead th.num").count();
    const { regions } = await api(server, "axes");
    const answer = await api(server, `profile?${regions.slice(0, chosen).map((r) => `region=${enc(r.code)}`).join("&")}`);
    const shown = await page.$$eval(".profile-table .num-button[data-value]", (all) => all.map((b) => [b.getAttribute("data-address"), Number(b.getAttribute("data-value"))]));
    const expected = new Map(answer.items.flatMap((item) => item.addresses.map((a, i) => [a, item.values[i]])));
    assert.ok(shown.length > 0);
    for (const [address, value] of shown) assert.equal(value, expected.get(address), address);
    return explained(page, server, page.locator(".profile-table .num-button[data-value]").first());
  },

  async opportunity({ page, server }) {
    const f = await finding(server, "opportunity-map");
    if (!f) return "skipped: no opportunity-map";
    const region = await page.locator(".controls select").first().inputValue();
    const table = rows(await api(server, `findings/${f.step}/opportunities?limit=200000&where=${enc(`region=${region}`)}`));
    const shown = await marks(page, "#opportunities path[data-x]", "data-x");
    assert.equal(shown.length, table.filter((r) => typeof r.density === "number" && typeof r.pci === "number").length);
    for (const [industry, x] of shown) assert.equal(x, table.find((r) => r.industry === industry).density, industry);
    const grid = await asTable(page, "opportunities");
    return explained(page, server, grid.locator("[data-address][data-value]").first());
  },

  async evaluate({ page, server }) {
    const f = await finding(server, "event-study");
    if (!f) return "skipped: no event-study";
    const table = rows(await api(server, `findings/${f.step}/event?limit=1000`));
    const shown = await page.$$eval("#event g[data-value]", (all) => all.map((g) => [Number(g.getAttribute("data-key").split("|")[1]), Number(g.getAttribute("data-value"))]));
    assert.equal(shown.length, table.filter((r) => typeof r.estimate === "number").length);
    for (const [time, value] of shown) assert.equal(value, table.find((r) => r.event_time === time).estimate, `event time ${time}`);
    return explained(page, server, page.locator(".figurine .num-button[data-value]").first());
  },

  async findings({ page, server, lang }) {
    const { findings } = await api(server, "findings");
    const f = findings.find((x) => x.status === "answered");
    await visit(page, server, `findings?lang=${lang}&step=${f.step}`);
    const table = await api(server, `findings/${f.step}/${f.tables[0].name}?limit=1`);
    assert.equal(Number(await page.locator("#finding [role=grid]").getAttribute("aria-rowcount")), Math.min(20000, table.n_rows) + 1);
    return explained(page, server, page.locator("#finding [data-address][data-value]").first());
  },

  async runs({ page, server }) {
    const { runs } = await api(server, "runs");
    assert.equal(await page.locator("section[aria-labelledby=runs-title] tbody tr").count(), runs.length);
  },
};

/** Everything by keyboard alone: no pointer is used from the first key to the last. */
export async function keyboard({ page, server }) {
  const focused = () => page.evaluate(() => {
    const e = document.activeElement;
    return { tag: e?.tagName.toLowerCase(), text: (e?.textContent ?? "").trim().slice(0, 40), cls: e?.getAttribute("class") ?? "", role: e?.getAttribute("role") ?? "", type: e?.getAttribute("type") ?? "", outline: e ? getComputedStyle(e).outlineStyle : "" };
  });
  const tabTo = async (what, found, most = 120) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      const f = await focused();
      if (f.tag !== "body" && f.tag !== "main" && f.tag !== "dialog") assert.notEqual(f.outline, "none", `focus on ${f.tag} "${f.text}" is visible`);
      if (found(f)) return f;
    }
    assert.fail(`Tab never reached ${what}`);
  };
  await page.goto(`${server.base}/#/home?lang=en`);
  await settled(page);
  // The guide opens by itself on a first visit and closes with Enter.
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]", { state: "detached" }).catch(() => page.keyboard.press("Escape"));
  await page.reload();
  await settled(page);
  await tabTo("the skip link", (f) => f.cls === "skip", 3);
  await page.keyboard.press("Enter");
  assert.equal((await focused()).tag, "main");
  await page.evaluate(() => document.activeElement.blur());
  await page.reload();
  await settled(page);
  await tabTo("Clusters", (f) => f.tag === "a" && f.text.startsWith("Clusters"));
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal((await focused()).tag, "h1", "a new page is read from its title on");
  // The year, by arrow keys.
  await tabTo("the year", (f) => f.type === "range");
  const year = await page.locator(".years output").first().innerText();
  await page.keyboard.press("ArrowLeft");
  await settled(page);
  const before = await page.locator(".years output").first().innerText();
  assert.ok(Number(before) < Number(year), "the arrow key changed the year");
  assert.match(page.url(), new RegExp(`year=${before}`));
  // The map: move, choose.
  await tabTo("the map", (f) => f.role === "application" && f.cls === "map-box");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector(".map .tip:not(.tip-off)");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash.includes("sel="));
  // The table: one tab stop, cells by arrow keys, Enter explains, Escape comes back.
  await tabTo("the table", (f) => f.role === "gridcell");
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".panel [data-explained]", { timeout: 30000 });
  assert.equal((await focused()).tag, "h2", "the panel takes the focus");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".panel", { state: "detached" });
  assert.equal((await focused()).role, "gridcell", "the focus comes back to the cell");
  // Out of the table with one Tab.
  await page.keyboard.press("Tab");
  assert.notEqual((await focused()).role, "gridcell", "the table is no trap");
  // Undo is back.
  for (let i = 0; i < 150 && !(await focused()).text.startsWith("↶"); i++) await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !location.hash.includes("sel="));
  // A menu: open, move, close.
  await page.evaluate(() => document.getElementById("page-title").focus());
  await tabTo("a menu", (f) => f.tag === "summary" && f.cls === "tool");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  assert.equal((await focused()).cls, "menu-item");
  await page.keyboard.press("Escape");
  assert.equal((await focused()).tag, "summary");
}

/** Files of a figure: what they are, and that the CSV is the server's own. */
export async function downloads({ page, server }) {
  await visit(page, server, "explore?lang=en");
  const get = async (name) => {
    await page.locator("#map summary", { hasText: "Download" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#map .menu-item", { hasText: new RegExp(`^${name}$`) }).click()]);
    await page.keyboard.press("Escape");
    const { readFileSync } = await import("node:fs");
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const png = await get("PNG");
  assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  const svg = await get("SVG");
  assert.match(svg.bytes.toString(), /^<svg [\s\S]*<\/svg>$/);
  const { regions } = await api(server, "axes");
  assert.ok((svg.bytes.toString().match(/class="mark"/g) ?? []).length >= regions.length, "every region is in the file");
  const csv = await get("CSV");
  assert.ok(csv.bytes.toString().split("\n").length > regions.length);
  const xlsx = await get("XLSX");
  assert.equal(xlsx.bytes.subarray(0, 2).toString(), "PK");
  return [png, svg, csv, xlsx].map((f) => `${f.name} ${f.bytes.length} B`).join(", ");
}

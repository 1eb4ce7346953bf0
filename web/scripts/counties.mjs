#!/usr/bin/env node
/**
 * Writes a study of square "counties" for performance tests: 3,118 regions × 34 industries × 21 years.
 *
 * Usage: node scripts/counties.mjs DIR [REGIONS INDUSTRIES YEARS]; then `agglo run` in DIR.
 * Everything is generated: nothing in it is a real place or a real number.
 */
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [dir, regionsText = "3118", industriesText = "34", yearsText = "21"] = process.argv.slice(2);
if (!dir) {
  console.error("usage: node scripts/counties.mjs DIR [REGIONS INDUSTRIES YEARS]");
  process.exit(2);
}
const [nRegions, nIndustries, nYears] = [regionsText, industriesText, yearsText].map(Number);

let state = 20240401;
/** A number from 0 to 1; the same ones in every run (Park and Miller's generator). */
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

for (const folder of ["data", "geo"]) mkdirSync(join(dir, folder), { recursive: true });

const columns = Math.ceil(Math.sqrt(nRegions * 1.9));
const regions = Array.from({ length: nRegions }, (_, i) => ({ code: `C${String(i + 1).padStart(5, "0")}`, row: Math.floor(i / columns), column: i % columns }));
const industries = Array.from({ length: nIndustries }, (_, i) => `I${String(i + 1).padStart(2, "0")}`);
const first = 2000;

// A box of longitude and latitude of about the size of the United States, so that the projection has something to do.
const [west, east, south, north] = [-124, -67, 26, 49];
const dx = (east - west) / columns;
const dy = (north - south) / Math.ceil(nRegions / columns);
const corner = (c, r) => [Number((west + c * dx).toFixed(4)), Number((north - r * dy).toFixed(4))];
/** Edges have points between their corners, as real boundaries do. */
function ring({ row: r, column: c }) {
  const steps = 6;
  const out = [];
  const line = (a, b) => {
    for (let k = 0; k < steps; k++) out.push([a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps].map((v) => Number(v.toFixed(4))));
  };
  const [nw, ne, se, sw] = [corner(c, r), corner(c + 1, r), corner(c + 1, r + 1), corner(c, r + 1)];
  line(nw, sw);
  line(sw, se);
  line(se, ne);
  line(ne, nw);
  out.push(nw);
  return out;
}
writeFileSync(join(dir, "geo/counties.geojson"), JSON.stringify({ type: "FeatureCollection", features: regions.map((r) => ({ type: "Feature", id: r.code, properties: { code: r.code, name: `County ${r.code.slice(1)}` }, geometry: { type: "Polygon", coordinates: [ring(r)] } })) }));
writeFileSync(join(dir, "data/regions.csv"), ["region,name_en,name_zh", ...regions.map((r) => `${r.code},County ${r.code.slice(1)},第${Number(r.code.slice(1))}县`)].join("\n") + "\n");
writeFileSync(join(dir, "data/industries.csv"), ["industry,name_en,name_zh", ...industries.map((code, i) => `${code},Industry ${i + 1},产业${i + 1}`)].join("\n") + "\n");

const out = createWriteStream(join(dir, "data/activity.csv"));
out.write("region,industry,year,employment\n");
const center = industries.map(() => ({ x: random() * columns, y: random() * (nRegions / columns), width: 4 + random() * columns * 0.4, size: 200 + random() * 4000, drift: (random() - 0.5) * 2 }));
const scale = regions.map(() => Math.exp((random() - 0.5) * 2.5));
for (const [r, region] of regions.entries()) {
  let block = "";
  for (const [i, industry] of industries.entries()) {
    const c = center[i];
    for (let y = 0; y < nYears; y++) {
      const distance = Math.hypot(region.column - c.x - c.drift * y, region.row - c.y) / c.width;
      // One cell in eighty is withheld and one in a hundred missing, so that patterns have something to show.
      const lot = random();
      const value = Math.round(c.size * scale[r] * Math.exp(-distance * distance) + random() * 6);
      block += `${region.code},${industry},${first + y},${lot < 0.0125 && y > 3 ? "D" : lot < 0.0225 && y > 3 ? "" : value}\n`;
    }
  }
  if (!out.write(block)) await new Promise((go) => out.once("drain", go));
}
await new Promise((go) => out.end(go));

writeFileSync(join(dir, "study.toml"), `# Generated for performance tests: nothing here is real.
[study]
id         = "counties"
title      = { en = "Square counties (artificial data)", zh = "方格县（人造数据）" }
seed       = 20240401
artificial = true

[geo]
system     = "custom"
level      = "county"
boundaries = "geo/counties.geojson"

[industry]
system = "custom"
level  = "industry"

[[data]]
name    = "regions"
table   = "region"
file    = "data/regions.csv"
reader  = "tidy"
columns = { region = "region", name = "name_en", name_zh = "name_zh" }
source  = { en = "Artificial data", zh = "人造数据" }
license = "CC0-1.0"

[[data]]
name    = "industries"
table   = "industry"
file    = "data/industries.csv"
reader  = "tidy"
columns = { industry = "industry", name = "name_en", name_zh = "name_zh" }
source  = { en = "Artificial data", zh = "人造数据" }
license = "CC0-1.0"

[[data]]
name    = "activity"
table   = "activity"
file    = "data/activity.csv"
reader  = "tidy"
columns = { region = "region", industry = "industry", period = "year", employment = "employment" }
units   = { employment = "persons" }
marks   = { D = "suppressed" }
source  = { en = "Artificial data", zh = "人造数据" }
license = "CC0-1.0"

[missing]
gaps = "zero"

# All pairs of 3,118 regions in every year are a hundred million rows.
[measure]
value = "employment"
skip  = ["structural-similarity"]
`);
console.log(`${nRegions} regions × ${nIndustries} industries × ${nYears} years in ${dir}`);

import { describe, expect, it } from "vitest";
import { at, isGap } from "../../src/api/cell";
import { addressOf, conditions, decode, query } from "../../src/api/client";
import { parseEvents } from "../../src/api/events";
import type { ApiTable } from "../../src/api/types";

const title = { en: "t", zh: "题" };
const answer: Pick<ApiTable, "name" | "columns" | "n_rows"> = {
  name: "location_quotient",
  n_rows: 2,
  columns: [
    { name: "region", kind: "text", unit: "", key: true, title, values: ["110000", "120000"] },
    { name: "period", kind: "integer", unit: "", key: true, title, values: [2015, 2015] },
    { name: "lq", kind: "number", unit: "1", key: false, title, values: [0, null], gaps: { "1": "suppressed" } },
  ],
};

describe("an answer's table", () => {
  const table = decode(answer, "zh", "location-quotient");

  it("keeps zero a number and a gap a gap", () => {
    expect(table.rows[0]![at(table, "lq")]).toBe(0);
    expect(table.rows[1]![at(table, "lq")]).toEqual({ gap: "suppressed" });
    expect(isGap(table.rows[1]![2])).toBe(true);
  });

  it("speaks the language asked for", () => {
    expect(table.columns[2]!.title).toBe("题");
  });

  it("gives each number its address, and keys none", () => {
    expect(table.address?.(0, 2)).toBe("location-quotient:location_quotient.lq@period=2015,region=110000");
    expect(table.address?.(0, 0)).toBeUndefined();
  });
});

describe("questions", () => {
  it("are written with repeated parameters and without empty ones", () => {
    expect(query("series", { of: "a.b", where: ["x=1", "y=2"], k: undefined, z: "" })).toBe("series?of=a.b&where=x%3D1&where=y%3D2");
    expect(conditions({ industry: "C", period: 2015, none: undefined })).toEqual(["industry=C", "period=2015"]);
    expect(addressOf("s", "t", "c", { b: "2", a: "1" })).toBe("s:t.c@a=1,b=2");
  });
});

describe("the stream of events", () => {
  it("is cut into messages, and what is not yet whole waits", () => {
    const { messages, rest } = parseEvents('id: 1\nevent: run-progress\ndata: {"done":3,"total":51}\n\n: keep open\n\nevent: run-fin');
    expect(messages).toEqual([{ event: "run-progress", data: { done: 3, total: 51 } }]);
    expect(rest).toBe("event: run-fin");
  });

  it("survives a message that is no JSON", () => {
    expect(parseEvents("data: nonsense\n\n").messages).toEqual([]);
  });
});

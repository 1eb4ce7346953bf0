/**
 * The page and everything chosen on it, as text in the address bar.
 *
 * `#/PAGE?key=value&…` is the only store of state: two browsers with the same address show the same
 * page, and "back" is undo. A value that equals its default is left out.
 */

/** How one value is written in the address and read back. `read` answers `undefined` for text that is none. */
export interface Codec<T> {
  read(text: string): T | undefined;
  write(value: T): string;
}

export const text: Codec<string> = {
  read: (t) => t,
  write: (v) => v,
};

export const integer: Codec<number> = {
  read: (t) => (/^-?\d{1,15}$/.test(t) ? Number(t) : undefined),
  write: (v) => String(v),
};

export const decimal: Codec<number> = {
  read: (t) => (/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(t) ? Number(t) : undefined),
  write: (v) => String(v),
};

export const flag: Codec<boolean> = {
  read: (t) => (t === "1" ? true : t === "0" ? false : undefined),
  write: (v) => (v ? "1" : "0"),
};

/** One of a fixed set of words. */
export function oneOf<const W extends readonly string[]>(...words: W): Codec<W[number]> {
  return {
    read: (t) => (words as readonly string[]).includes(t) ? (t as W[number]) : undefined,
    write: (v) => v,
  };
}

/** Words separated by commas; a comma inside a word is written `\,`. */
export const words: Codec<string[]> = {
  read: (t) => {
    if (t === "") return [];
    const out: string[] = [];
    let word = "";
    for (let i = 0; i < t.length; i++) {
      const c = t[i]!;
      if (c === "\\" && i + 1 < t.length) word += t[++i];
      else if (c === ",") {
        out.push(word);
        word = "";
      } else word += c;
    }
    out.push(word);
    return out;
  },
  write: (v) => v.map((w) => w.replace(/[\\,]/g, (c) => `\\${c}`)).join(","),
};

/** Numbers separated by commas. */
export const decimals: Codec<number[]> = {
  read: (t) => {
    if (t === "") return [];
    const all = t.split(",").map((part) => decimal.read(part));
    return all.every((n) => n !== undefined) ? (all as number[]) : undefined;
  },
  write: (v) => v.map((n) => decimal.write(n)).join(","),
};

/** `name:number` pairs separated by commas, names in the order given. */
export const weights: Codec<Record<string, number>> = {
  read: (t) => {
    const pairs = words.read(t);
    if (!pairs) return undefined;
    const out: Record<string, number> = {};
    for (const pair of pairs) {
      const cut = pair.lastIndexOf(":");
      const value = cut > 0 ? decimal.read(pair.slice(cut + 1)) : undefined;
      if (value === undefined) return undefined;
      out[pair.slice(0, cut)] = value;
    }
    return out;
  },
  write: (v) => words.write(Object.entries(v).map(([name, n]) => `${name}:${n}`)),
};

/** A page and its parameters. */
export interface Place {
  page: string;
  params: Record<string, string>;
}

/** The place that a hash names; an empty hash is `home`. */
export function readPlace(hash: string): Place {
  const body = hash.replace(/^#\/?/, "");
  const cut = body.indexOf("?");
  const page = decodeURIComponent(cut < 0 ? body : body.slice(0, cut)) || "home";
  const params: Record<string, string> = {};
  if (cut >= 0) for (const [k, v] of new URLSearchParams(body.slice(cut + 1))) params[k] = v;
  return { page, params };
}

/** The hash of a place; parameters in the order of their names, so that equal states have equal addresses. */
export function writePlace(place: Place): string {
  const query = new URLSearchParams();
  for (const key of Object.keys(place.params).sort()) query.set(key, place.params[key]!);
  const tail = query.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
  return `#/${encodeURIComponent(place.page)}${tail ? `?${tail}` : ""}`;
}

/** Parameters that stay when the page changes. */
export const SHARED = ["lang", "year", "industry", "sel", "group"] as const;

/** The place of another page, with what is shared kept. */
export function moveTo(place: Place, page: string, params: Record<string, string> = {}): Place {
  const kept: Record<string, string> = {};
  for (const key of SHARED) {
    const value = place.params[key];
    if (value !== undefined) kept[key] = value;
  }
  return { page, params: { ...kept, ...params } };
}

/** `params` with `key` set to `value`, or without it where the value is the default. */
export function withParam<T>(
  params: Record<string, string>,
  key: string,
  codec: Codec<T>,
  value: T,
  fallback: T,
): Record<string, string> {
  const written = codec.write(value);
  const next = { ...params };
  if (written === codec.write(fallback)) delete next[key];
  else next[key] = written;
  return next;
}

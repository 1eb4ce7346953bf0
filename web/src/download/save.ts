/** Files for the reader: drawings as SVG and PNG, tables as the server writes them. */
import { ask, query } from "../api/client";
import { FONT } from "../figures/frame";
import { theme } from "../figures/palette";

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** What stands above and below a figure in a file. */
export interface Caption {
  title: string;
  subtitle?: string | undefined;
  source?: string | undefined;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}

/** Lines of at most `most` half-width signs. */
function wrap(text: string, most: number): string[] {
  const out: string[] = [];
  let line = "";
  let length = 0;
  for (const word of text.split(/(\s+|(?<=[\u2e80-\uffff]))/)) {
    const size = [...word].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
    if (length + size > most && line.trim()) {
      out.push(line.trim());
      line = "";
      length = 0;
    }
    line += word;
    length += size;
  }
  if (line.trim()) out.push(line.trim());
  return out;
}

/** A whole SVG file: title, drawing, source. `inner` is the drawing's content in its own coordinates. */
export function sheet(inner: string, width: number, height: number, caption: Caption): string {
  const c = theme.value;
  const most = Math.floor(width / 6.3);
  const title = wrap(caption.title, Math.floor(width / 8.4));
  const subtitle = caption.subtitle ? wrap(caption.subtitle, most) : [];
  const source = caption.source ? wrap(caption.source, most) : [];
  const top = 14 + title.length * 20 + subtitle.length * 16;
  const total = top + height + 12 + source.length * 14 + 6;
  const line = (text: string, y: number, more: string) => `<text x="12" y="${y}" ${more}>${escape(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${escape(FONT)}" font-size="12" fill="${c.ink}" role="img">`,
    `<title>${escape(caption.title)}</title>`,
    `<rect width="${width}" height="${total}" fill="${c.paper}"/>`,
    ...title.map((l, i) => line(l, 24 + i * 20, 'font-size="16" font-weight="600"')),
    ...subtitle.map((l, i) => line(l, 24 + title.length * 20 + i * 16 - 2, `font-size="12" fill="${c.soft}"`)),
    `<g transform="translate(0,${top})">${inner}</g>`,
    ...source.map((l, i) => line(l, top + height + 16 + i * 14, `font-size="10.5" fill="${c.soft}"`)),
    "</svg>",
  ].join("\n");
}

/** The SVG elements of a figure, one below the other, as one file. */
export function svgOf(root: Element, caption: Caption): string | undefined {
  const drawings = [...root.querySelectorAll<SVGSVGElement>("svg.drawing")];
  if (drawings.length === 0) return undefined;
  const width = Math.max(...drawings.map((d) => d.width.baseVal.value));
  let height = 0;
  const parts: string[] = [];
  for (const drawing of drawings) {
    parts.push(`<g transform="translate(0,${height})">${new XMLSerializer().serializeToString(drawing).replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "")}</g>`);
    height += drawing.height.baseVal.value;
  }
  return sheet(parts.join(""), width, height, caption);
}

export function saveSvg(svg: string, name: string): void {
  saveBlob(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Draws an SVG file on a canvas at `scale` and saves it. */
export async function savePng(svg: string, name: string, scale = 2): Promise<void> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob) saveBlob(blob, `${name}.png`);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The table at `path` as the server writes it in `format`. */
export async function saveTable(path: string, format: "csv" | "xlsx" | "parquet" | "arrow", name: string): Promise<void> {
  const joined = path.includes("?") ? `${path}&format=${format}` : query(path, { format });
  const response = await ask(joined);
  saveBlob(await response.blob(), `${name}.${format}`);
}

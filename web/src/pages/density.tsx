/** Where the plants are: up to a million points as a density on a canvas. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, query, type ApiError, ApiError as ApiErrorClass } from "../api/client";
import type { ApiTable, TableInfo } from "../api/types";
import { useApi } from "../api/use";
import { Figure } from "../components/figure";
import { Loading, ProblemView } from "../components/states";
import { useWidth } from "../figures/frame";
import { bin, paint } from "../figures/density";
import { number, WHOLE } from "../format/number";
import { t } from "../i18n";
import { industryName } from "../state/study";

const CHUNK = 200000;
const MOST = 1000000;

export function Density({ industry, year }: { industry: string; year: number }) {
  const tables = useApi<{ tables: TableInfo[] }>("tables");
  const plants = tables.data?.tables.find((table) => table.name === "plant" && table.columns.some((c) => c.name === "x_km"));
  const [points, setPoints] = useState<Float64Array | undefined>();
  const [error, setError] = useState<ApiError | undefined>();
  const [cut, setCut] = useState(false);
  const [asked, setAsked] = useState(false);
  const [raw, setRaw] = useState<ApiTable | undefined>();
  const path = plants && query("tables/plant", { columns: "x_km,y_km", where: [`industry=${industry}`, ...(plants.columns.some((c) => c.name === "period") ? [`period=${year}`] : [])] });
  useEffect(() => {
    if (!path || !asked) return;
    let alive = true;
    setError(undefined);
    void (async () => {
      const xs: number[] = [];
      try {
        for (let offset = 0; offset < MOST; offset += CHUNK) {
          const part = await get<ApiTable>(`${path}&limit=${CHUNK}&offset=${offset}`);
          if (!alive) return;
          setRaw(part);
          const x = part.columns.find((c) => c.name === "x_km")?.values ?? [];
          const y = part.columns.find((c) => c.name === "y_km")?.values ?? [];
          for (let i = 0; i < x.length; i++) if (typeof x[i] === "number" && typeof y[i] === "number") xs.push(x[i] as number, y[i] as number);
          setCut(part.n_rows > MOST);
          if (offset + CHUNK >= part.n_rows) break;
        }
        if (alive) setPoints(Float64Array.from(xs));
      } catch (cause) {
        if (alive && cause instanceof ApiErrorClass) setError(cause);
      }
    })();
    return () => {
      alive = false;
    };
  }, [path, asked]);
  if (!plants || plants.withheld) return null;
  const title = t("density", { industry: industryName(industry), year });
  return (
    <Figure id="density" title={title} subtitle={points && asked ? t("densityCount", { n: number(points.length / 2, WHOLE) }) + (cut ? ` ${t("densityCut", { n: number(MOST, WHOLE) })}` : "") : undefined} path={path} trace={raw}>
      {!asked ? <p class="state"><button type="button" class="button" onClick={() => setAsked(true)}>{t("densityShow")}</button></p> : error ? <ProblemView error={error} /> : !points ? <Loading /> : <DensityCanvas points={points} title={title} />}
    </Figure>
  );
}

function DensityCanvas({ points, title }: { points: Float64Array; title: string }) {
  const [ref, width] = useWidth<HTMLDivElement>(480);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [peak, setPeak] = useState(0);
  const height = Math.round(width * 0.72);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const cells = bin(points, Math.ceil(width / 3), Math.ceil(height / 3));
    setPeak(cells.most);
    paint(context, cells, width, height);
  }, [points, width, height]);
  return (
    <div class="chart" ref={ref}>
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={title} />
      <p class="figure-note">{t("densityLegend", { n: peak })}</p>
    </div>
  );
}

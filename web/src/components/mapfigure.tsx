/** A map with its legend, as a figure with files. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Table } from "../api/cell";
import type { MapAnswer, Traced } from "../api/types";
import { useApi } from "../api/use";
import { sheet } from "../download/save";
import { LegendView } from "../figures/map/legend";
import { type Flow, RegionMap } from "../figures/map/map";
import { t } from "../i18n";
import { explain } from "../state/explain";
import type { Classified } from "../state/fills";
import { hover, select, selected } from "../state/selection";
import { mapPath } from "../state/study";
import { Figure, sourceLine } from "./figure";
import { Loading, ProblemView } from "./states";

interface Props {
  id: string;
  title: string;
  subtitle?: string | undefined;
  classified: Classified | undefined;
  flows?: Flow[];
  table?: Table | undefined;
  path?: string | undefined;
  trace?: Traced | undefined;
  controls?: ComponentChildren;
  note?: ComponentChildren;
  loading?: boolean;
  wide?: boolean;
}

export function MapFigure(props: Props) {
  const answer = useApi<MapAnswer>(mapPath());
  const file = useRef<((width: number) => { inner: string; width: number; height: number }) | undefined>(undefined);
  const svg = () => {
    const made = file.current?.(760);
    const provenance = props.trace?.provenance;
    return made && sheet(made.inner, made.width, made.height, { title: props.title, subtitle: props.subtitle, source: provenance ? sourceLine(provenance) : undefined });
  };
  return (
    <Figure id={props.id} title={props.title} subtitle={props.subtitle} table={props.table} path={props.path} trace={props.trace} controls={props.controls} note={props.note} svg={svg} loading={props.loading ?? false} wide={props.wide ?? false}>
      {answer.error ? <ProblemView error={answer.error} /> : !answer.data || !props.classified ? <Loading /> : answer.data.kind === "none" ? <p class="state state-empty">{t("noMap")}</p> : (
        <>
          <RegionMap title={props.title} answer={answer.data} fills={props.classified.fills} legend={props.classified.legend} flows={props.flows ?? []} selected={selected.value} hover={hover.value} onHover={(code) => (hover.value = code)} onSelect={select} onPick={explain} file={file} />
          <LegendView legend={props.classified.legend} />
        </>
      )}
    </Figure>
  );
}

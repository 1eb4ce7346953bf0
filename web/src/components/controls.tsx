/** What is chosen on a page: native elements, so that keys and screen readers work as everywhere. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../i18n";
import { endDrag } from "../state/router";

export function Field({ label, children, wide }: { label: string; children: ComponentChildren; wide?: boolean }) {
  return (
    <label class={`field${wide ? " field-wide" : ""}`}>
      <span class="field-label">{label}</span>
      {children}
    </label>
  );
}

export interface Option {
  value: string;
  label: string;
  group?: string;
  disabled?: boolean;
}

export function Select({ label, value, options, onChange }: { label: string; value: string; options: readonly Option[]; onChange: (value: string) => void }) {
  const groups = [...new Set(options.map((o) => o.group ?? ""))];
  const list = (group: string) => options.filter((o) => (o.group ?? "") === group).map((o) => <option key={o.value} value={o.value} selected={o.value === value} disabled={o.disabled}>{o.label}</option>);
  return (
    <Field label={label}>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {groups.map((group) => (group ? <optgroup key={group} label={group}>{list(group)}</optgroup> : list(group)))}
      </select>
    </Field>
  );
}

/** A few choices side by side. */
export function Choice<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly { value: T; label: string }[]; onChange: (value: T) => void }) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value} class={option.value === value ? "on" : ""}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onInput: (value: number) => void;
  onDone?: () => void;
  format?: (value: number) => string;
  /** A mark on the track: where the study itself stands. */
  mark?: number | undefined;
}

export function Slider(props: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{props.label}</label>
      <output for={id}>{props.format ? props.format(props.value) : props.value}</output>
      <input
        id={id}
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        aria-valuetext={props.format ? props.format(props.value) : String(props.value)}
        onInput={(event) => props.onInput(Number(event.currentTarget.value))}
        onChange={() => {
          endDrag();
          props.onDone?.();
        }}
      />
      {props.mark !== undefined && (
        <button type="button" class="slider-mark" disabled={props.mark === props.value} onClick={() => props.onInput(props.mark!)}>
          {t("asInStudy", { value: props.format ? props.format(props.mark) : String(props.mark) })}
        </button>
      )}
    </div>
  );
}

/** One year of those there are; arrow keys, Home and End move along them. */
export function YearSlider({ label, years, value, onChange }: { label: string; years: readonly number[]; value: number; onChange: (year: number, how: "step" | "drag") => void }) {
  const id = useId();
  const index = Math.max(0, years.indexOf(value));
  if (years.length === 0) return null;
  if (years.length === 1)
    return (
      <div class="years">
        <span class="field-label">{label}</span>
        <output>{years[0]}</output>
      </div>
    );
  const step = (by: number) => {
    const next = years[Math.min(years.length - 1, Math.max(0, index + by))]!;
    endDrag();
    onChange(next, "step");
  };
  return (
    <div class="years">
      <label class="field-label" for={id}>{label}</label>
      <output for={id}>{value}</output>
      <div class="years-track">
        <button type="button" class="tool" aria-label={t("yearBefore")} disabled={index === 0} onClick={() => step(-1)}>‹</button>
        <input id={id} type="range" min={0} max={years.length - 1} step={1} value={index} aria-valuetext={String(value)} onInput={(event) => onChange(years[Number(event.currentTarget.value)]!, "drag")} onChange={() => endDrag()} />
        <button type="button" class="tool" aria-label={t("yearAfter")} disabled={index === years.length - 1} onClick={() => step(1)}>›</button>
      </div>
      <div class="years-ends" aria-hidden="true">
        <span>{years[0]}</span>
        <span>{years[years.length - 1]}</span>
      </div>
    </div>
  );
}

/** Adds names from a long list, one by one, as far as `most`. */
export function Picker({ label, options, chosen, most, onAdd, onRemove }: { label: string; options: readonly Option[]; chosen: readonly string[]; most: number; onAdd: (value: string) => void; onRemove: (value: string) => void }) {
  const list = useId();
  const [text, setText] = useState("");
  const names = new Map(options.map((o) => [o.value, o.label]));
  const find = (typed: string) => options.find((o) => o.label === typed || o.value === typed) ?? options.find((o) => o.label.toLowerCase().startsWith(typed.toLowerCase()) && typed.length > 1);
  const add = () => {
    const found = find(text.trim());
    if (found && !chosen.includes(found.value)) onAdd(found.value);
    if (found) setText("");
  };
  return (
    <div class="picker">
      <Field label={label}>
        <input
          type="text"
          list={list}
          value={text}
          disabled={chosen.length >= most}
          placeholder={chosen.length >= most ? t("pickerFull", { n: most }) : t("pickerType")}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            const exact = options.find((o) => o.label === typed);
            if (exact && !chosen.includes(exact.value)) {
              onAdd(exact.value);
              setText("");
            }
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              add();
              event.preventDefault();
            }
          }}
        />
      </Field>
      <datalist id={list}>
        {options.filter((o) => !chosen.includes(o.value)).map((o) => <option key={o.value} value={o.label}>{o.value}</option>)}
      </datalist>
      <ul class="chips">
        {chosen.map((value) => (
          <li key={value}>
            {names.get(value) ?? value}
            <button type="button" aria-label={t("remove", { what: names.get(value) ?? value })} onClick={() => onRemove(value)}>×</button>
          </li>
        ))}
      </ul>
    </div>
  );
}

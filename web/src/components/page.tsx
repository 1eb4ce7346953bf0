/** The frame of a page: its question, what is chosen, and the figures. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { lang, say, t } from "../i18n";
import { study } from "../state/study";

interface Props {
  title: string;
  question: string;
  controls?: ComponentChildren;
  children: ComponentChildren;
}

export function Page({ title, question, controls, children }: Props) {
  const language = lang.value;
  useEffect(() => {
    document.title = `${title} · ${say(study.value?.title)} · agglo`;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [title, language]);
  return (
    <article class="page">
      <header class="page-head">
        <h1 tabIndex={-1} id="page-title">{title}</h1>
        <p class="question">{question}</p>
      </header>
      {controls && <div class="controls" role="group" aria-label={t("choices")}>{controls}</div>}
      {children}
    </article>
  );
}

/** One number with its name; a click explains it. */
export function Figurine({ label, value, note }: { label: string; value: ComponentChildren; note?: ComponentChildren }) {
  return (
    <div class="figurine">
      <div class="figurine-value">{value}</div>
      <div class="figurine-label">{label}</div>
      {note && <div class="figurine-note">{note}</div>}
    </div>
  );
}

/** The frame around every page: what study this is, where one can go, and what is going on. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { changedFiles, connected, lastProblem, progress } from "./api/events";
import { revision } from "./api/client";
import { ExplainPanel } from "./components/explain";
import { Guide, guideOpen, openGuideOnce } from "./components/guide";
import { Empty, Loading, ProblemView } from "./components/states";
import { choice, choose, mode } from "./figures/palette";
import { keepLang, lang, say, t, type Key } from "./i18n";
import { NAV_GROUPS, PAGES, pageOf, type PageInfo } from "./pages/registry";
import { canUndo, linkTo, place, setParams, undo } from "./state/router";
import { axes, failure, findings, load, server, study } from "./state/study";

export function App() {
  useEffect(() => {
    void load();
  }, [revision.value]);
  useEffect(() => {
    openGuideOnce();
  }, []);
  useEffect(() => {
    document.documentElement.dataset.mode = mode.value;
  }, [mode.value]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}>{t("skip")}</a>
      <Top />
      <Banner />
      <div class="frame">
        <Nav />
        <main id="main" tabIndex={-1}>
          <Content />
        </main>
        <ExplainPanel />
      </div>
      <Foot />
      <Guide />
    </>
  );
}

function Top() {
  const s = study.value;
  const language = lang.value;
  return (
    <header class="top">
      <a class="brand" href={linkTo("home")} title={t("toHome")}>agglo</a>
      <p class="study-title">{s ? say(s.title) : ""}{s?.artificial ? <span class="tag">{t("artificial")}</span> : null}</p>
      <div class="top-tools no-print">
        <button type="button" class="tool" disabled={!canUndo.value} onClick={undo} title={t("undoHelp")}>↶ <span class="wide-only">{t("undo")}</span></button>
        <button type="button" class="tool" lang={language === "en" ? "zh-CN" : "en"} onClick={() => {
          const next = language === "en" ? "zh" : "en";
          keepLang(next);
          setParams({ lang: next });
        }}>{language === "en" ? "中文" : "English"}</button>
        <button type="button" class="tool" onClick={() => choose(mode.value === "dark" ? "light" : "dark")} title={t("modeHelp")} aria-pressed={choice.value !== "system" && mode.value === "dark"}>{mode.value === "dark" ? "☀" : "☾"}<span class="only-heard">{t("modeHelp")}</span></button>
        <button type="button" class="tool" onClick={() => (guideOpen.value = true)}>?<span class="only-heard">{t("guideOpen")}</span></button>
      </div>
    </header>
  );
}

function Banner() {
  const p = progress.value;
  const problem = lastProblem.value;
  const stale = study.value?.run?.stale;
  return (
    <div aria-live="polite" class="banners no-print">
      {p.running && (
        <div class="banner">
          {p.total > 0 ? t("running", { done: p.done, total: p.total }) : t("runningStart")}
          <progress value={p.total > 0 ? p.done : undefined} max={p.total || 1} aria-label={t("runningStart")} />
        </div>
      )}
      {!connected.value && <div class="banner banner-warn">{t("offline")}</div>}
      {problem && <div class="banner banner-warn"><code>{problem.code}</code> {problem.detail ?? problem.title} {problem.remedy ?? ""}</div>}
      {!p.running && (changedFiles.value.length > 0 || stale) && (
        <div class="banner banner-warn">{changedFiles.value.length > 0 ? t("filesChanged", { files: changedFiles.value.slice(0, 3).join(", ") }) : t("stale", { why: study.value?.run?.stale_because.join("; ") ?? "" })} <code>agglo run</code></div>
      )}
    </div>
  );
}

function answered(page: PageInfo): boolean {
  return page.methods.length === 0 || page.methods.some((m) => findings.value.some((f) => f.method === m && f.status === "answered"));
}

function Nav() {
  const here = place.value.page;
  const [open, setOpen] = useState(false);
  return (
    <nav class={`nav no-print${open ? " open" : ""}`} aria-label={t("navigation")}>
      <button type="button" class="tool nav-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>☰ {t("navigation")}: {t((pageOf(here)?.title ?? "pageHome") as "pageHome")}</button>
      <div class="nav-body">
        {NAV_GROUPS.map((group) => (
          <section key={group}>
            <h2>{t(`nav_${group}` as Key as "nav_study")}</h2>
            <ul>
              {PAGES.filter((p) => p.group === group).map((p) => {
                const can = answered(p);
                return (
                  <li key={p.id}>
                    <a href={linkTo(p.id)} aria-current={p.id === here ? "page" : undefined} class={can ? "" : "locked"} onClick={() => setOpen(false)}>
                      {t(p.title as "pageHome")}
                      {!can && study.value?.run && <span class="lock" title={t("lockedShort")}>○<span class="only-heard">{t("lockedShort")}</span></span>}
                    </a>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

const loaded = new Map<string, ComponentType>();

function Content() {
  const id = place.value.page;
  const info = pageOf(id);
  const [, redraw] = useState(0);
  const [broken, setBroken] = useState<string | undefined>();
  const before = useRef(id);
  useEffect(() => {
    if (!info || loaded.has(id)) return;
    let alive = true;
    setBroken(undefined);
    info.load().then(
      (module) => {
        loaded.set(id, module.default);
        if (alive) redraw((n) => n + 1);
      },
      (cause: unknown) => alive && setBroken(String(cause)),
    );
    return () => {
      alive = false;
    };
  }, [id, info]);
  const Body = loaded.get(id);
  useEffect(() => {
    // A new page is read from its title on; a change on the same page leaves the focus alone.
    if (before.current !== id && Body) {
      before.current = id;
      document.getElementById("page-title")?.focus();
      scrollTo(0, 0);
    }
  }, [id, Body]);
  if (failure.value) return <ProblemView error={failure.value} />;
  if (!info) return <Empty title={t("noPage", { id })}><a href={linkTo("home")}>{t("toHome")}</a></Empty>;
  if (broken) return <Empty title={broken} />;
  if (!study.value || !axes.value || !Body) return <Loading />;
  if (!study.value.run && info.id !== "home" && info.id !== "data" && info.id !== "runs") return <Empty title={t("notRun")}><p><code>agglo run</code></p></Empty>;
  return <Body key={id} />;
}

function Foot() {
  const s = server.value;
  const r = study.value?.run;
  return (
    <footer class="foot">
      {s && <span>agglo {s.version} · {s.code.slice(0, 12)}</span>}
      {r && <span>{t("run")} {r.id.slice(0, 12)} · {t("seed")} {r.seed}</span>}
      <span>{t("localOnly")}</span>
    </footer>
  );
}

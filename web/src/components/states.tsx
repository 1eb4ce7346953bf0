/** The forms a page takes while it waits, when there is nothing, and when something went wrong. */
import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/client";
import { refresh } from "../api/client";
import { t } from "../i18n";
import { whyNot } from "../state/study";
import { CopyText } from "./copy";

export function Loading({ what }: { what?: string }) {
  return (
    <div class="state state-loading" role="status" aria-live="polite">
      <span class="bar" aria-hidden="true" />
      {what ?? t("loading")}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state state-empty">
      <p class="state-title">{title}</p>
      {children}
    </div>
  );
}

/** A problem with its code, what was found, and what to do. */
export function ProblemView({ error }: { error: ApiError }) {
  const p = error.problem;
  return (
    <div class="state state-error" role="alert">
      <p class="state-title">
        <code>{p.code}</code> {p.title}
      </p>
      {p.detail && p.detail !== p.title && <p>{p.detail}</p>}
      {p.remedy && (
        <p>
          <strong>{t("remedy")}</strong> {p.remedy}
        </p>
      )}
      {p.diagnostics && p.diagnostics.length > 0 && (
        <ul>
          {p.diagnostics.slice(0, 10).map((d, i) => (
            <li key={i}>
              <code>{d.code}</code> {[d.file, d.sheet, d.row, d.column].filter((x) => x !== null && x !== undefined).join(":")} {d.message}
              {d.remedy && <> {d.remedy}</>}
            </li>
          ))}
        </ul>
      )}
      {/^A\d{4}$/.test(p.code) && <CopyText text={`agglo explain ${p.code}`} label={t("copyCommand")} />}
      <button
        type="button"
        class="button"
        onClick={refresh}
      >
        {t("tryAgain")}
      </button>
    </div>
  );
}

/** Why this study has no answer of `method`, and which table would unlock it. */
export function Locked({ method, title }: { method: string; title: string }) {
  const why = whyNot(method);
  return (
    <div class="state state-locked">
      <p class="state-title">{t("lockedTitle", { what: title })}</p>
      {why.reason && <p>{t("lockedReason", { reason: why.reason })}</p>}
      {why.needs && <p>{t("lockedNeeds", { needs: why.needs })}</p>}
      {!why.reason && !why.needs && <p>{t("lockedPlain")}</p>}
      <p>
        <CopyText text={`agglo explain ${method}`} label={t("copyCommand")} /> <CopyText text="agglo check" label={t("copyCommand")} />
      </p>
    </div>
  );
}

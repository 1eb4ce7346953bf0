import { useState } from "preact/hooks";
import { t } from "../i18n";

/** Text that a click puts on the clipboard. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  return (
    <button type="button" class="copy" title={label} aria-label={`${label}: ${text}`} onClick={() => void copy(text).then(() => flash(setDone))}>
      <code>{text}</code>
      <span class="copy-mark" aria-hidden="true">
        {done ? "✓" : <svg width={12} height={12} viewBox="0 0 12 12"><path d="M3.5,3.5V1.5H10.5V8.5H8.5M1.5,3.5H8.5V10.5H1.5Z" fill="none" stroke="currentColor" /></svg>}
      </span>
      <span class="only-heard" role="status">
        {done ? t("copied") : ""}
      </span>
    </button>
  );
}

export function CopyButton({ text, children }: { text: string; children: string }) {
  const [done, setDone] = useState(false);
  return (
    <button type="button" class="menu-item" title={text} onClick={() => void copy(text).then(() => flash(setDone))}>
      {children}
      <span role="status">{done ? ` ✓ ${t("copied")}` : ""}</span>
    </button>
  );
}

function flash(set: (v: boolean) => void): void {
  set(true);
  setTimeout(() => set(false), 1600);
}

/** Copies, also where the page is not served over a secure address. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "only-heard";
    document.body.append(area);
    const before = document.activeElement as HTMLElement | null;
    area.select();
    document.execCommand("copy");
    area.remove();
    before?.focus();
  }
}

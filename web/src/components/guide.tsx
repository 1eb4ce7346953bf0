/** What a first visitor needs to know, once. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

function seen(): boolean {
  try {
    return localStorage.getItem("agglo.guide") === "seen";
  } catch {
    return true;
  }
}

export const guideOpen = signal(false);

export function openGuideOnce(): void {
  if (!seen()) guideOpen.value = true;
}

function close(): void {
  guideOpen.value = false;
  try {
    localStorage.setItem("agglo.guide", "seen");
  } catch {
    // It opens again next time.
  }
}

export function Guide() {
  const ref = useRef<HTMLDialogElement>(null);
  const open = guideOpen.value;
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    else if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} class="guide" aria-labelledby="guide-title" onClose={close}>
      <h2 id="guide-title">{t("guideTitle")}</h2>
      <ol>
        <li>{t("guide1")}</li>
        <li>{t("guide2")}</li>
        <li>{t("guide3")}</li>
        <li>{t("guide4")}</li>
        <li>{t("guide5")}</li>
      </ol>
      <form method="dialog">
        <button type="submit" class="button primary" autofocus>{t("guideStart")}</button>
      </form>
    </dialog>
  );
}

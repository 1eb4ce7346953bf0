import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A small list of actions that opens below its button; Escape and a click elsewhere close it. */
export function Menu({ label, about, children }: { label: string; about?: string; children: ComponentChildren }) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const menu = ref.current;
      if (menu?.open && !menu.contains(event.target as Node)) menu.open = false;
    };
    addEventListener("pointerdown", close);
    addEventListener("focusin", close);
    return () => {
      removeEventListener("pointerdown", close);
      removeEventListener("focusin", close);
    };
  }, []);
  return (
    <details
      class="menu"
      ref={ref}
      onKeyDown={(event) => {
        const menu = ref.current;
        if (!menu?.open) return;
        if (event.key === "Escape") {
          menu.open = false;
          menu.querySelector("summary")?.focus();
          event.stopPropagation();
          return;
        }
        const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (move === undefined) return;
        const items = [...menu.querySelectorAll<HTMLElement>("summary, .menu-item")];
        const now = items.indexOf(document.activeElement as HTMLElement);
        items[(now + move + items.length) % items.length]?.focus();
        event.preventDefault();
      }}
    >
      <summary class="tool" aria-label={about ? `${label}: ${about}` : label}>{label}</summary>
      <div class="menu-body">{children}</div>
    </details>
  );
}

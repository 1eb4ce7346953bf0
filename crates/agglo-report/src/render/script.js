"use strict";
(() => {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll("[data-set-lang]")];
  const show = (lang) => {
    root.dataset.lang = lang;
    root.lang = lang;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
    }
  };
  const wanted = new URLSearchParams(location.search).get("lang");
  if (buttons.some((button) => button.dataset.setLang === wanted)) show(wanted);
  for (const button of buttons) {
    button.addEventListener("click", () => show(button.dataset.setLang));
  }
  const ask = (number) => {
    document.getElementById("asked")?.remove();
    const box = document.createElement("div");
    box.id = "asked";
    box.setAttribute("role", "status");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "close 关闭");
    close.addEventListener("click", () => box.remove());
    const words = document.createElement("div");
    words.textContent = root.dataset.lang === "zh" ? "此数的来源：在研究目录中运行" : "Where this number comes from: in the study's folder, run";
    const code = document.createElement("code");
    code.textContent = `agglo explain '${number.dataset.address}'`;
    box.append(close, words, code);
    document.body.append(box);
  };
  for (const number of document.querySelectorAll("data.n")) {
    number.tabIndex = 0;
    number.addEventListener("click", () => ask(number));
    number.addEventListener("keydown", (event) => {
      if (event.key === "Enter") ask(number);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.getElementById("asked")?.remove();
  });
})();

"use strict";
// The sheet: copy and print, for browsers that can, and the keys C, P and N. The buttons are hidden otherwise.
{
  const STORED = "portal.sheet-keys"; // "off": the keys do nothing (WCAG 2.1.4)
  const copy = document.querySelector("[data-copy]");
  const print = document.querySelector("[data-print]");
  const option = document.querySelector("[data-sheet-keys]");
  const buttons = [...document.querySelectorAll("[data-key]")];

  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const status = document.querySelector("[data-copied]");
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(copy.dataset.copy);
        status.textContent = copy.dataset.done;
      } catch {
        status.textContent = copy.dataset.failed;
      }
    });
  }
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const apply = () => {
    for (const button of buttons) {
      if (option.checked) button.setAttribute("aria-keyshortcuts", button.dataset.key);
      else button.removeAttribute("aria-keyshortcuts");
    }
  };
  if (option) {
    option.checked = localStorage.getItem(STORED) !== "off";
    option.closest("label").hidden = false;
    option.addEventListener("change", () => {
      localStorage.setItem(STORED, option.checked ? "on" : "off");
      apply();
    });
    apply();
    document.addEventListener("keydown", (event) => {
      const { target } = event;
      if (!option.checked || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.repeat || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))) return;
      const button = buttons.find((each) => each.dataset.key === event.key.toLowerCase() && !each.hidden);
      if (!button) return;
      event.preventDefault();
      button.click();
    });
  }
}

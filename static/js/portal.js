"use strict";
// The frame's comforts; every page works without them.
{
  const STORED = "portal.slash"; // "off": the key "/" does nothing (WCAG 2.1.4)
  const search = document.getElementById("topbar-search");

  const typing = (element) =>
    element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));

  if (search) {
    const hint = search.parentElement.querySelector("kbd");
    const option = document.querySelector("[data-shortcut-switch]");
    let active = true;

    const apply = (on) => {
      active = on;
      hint.hidden = !on;
      if (on) search.setAttribute("aria-keyshortcuts", "/");
      else search.removeAttribute("aria-keyshortcuts");
    };

    apply(localStorage.getItem(STORED) !== "off");
    if (option) {
      option.checked = active;
      option.closest("label").hidden = false;
      option.addEventListener("change", () => {
        localStorage.setItem(STORED, option.checked ? "on" : "off");
        apply(option.checked);
      });
    }

    document.addEventListener("keydown", (event) => {
      if (!active || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      const waiting = event.target instanceof HTMLInputElement && event.target.name === "q" && !event.target.value;
      if (event.isComposing || event.defaultPrevented || (typing(event.target) && !waiting)) return;
      event.preventDefault();
      if (waiting) return; // an empty search box has the focus already
      search.focus();
      search.select();
    });
  }

  // Menus of the bar close on Escape and on a click elsewhere.
  const menus = document.querySelectorAll(".topbar-account");
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

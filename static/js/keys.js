"use strict";
// The list of the page's keys: "?" opens it, and so does a button in the menu of the account.
{
  const STORED = "portal.question"; // "off": the key "?" does nothing (WCAG 2.1.4)
  const list = document.getElementById("keys");

  if (list && list.showModal) {
    const option = list.querySelector("[data-question-switch]");
    const open = () => {
      if (!list.open) list.showModal();
    };
    option.checked = localStorage.getItem(STORED) !== "off";
    option.addEventListener("change", () => localStorage.setItem(STORED, option.checked ? "on" : "off"));
    list.querySelector("[data-keys-close]").addEventListener("click", () => list.close());
    for (const button of document.querySelectorAll("[data-keys-open]")) {
      button.hidden = false;
      button.addEventListener("click", open);
    }
    document.addEventListener("keydown", (event) => {
      const { target } = event;
      if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.defaultPrevented || !option.checked || document.querySelector("dialog[open]")) return;
      if (target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))) return;
      event.preventDefault();
      open();
    });
  }
}

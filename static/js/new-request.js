"use strict";
// Enter in a new request checks it, but never before the purpose is chosen: then it leads there.
{
  const form = document.querySelector("form.questions");
  const hint = form?.querySelector("[data-purpose-hint]");
  form?.addEventListener("keydown", (event) => {
    const inText = event.target.matches("input:not([type=radio], [type=submit])");
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const radios = [...form.querySelectorAll("[name=purpose]")];
    if (radios.some((radio) => radio.checked) || !(inText || radios.includes(event.target))) return;
    event.preventDefault();
    radios[0].focus();
    hint.textContent = hint.dataset.words;
  });
  form?.addEventListener("change", (event) => {
    if (event.target.name === "purpose") hint.textContent = "";
  });

  // Tab goes past "No release code available" once a whole code is typed: the two exclude each other.
  const { release_code: code, release_code_unavailable: tick } = form?.elements ?? {};
  const WHOLE = 10; // characters
  const skip = () => (tick.tabIndex = !tick.checked && code.value.replace(/[^0-9A-Z]/gi, "").length >= WHOLE ? -1 : 0);
  if (code && tick) {
    for (const field of [code, tick]) field.addEventListener("input", skip);
    skip();
  }
}

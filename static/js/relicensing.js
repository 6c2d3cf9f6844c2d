"use strict";
// Ticking "I asked again" is the confirmation: the button for browsers without scripts is not needed then.
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.hidden = true;
  for (const box of button.form.elements) {
    if (box.name !== "asked_again") continue;
    box.addEventListener("change", () => box.checked && button.form.requestSubmit());
  }
}

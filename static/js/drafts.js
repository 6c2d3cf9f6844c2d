"use strict";
// What was typed into a form and not sent yet. It is kept in the session storage of this tab, for this user, until the
// server says that the form arrived; it goes at log-out and when somebody else logs in. Nothing is sent from here.
{
  const PREFIX = "portal.draft.";
  const LOGGED_OUT = "portal.logged-out"; // in the local storage: when somebody last logged out in this browser
  const state = document.getElementById("page-state"); // not there: nobody is logged in
  const user = state ? state.dataset.user : "";
  const sent = new Set(state ? state.dataset.sent.split(" ") : []);
  const store = sessionStorage;

  const keys = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => JSON.parse(store.getItem(key) || "null");
  const tell = (name, form) => document.dispatchEvent(new CustomEvent(name, { detail: form }));

  const clean = () => {
    const loggedOut = Number(localStorage.getItem(LOGGED_OUT) || 0);
    for (const key of keys()) {
      const { at, token } = read(key);
      const others = user && !key.startsWith(`${PREFIX}${user}:`);
      if (others || at <= loggedOut || sent.has(token)) store.removeItem(key);
    }
  };
  const forgetAll = () => {
    for (const key of keys()) store.removeItem(key);
    document.dispatchEvent(new Event("drafts:forgotten"));
  };

  const typedIn = (form) =>
    [...form.elements].filter(
      (field) =>
        field.name &&
        field.matches("input:not([data-no-draft]), select, textarea:not([data-no-draft])") &&
        !["hidden", "password", "file", "submit", "button"].includes(field.type),
    );
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const isChanged = (field) => {
    if (isTick(field)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  };

  class Draft {
    constructor(form) {
      this.form = form;
      // The language buttons write a serial number in groups, however the address had it.
      const path = location.pathname.replace(/^\/serials\/[^/]+/, (part) => part.replaceAll("-", "").toLowerCase());
      this.key = `${PREFIX}${user}:${path}${location.search}#${form.dataset.draft}`;
      this.notice = null;
      this.focus = ""; // the name of the field in which the cursor was last
      this.start = null; // where the page would begin without the draft
      // Fields of a table row belong to the form by their attribute only: listen to all, keep what is the form's.
      for (const kind of ["input", "change"])
        document.addEventListener(kind, (event) => event.target.form === form && this.save());
      for (const link of form.querySelectorAll("[data-cancel]")) link.addEventListener("click", () => this.drop());
      if (form.hasAttribute("data-typed")) this.save(true);
      else this.restore();
    }

    save(all = false) {
      const fields = {};
      for (const field of typedIn(this.form)) {
        // Of a page that came back with errors everything was typed; else what differs from the page is.
        if (!(all || this.all) && !isChanged(field) && !(field.name in fields)) continue;
        fields[field.name] ||= [];
        if (!isTick(field)) fields[field.name].push(field.value);
        else if (field.checked) fields[field.name].push(field.value);
      }
      this.all ||= all;
      if (!Object.keys(fields).length) return this.drop();
      // A field that is left for a link or a button stays the last one: its change arrives when the focus is elsewhere.
      const active = document.activeElement;
      if (active.form === this.form && active.matches("input, select, textarea")) this.focus = active.name;
      const token = this.form.elements.form_token?.value || "";
      const draft = { at: this.at || Date.now(), token, focus: this.focus, fields };
      try {
        store.setItem(this.key, JSON.stringify(draft));
      } catch {
        return undefined; // full: the form still works
      }
      return tell("drafts:kept", this.form);
    }

    restore() {
      const draft = read(this.key);
      if (!draft) return;
      let restored = 0;
      this.focus = draft.focus;
      this.at = draft.at; // coming back is no typing
      for (const field of typedIn(this.form)) {
        const values = draft.fields[field.name];
        if (!values) continue;
        const before = isTick(field) ? field.checked : field.value;
        if (isTick(field)) field.checked = values.includes(field.value);
        else if (values.length) field.value = values[0];
        if (before === (isTick(field) ? field.checked : field.value)) continue;
        restored += 1;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      this.at = 0;
      if (restored) this.show(draft);
    }

    show(draft) {
      const part = document.getElementById("draft-notice").content.cloneNode(true);
      this.notice = part.firstElementChild;
      const at = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short", hourCycle: "h23" });
      const words = this.notice.querySelector("[data-words]");
      this.notice.querySelector("button").addEventListener("click", () => this.discard());
      const first = typedIn(this.form)[0];
      (first?.closest("form, table") || this.form).before(this.notice);
      setTimeout(() => (words.textContent = words.dataset.words.replace("{at}", at))); // a change, so that it is read out
      const fields = typedIn(this.form);
      const last = fields.find((field) => field.name === draft.focus) || fields.find((field) => !isTick(field) && !field.value);
      if (!last) return;
      this.start = document.querySelector("[autofocus]");
      this.start?.removeAttribute("autofocus");
      last.focus();
      if (last.matches("input:not([type=checkbox], [type=radio]), textarea")) last.setSelectionRange(last.value.length, last.value.length);
    }

    drop() {
      store.removeItem(this.key);
      this.notice?.remove();
      this.notice = null;
      tell("drafts:dropped", this.form);
    }

    discard() {
      const changed = typedIn(this.form).filter(isChanged);
      this.form.reset();
      for (const field of changed) field.dispatchEvent(new Event("input", { bubbles: true }));
      this.drop();
      (this.start || typedIn(this.form)[0])?.focus();
    }
  }

  clean();
  if (user) for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);

  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-logout]")) return;
    localStorage.setItem(LOGGED_OUT, String(Date.now()));
    forgetAll();
  });
  addEventListener("storage", (event) => event.key === LOGGED_OUT && forgetAll());
}

// A page begins in the field where work goes on, with its text selected: typing replaces it.
{
  const field = document.querySelector("input[autofocus], textarea[autofocus]");
  if (field && [document.body, field].includes(document.activeElement)) {
    field.focus();
    if (!["checkbox", "radio"].includes(field.type)) field.select();
  }
}

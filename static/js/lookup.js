"use strict";
// The look-up while one types: under every search box of the portal. Without this script the box is a plain form. Under
// an empty box are the recent look-ups (recent.js), in the bar by themselves, on the desk by the arrow key.
{
  const PAUSE = 120; // ms without a key before the server is asked
  const SHOWN = 8;

  const made = (name, classes, text) => {
    const element = document.createElement(name);
    if (classes) element.className = classes;
    if (text) element.textContent = text;
    return element;
  };

  class LookUpBox {
    constructor(form, input, number) {
      this.form = form;
      this.input = input;
      this.timer = 0;
      this.asked = null;
      this.active = -1;
      this.panel = made("div", "lookup-panel");
      this.panel.hidden = true;
      this.list = made("ul", "lookup-list");
      this.list.id = `lookup-list-${number}`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", form.querySelector("label").textContent.trim());
      this.status = made("p", "lookup-status");
      this.status.setAttribute("role", "status");
      this.panel.append(this.status, this.list);
      form.append(this.panel);
      form.classList.add("has-lookup");
      for (const [name, value] of Object.entries({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
      })) input.setAttribute(name, value);
      input.addEventListener("input", () => this.wait());
      input.addEventListener("keydown", (event) => this.onKey(event));
      input.addEventListener("focus", () => this.onFocus());
      form.addEventListener("submit", () => this.stop());
      document.addEventListener("click", (event) => form.contains(event.target) || this.close());
      form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || this.close());
    }

    get text() {
      return this.input.value.trim();
    }

    wait() {
      this.stop();
      if (!this.text) {
        this.showRecent();
      } else {
        this.timer = setTimeout(() => this.ask(), PAUSE);
      }
    }

    stop() {
      clearTimeout(this.timer);
      if (this.asked) this.asked.abort();
      this.asked = null;
    }

    async ask() {
      const asked = (this.asked = new AbortController());
      const query = new URLSearchParams({ q: this.text, format: "json" });
      try {
        const response = await fetch(`${this.form.action}?${query}`, { signal: asked.signal, redirect: "error" });
        if (response.ok && asked === this.asked) this.show(await response.json());
      } catch (error) {
        if (error.name !== "AbortError") this.close(); // no answer: the form still works
      }
    }

    onFocus() {
      if (!this.text && "recentOnFocus" in this.form.dataset) this.showRecent();
      else if (this.text && this.list.childElementCount) this.open();
    }

    showRecent() {
      const words = this.form.dataset; // without data-recent: the page shows them itself
      const entries = (words.recent && window.recentLookUps?.all()) || [];
      const options = entries.slice(0, SHOWN).map((entry, index) => {
        const parts = [made("strong", "", entry.typed), entry.pinned && made("span", "badge quiet", words.pinned)];
        if (entry.name) parts.push(made("span", "lookup-about", entry.name));
        const url = window.recentLookUps.address(entry, this.form.action);
        return this.option(url, index, parts.filter(Boolean), entry.url && entry);
      });
      if (entries.length > SHOWN) options.push(this.option(this.form.action, SHOWN, [made("strong", "", words.recentAll)]));
      this.replace(options);
      this.status.textContent = entries.length ? words.recent : "";
      if (entries.length) this.open();
      else this.close();
    }

    replace(options) {
      this.active = -1;
      this.input.removeAttribute("aria-activedescendant");
      this.list.replaceChildren(...options);
    }

    show(answer) {
      if (!this.text && answer.results.length) return; // emptied meanwhile
      const remembered = (name, url) => (answer.secret ? null : { typed: this.text, name, url });
      const sites = answer.results.slice(0, SHOWN).map((result, index) =>
        this.option(result.url, index, this.resultParts(result), remembered(result.customer, result.url)));
      const facts = answer.facts.map((fact, index) =>
        this.option(fact.url, SHOWN + index, this.factParts(fact), remembered(fact.title, fact.url)));
      this.replace(answer.facts_first ? [...facts, ...sites] : [...sites, ...facts]);
      this.status.textContent = answer.status;
      if (answer.status) this.open();
    }

    // remembered: what becomes a recent look-up when the option is chosen; null where nothing does.
    option(url, index, parts, remembered = null) {
      const item = made("li", "lookup-option");
      item.id = `${this.list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(...parts);
      item.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
      item.addEventListener("click", () => {
        if (remembered) window.recentLookUps?.add(remembered.typed, remembered);
        location.assign(url);
      });
      return item;
    }

    factParts(fact) {
      const about = made("span", "lookup-about", fact.about);
      return [made("strong", "", fact.title), made("span", "badge quiet", fact.label), about];
    }

    resultParts(result) {
      const name = made("strong", "", result.site ? `${result.customer}, ${result.site}` : result.customer);
      name.dir = "auto";
      const state = made("span", `badge ${result.verdict.tone}`, result.verdict.words);
      const about = made("span", "lookup-about", [result.serial, result.city, result.reason].filter(Boolean).join(" · "));
      return [name, state, about];
    }

    open() {
      this.panel.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
    }

    close() {
      this.panel.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.select(-1);
    }

    select(index) {
      const options = [...this.list.children];
      this.active = index;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      if (index < 0) this.input.removeAttribute("aria-activedescendant");
      else {
        this.input.setAttribute("aria-activedescendant", options[index].id);
        options[index].scrollIntoView({ block: "nearest" });
      }
    }

    onKey(event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" && !this.text && this.panel.hidden) this.showRecent();
      const count = this.list.childElementCount;
      if (event.key === "Escape" && !this.panel.hidden) {
        event.preventDefault();
        this.stop();
        this.close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
        event.preventDefault();
        this.open();
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.select((this.active + step + count + (this.active < 0 && step < 0 ? 1 : 0)) % count);
      } else if (event.key === "Enter" && this.active >= 0 && !this.panel.hidden) {
        event.preventDefault();
        this.list.children[this.active].click();
      }
    }
  }

  document.querySelectorAll("form[data-lookup]").forEach((form, number) => {
    const input = form.querySelector("input[name=q]");
    if (input) new LookUpBox(form, input, number);
  });
}

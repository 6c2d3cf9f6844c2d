"use strict";
// Help in forms with code fields: how many characters of how many, groups, O for 0, texts of another field's form, and
// pasted text that is divided among the fields. Without this script the server does so when the form is sent.
{
  const PAUSE = 500; // ms without a key before a text is said to belong to another field
  const SWAP_KEY = "F8";
  const first = document.querySelector("[data-code]");
  const rules = first && JSON.parse(document.querySelector("[data-typing-rules]").dataset.typingRules);
  const reader = first && new pasting.Reader(rules);

  const made = (name, classes, text) => {
    const element = document.createElement(name);
    element.className = classes;
    element.textContent = text;
    return element;
  };
  const say = (name, values = {}) => filled(rules.texts[name], values);
  const filled = (text, values) => text.replace(/%\((\w+)\)s/gu, (_, name) => values[name]);
  const nameOf = (input) => rules.names[input.name];

  class CodeField {
    constructor(input, help) {
      this.input = input;
      this.help = help;
      this.kind = input.dataset.code;
      this.lengths = rules.lengths[this.kind];
      this.size = rules.groups[this.kind];
      this.symbols = reader.canonical(input.value).symbols;
      this.zero = false;
      this.count = made("span", "code-count", "");
      this.count.id = `${input.id}_count`;
      const label = input.closest(".field")?.querySelector(".field-label");
      if (label) label.append(this.count);
      else input.after(this.count);
      const described = [input.getAttribute("aria-describedby"), this.count.id].filter(Boolean);
      input.setAttribute("aria-describedby", described.join(" "));
      this.hint = (input.closest(".field") || input.parentElement).querySelector("[data-code-hint]");
      const button = this.hint?.querySelector("button");
      if (button) button.append(made("kbd", "", SWAP_KEY));
      if (button && !("sends" in this.hint.dataset)) {
        button.type = "button"; // swapped here: only a checklist is sent with its codes swapped
        button.addEventListener("click", () => this.swap());
      }
      if (label && input.value) this.show();
      input.addEventListener("input", (event) => event.isComposing || this.onInput(event.inputType || ""));
      input.addEventListener("compositionend", () => this.onInput(""));
      input.addEventListener("change", () => this.onChange());
    }

    onInput(inputType) {
      this.zero = this.zero || /[0０]/u.test(this.input.value);
      this.regroup(inputType);
      if (!this.symbols) this.zero = false;
      this.show();
      this.hideHint();
      this.hintSoon();
    }

    // Not at once: a button that is being pressed must not move away.
    hintSoon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.help.hintAll(), PAUSE);
    }

    onChange() {
      if (reader.canonical(this.input.value).wrong) {
        const own = reader.read(this.input.value).values[this.kind];
        const bare = pasting.stripped(this.input.value.trim(), ` ,;.:${pasting.QUOTES}`);
        if (own || reader.kindOf(bare)) this.set(own || reader.asCode(bare));
      }
      this.hintSoon();
    }

    // Put what was typed into groups. The caret stays behind the symbol it was behind; hyphens are deleted through.
    regroup(inputType) {
      const { input } = this;
      const caret = input.selectionStart ?? input.value.length;
      let { symbols } = reader.canonical(input.value);
      const { wrong } = reader.canonical(input.value);
      if (wrong) {
        this.symbols = "";
        return;
      }
      let before = reader.canonical(input.value.slice(0, caret)).symbols.length;
      if (inputType.startsWith("deleteContent") && symbols === this.symbols) {
        if (inputType === "deleteContentBackward") before = Math.max(before - 1, 0);
        symbols = symbols.slice(0, before) + symbols.slice(before + 1);
      }
      this.symbols = symbols;
      const text = reader.grouped(symbols, this.size);
      if (text === input.value) return;
      const behindHyphen = before < symbols.length && before % this.size === 0 && !inputType.startsWith("delete");
      const position = before + Math.max(Math.ceil(before / this.size) - 1, 0) + (behindHyphen && before ? 1 : 0);
      input.value = text;
      if (document.activeElement === input) input.setSelectionRange(position, position);
    }

    show() {
      const { wrong, symbols } = reader.canonical(this.input.value);
      const complete = this.lengths.includes(symbols.length);
      const [total] = this.lengths.length === 1 ? this.lengths : [0];
      const parts = [];
      if (wrong) parts.push(say("symbol", { symbol: wrong }));
      else if (symbols) parts.push(say(total ? "count" : "countAlone", { count: symbols.length, total }));
      if (this.zero && !wrong) parts.unshift(say("zero"));
      const text = parts.join(" · ");
      if (text !== this.count.textContent && (complete || wrong || (this.zero && !this.count.textContent.includes(say("zero")))))
        this.help.announce(text);
      this.count.textContent = text;
      this.count.classList.toggle("complete", complete);
      this.count.classList.toggle("wrong", Boolean(wrong) || symbols.length > Math.max(...this.lengths));
    }

    set(text) {
      this.input.value = text;
      this.input.dispatchEvent(new Event("input", { bubbles: true }));
      this.zero = false;
      this.show();
    }

    // The kind of code that the text has the form of, and the field to swap with.
    misplaced() {
      const kind = reader.kindOf(this.input.value);
      if (!kind || kind === this.kind) return null;
      const other = this.help.codeFields.find((field) => field.kind === kind && reader.kindOf(field.input.value) !== kind);
      return { kind, other, length: reader.canonical(this.input.value).symbols.length };
    }

    hideHint() {
      this.hint?.remove();
      this.hint = null;
    }

    showHint() {
      const found = this.misplaced();
      if (!found) {
        this.hideHint();
        return;
      }
      if (this.hint && !this.hint.dataset.shown) return; // the server's, beside the error
      const ten = this.kind === "serial" && found.kind === "release_code";
      const text = ten ? rules.texts.tenCharacters : filled(rules.misplaced[found.kind], { length: found.length });
      const isSecond = found.other?.misplaced()?.other === this && this.help.isBefore(found.other, this);
      const which = found.other && !isSecond && (found.other.input.value.trim() ? "swap" : "move");
      const label = which ? say(which, { field: nameOf(found.other.input) }) : "";
      if (this.hint?.dataset.shown === `${text} ${label}`) return;
      this.hideHint();
      this.hint = made("p", "code-hint", "");
      this.hint.dataset.shown = `${text} ${label}`;
      this.hint.append(made("span", "", text));
      if (label) {
        const button = made("button", "button secondary", label);
        button.type = "button";
        button.setAttribute("aria-keyshortcuts", SWAP_KEY);
        button.append(made("kbd", "", SWAP_KEY));
        button.addEventListener("click", () => this.swap());
        this.hint.append(button);
      }
      this.input.after(this.hint);
      this.help.announce([text, label && `${label}: ${SWAP_KEY}`].filter(Boolean).join(" "));
    }

    swap() {
      const found = this.misplaced();
      if (!found?.other) return;
      const { other } = found;
      const [one, two] = [this.input.value, other.input.value];
      other.set(one);
      this.set(two);
      this.help.hintAll();
      (this.input.value ? other : this).input.focus();
      this.help.announce(say("swapped", { one: nameOf(this.input), other: nameOf(other.input) }));
    }
  }

  class TypingHelp {
    constructor(form) {
      this.form = form;
      this.status = document.querySelector("[data-typing-status]");
      this.notice = document.querySelector("[data-paste-notice]");
      this.before = null; // texts by field, before the last paste
      this.codeFields = [...form.elements].filter((input) => input.dataset.code).map((input) => new CodeField(input, this));
      for (const input of form.elements)
        if (input.matches("input:is([type=text], [type=email], [type=tel]), textarea[name=pasted]"))
          input.addEventListener("paste", (event) => this.onPaste(event, input));
      document.addEventListener("keydown", (event) => this.onKey(event));
    }

    announce(text) {
      this.status.textContent = text;
    }

    isBefore(one, other) {
      return this.codeFields.indexOf(one) < this.codeFields.indexOf(other);
    }

    hintAll() {
      for (const field of this.codeFields) field.showHint();
    }

    onKey(event) {
      if (event.isComposing) return;
      if (event.key === SWAP_KEY && !event.ctrlKey && !event.altKey && !event.metaKey) {
        const fields = this.codeFields.filter((field) => field.misplaced()?.other);
        const field = fields.find((each) => each.input === event.target) || fields[0];
        if (!field) return;
        event.preventDefault();
        const button = field.hint?.querySelector("button");
        if (button) button.click();
        else field.swap();
      } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && this.canUndo()) {
        event.preventDefault();
        this.undo();
      }
    }

    // --- Paste ---------------------------------------------------------------------------------------

    inputOf(name) {
      const input = this.form.elements[rules.fields[name]];
      return input instanceof HTMLInputElement && input.type !== "hidden" ? input : null;
    }

    onPaste(event, input) {
      const text = event.clipboardData?.getData("text/plain") || "";
      const found = reader.read(text);
      const names = Object.keys(found.values).filter((name) => this.inputOf(name));
      const severals = Object.keys(found.several).filter((name) => this.inputOf(name));
      const isBox = input.name === "pasted";
      const isText = !isBox && !input.dataset.code;
      const own = found.values[input.dataset.code];
      const selected = input.selectionEnd - input.selectionStart === input.value.length;
      if (names.length + severals.length > 1 && (!isText || names.some((name) => reader.isCode(name)))) {
        event.preventDefault();
        this.distribute(found, names, severals, false);
      } else if (own && selected) {
        event.preventDefault();
        this.field(input).set(own);
      } else if (isBox || (input.dataset.code && !own && names.length === 1 && !reader.kindOf(text))) {
        if (!names.length) return;
        event.preventDefault();
        this.distribute(found, names, severals, false);
      }
    }

    field(input) {
      return this.codeFields.find((each) => each.input === input);
    }

    put(input, text) {
      const field = this.field(input);
      if (field) field.set(text);
      else {
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }

    isSame(one, other) {
      const [first, second] = [reader.canonical(one), reader.canonical(other)];
      return one.trim() === other || (first.symbols !== "" && first.symbols === second.symbols);
    }

    distribute(found, names, severals, overwrite) {
      const differing = names.filter((name) => !this.isSame(this.inputOf(name).value, found.values[name]));
      const filledIn = differing.filter((name) => overwrite || !this.inputOf(name).value.trim());
      const kept = differing.filter((name) => !filledIn.includes(name));
      if (!overwrite || !this.before) this.before = {};
      for (const name of filledIn) {
        const input = this.inputOf(name);
        if (!(input.name in this.before)) this.before[input.name] = input.value;
        this.put(input, found.values[name]);
      }
      this.after = Object.fromEntries(Object.keys(this.before).map((name) => [name, this.form.elements[name].value]));
      const list = (each) => each.map((name) => nameOf(this.inputOf(name))).join(", ");
      const inText = (name) => say("inTheText", { field: nameOf(this.inputOf(name)), value: found.values[name] });
      const told = [];
      if (filledIn.length) told.push(say(overwrite ? "replaced" : "filledIn", { fields: list(filledIn) }));
      if (kept.length) told.push(say("kept", { fields: kept.map(inText).join(", ") }));
      for (const name of severals)
        told.push(say("several", { field: nameOf(this.inputOf(name)), codes: found.several[name].join(", ") }));
      const more = kept.length ? () => this.distribute(found, kept, [], true) : null;
      this.tell(told.join(" "), Object.keys(this.before).length > 0, more);
      this.hintAll();
    }

    tell(text, undoable, more) {
      const actions = made("div", "actions", "");
      const button = (label, act) => {
        const each = made("button", "button secondary", label);
        each.type = "button";
        each.addEventListener("click", act);
        actions.append(each);
      };
      if (more) button(rules.texts.usePasted, more);
      if (undoable) button(rules.texts.undo, () => this.undo());
      this.notice.replaceChildren(made("p", "", text), actions);
      this.notice.hidden = !text;
      if (text) this.announce(text);
    }

    canUndo() {
      const names = Object.keys(this.before || {});
      return names.length > 0 && names.every((name) => this.form.elements[name].value === this.after[name]);
    }

    undo() {
      const hadFocus = this.notice.contains(document.activeElement);
      const names = Object.keys(this.before);
      for (const name of names) this.put(this.form.elements[name], this.before[name]);
      this.before = null;
      this.tell("", false, null);
      if (hadFocus) this.form.elements[names[0]].focus();
      this.hintAll();
      this.announce(say("undone"));
    }
  }

  if (first) new TypingHelp(first.form);
}

"use strict";
// Taking pasted text apart into fields, as the server does when a form is sent. The tables of labels and of forms of
// values stand in the page; both readers are tested with the same texts.
const pasting = (() => {
  const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
  const BLANK = /[\u00a0\u2007\u202f\u3000]/gu;
  const LINE_START = /^[ \t]*(?:[>•·*|-]+[ \t]+|>+)*[ \t]*/gmu;
  const QUOTES = "\"'„“”‚‘’«»‹›<>()[]*";
  const DASHES = "\u2010-\u2015\u2212\u2043\u2053\ufe58\ufe63\uff0d\\-";
  const BEFORE = "(?<![\\p{L}\\p{N}])";
  const AFTER = "(?![\\p{L}\\p{N}])";
  const SEPARATOR = / *(?:\([^()\n]{0,40}\) *)?(?:[:=\t]|$)/myu;
  const LOOSE_SEPARATOR = / *(?:(?:is|ist|lautet|no\.?|nr\.?|#) *)?[:=.\t]?[ \t]*/iyu;
  const WORDS_BEFORE_COLON = / [^\n:=\t0-9]{1,45}[:=]/yu;
  const OLD = /\b(?:old|previous|former|alte[nrms]?|bisherige[nrms]?)\b/iu;
  const CODE_RUN = new RegExp(`[ \\n]*["'„“”‚‘’«»‹›<>()[\\]*]*([0-9A-Za-z]+(?:[ ._/${DASHES}]+[0-9A-Za-z]+)*)`, "yu");
  const JOINED = new RegExp(`${BEFORE}(?<![${DASHES}])[0-9A-Za-z]+(?:[${DASHES}][0-9A-Za-z]+)*(?![${DASHES}]?[\\p{L}\\p{N}])`, "gu");
  const SPACED = new RegExp(`${BEFORE}[0-9A-Z]{4,5}(?: [0-9A-Z]{1,5}){1,10}${AFTER}`, "gu");
  const POSTCODE_LINE = /^(?:[A-Z]{1,3}[- ])?([0-9]{4,5}) +([^0-9\s].*)$/u;
  const LONGEST_VALUE = 200;
  const MOST_LABELS = 200;
  const MOST_GROUPS = 16;

  const matchAt = (pattern, text, position) => {
    pattern.lastIndex = position;
    return pattern.exec(text);
  };
  const stripped = (text, symbols) => {
    const letters = [...text];
    while (letters.length && symbols.includes(letters[0])) letters.shift();
    while (letters.length && symbols.includes(letters.at(-1))) letters.pop();
    return letters.join("");
  };
  const textOf = (text) => stripped(text.split("\t")[0].trim().split(/\s+/u).join(" "), `,; ${QUOTES}`).slice(0, LONGEST_VALUE);
  const isWritten = (text) => /[0-9]/u.test(text) || text.includes("@") || (/\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text));
  const blanked = (text, start, end) => text.slice(0, start) + text.slice(start, end).replace(/[^\n]/gu, " ") + text.slice(end);
  const sum = (groups) => groups.reduce((length, group) => length + group.length, 0);

  class Reader {
    constructor(rules) {
      this.rules = rules;
      this.label = new RegExp(`${BEFORE}(?:${rules.labels.map(([, pattern]) => `(${pattern})`).join("|")})${AFTER}`, "gimu");
      this.patterns = Object.fromEntries(Object.entries(rules.patterns).map(([name, each]) => [name, new RegExp(each, "yu")]));
    }

    // The canonical symbols of a code, or the first character that no code has.
    canonical(text) {
      let symbols = "";
      for (const typed of text) {
        for (const symbol of typed.normalize("NFKC").toUpperCase()) {
          if (/[\s\p{Pd}\p{Cf}._/∕⁄\u2043\u2053\u2212]/u.test(symbol)) continue;
          if (!/[0-9A-Z]/u.test(symbol)) return { symbols: "", wrong: typed };
          symbols += symbol === "0" ? "O" : symbol;
        }
      }
      return { symbols, wrong: "" };
    }

    kindOf(text) {
      const { length } = this.canonical(text).symbols;
      return Object.keys(this.rules.lengths).find((kind) => this.rules.lengths[kind].includes(length));
    }

    grouped(symbols, size) {
      return (symbols.match(new RegExp(`.{1,${size}}`, "gu")) || []).join("-");
    }

    asCode(text) {
      const kind = this.kindOf(text);
      return this.grouped(this.canonical(text).symbols, this.rules.groups[kind]);
    }

    isCode(name) {
      return name in this.rules.lengths;
    }

    // The values by field, and the codes of one kind that contradict each other.
    read(text) {
      const plain = this.plainText(text);
      const labels = this.labelsIn(plain);
      const found = new Map();
      let rest = plain;
      labels.forEach((label, place) => {
        const end = place + 1 < labels.length ? labels[place + 1].start : plain.length;
        const [values, used] = this.valuesAfter(label, plain.slice(label.valueStart, end));
        for (const [name, value] of Object.entries(values)) found.set(name, [...(found.get(name) || []), value]);
        rest = blanked(rest, label.start, label.valueStart + used);
      });
      const byForm = { ...this.codesByForm(rest) };
      Object.assign(byForm, this.contactByForm(rest, found));
      for (const [name, values] of Object.entries(byForm)) if (!found.has(name)) found.set(name, values);
      return this.settled(found);
    }

    plainText(text) {
      const lines = text.slice(0, this.rules.longest).normalize("NFC").replace(/\r\n?/gu, "\n");
      return lines.replace(INVISIBLE, "").replace(BLANK, " ").replace(LINE_START, "");
    }

    labelsIn(plain) {
      const labels = [];
      let match = matchAt(this.label, plain, 0);
      while (match && labels.length < MOST_LABELS) {
        const [name] = this.rules.labels[match.slice(1).findIndex((group) => group !== undefined)];
        const end = match.index + match[0].length;
        const label = this.labelAt(plain, name, match.index, end);
        if (label) labels.push(label);
        match = matchAt(this.label, plain, label ? label.valueStart : end);
      }
      return labels;
    }

    labelAt(plain, name, start, end) {
      const fieldOf = (between) => (name !== "release_code" && OLD.test(between) ? "-" : name);
      const separator = matchAt(SEPARATOR, plain, end);
      if (separator) {
        const strict = /[:=\t]$/u.test(separator[0]);
        if (strict || !start || plain[start - 1] === "\n")
          return { field: fieldOf(separator[0]), start, valueStart: end + separator[0].length, strict };
      }
      const words = this.isCode(name) && matchAt(WORDS_BEFORE_COLON, plain, end);
      if (words && !matchAt(this.label, words[0], 0))
        return { field: fieldOf(words[0]), start, valueStart: end + words[0].length, strict: true };
      const valueStart = end + matchAt(LOOSE_SEPARATOR, plain, end)[0].length;
      const segment = plain.slice(valueStart, valueStart + LONGEST_VALUE);
      const found = this.isCode(name) || this.patterns[name] ? this.valueAt(name, segment) : null;
      return found && isWritten(segment.slice(0, found[1])) ? { field: name, start, valueStart, strict: false } : null;
    }

    valuesAfter(label, segment) {
      let used = segment.length - segment.trimStart().length;
      used += segment.slice(used).split("\n")[0].length;
      const line = textOf(segment.slice(0, used));
      if (this.isCode(label.field) || this.patterns[label.field]) {
        let found = this.valueAt(label.field, segment);
        const run = !found && label.strict && this.isCode(label.field) && matchAt(CODE_RUN, segment, 0);
        if (run) found = [run[1].split(/\s/u)[0], run[0].length - run[1].length + run[1].split(/\s/u)[0].length];
        return found ? [{ [label.field]: found[0] }, found[1]] : [{}, 0];
      }
      if (label.field === "-" || !line) return [{}, used];
      if (label.field === "address_line1") return this.addressAfter(segment, used);
      if (label.field === "postcode_city") {
        const match = POSTCODE_LINE.exec(line);
        return [match ? { postcode: match[1], city: match[2] } : {}, used];
      }
      return [{ [label.field]: line }, used];
    }

    valueAt(name, segment) {
      if (this.isCode(name)) return this.codeAt(segment, this.rules.lengths[name]);
      let lead = 0;
      while (lead < segment.length && ` \n${QUOTES.replace("(", "")}`.includes(segment[lead])) lead += 1;
      const match = matchAt(this.patterns[name], segment, lead);
      return match ? [match[0].trim(), lead + match[0].length] : null;
    }

    codeAt(segment, lengths) {
      const run = matchAt(CODE_RUN, segment, 0);
      if (!run) return null;
      const offset = run[0].length - run[1].length;
      const all = [...run[1].matchAll(/[0-9A-Za-z]+/gu)].slice(0, MOST_GROUPS);
      const groups = all.map((group) => ({ text: group[0], end: offset + group.index + group[0].length }));
      const between = groups.slice(1).map((group, place) => segment.slice(groups[place].end, group.end - group.text.length));
      const blank = between.length > 0 && !between[0].trim();
      const other = between.findIndex((each) => Boolean(each.trim()) === blank);
      for (const part of [other < 0 ? groups : groups.slice(0, other + 1), groups]) {
        let length = 0;
        const ends = part.map((group) => (length += group.text.length));
        const longest = Math.max(...lengths.filter((each) => ends.includes(each)));
        if (longest > 0) {
          const count = ends.indexOf(longest) + 1;
          return [this.asCode(part.slice(0, count).map((group) => group.text).join("")), part[count - 1].end];
        }
      }
      return null;
    }

    addressAfter(segment, first) {
      let used = first;
      const parts = segment.slice(0, used).split(",").map(textOf).filter(Boolean);
      const following = segment.slice(used + 1).split("\n")[0];
      if (POSTCODE_LINE.test(textOf(following))) {
        parts.push(textOf(following));
        used += 1 + following.length;
      }
      const values = {};
      const others = [];
      for (const part of parts) {
        const match = others.length ? POSTCODE_LINE.exec(part) : null;
        if (match) Object.assign(values, { postcode: match[1], city: match[2] });
        else if (values.city) values.country = part;
        else others.push(part);
      }
      if (others.length) [values.address_line1] = others;
      if (others.length > 1) values.address_line2 = others.slice(1).join(", ");
      return [values, used];
    }

    codesByForm(text) {
      const found = {};
      let rest = text;
      for (const pattern of [JOINED, SPACED]) {
        for (const match of rest.matchAll(pattern)) {
          const groups = match[0].match(/[0-9A-Za-z]+/gu);
          const kind = Object.keys(this.rules.lengths).find((each) => this.rules.lengths[each].includes(sum(groups)));
          if (!kind || !this.looksLikeACode(groups, kind, pattern === JOINED && groups.length > 1)) continue;
          found[kind] = [...(found[kind] || []), this.asCode(groups.join(""))];
          rest = blanked(rest, match.index, match.index + match[0].length);
        }
      }
      return found;
    }

    looksLikeACode(groups, kind, hyphens) {
      const text = groups.join("");
      const size = this.rules.groups[kind];
      const whole = groups.slice(0, -1).every((group) => group.length === size) && groups.at(-1).length <= size;
      if (groups.length > 1 && !whole) return false;
      const [hasDigit, hasLetter, isUpper] = [/[0-9]/u.test(text), /[A-Za-z]/u.test(text), !/[a-z]/u.test(text)];
      return hasLetter && (hyphens ? hasDigit || isUpper : hasDigit && isUpper);
    }

    contactByForm(text, found) {
      const values = {};
      const addresses = new Set(text.match(new RegExp(this.rules.patterns.contact_email, "gu")) || []);
      if (addresses.size === 1) values.contact_email = [...addresses];
      const lines = text.split("\n").map(textOf);
      for (let place = 1; place < lines.length; place += 1) {
        const [above, street, match] = [lines[place - 2] || "", lines[place - 1], POSTCODE_LINE.exec(lines[place])];
        if (!match || found.has("address_line1") || !/[0-9]/u.test(street) || street.length >= 80) continue;
        Object.assign(values, { address_line1: [street], postcode: [match[1]], city: [match[2]] });
        if (above && !found.has("name") && !above.endsWith(".")) values.name = [above];
        break;
      }
      return values;
    }

    settled(found) {
      const values = {};
      const several = {};
      for (const [name, texts] of found) {
        const distinct = [...new Set(texts)];
        if (this.isCode(name) && distinct.length > 1) several[name] = distinct;
        else [values[name]] = distinct;
      }
      if (values.version && !values.server_version) values.server_version = values.version;
      delete values.version;
      return { values, several };
    }
  }

  return { Reader, stripped, QUOTES };
})();

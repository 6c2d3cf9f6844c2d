"use strict";
// The last look-ups of a user, and the pinned ones: in the local storage of this browser, for this user. They go as the
// drafts do (drafts.js): at log-out, and when somebody else logs in. Nothing is sent from here.
{
  const PREFIX = "portal.recent.";
  const LOGGED_OUT = "portal.logged-out"; // written by drafts.js
  const MOST = 20; // beside the pinned ones
  const state = document.getElementById("page-state"); // not there: nobody is logged in
  const user = state ? state.dataset.user : "";
  const key = PREFIX + user;

  const forgetAll = (but = "") => {
    for (const each of Object.keys(localStorage)) if (each.startsWith(PREFIX) && each !== but) localStorage.removeItem(each);
  };
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key)) || [];
    } catch {
      return []; // not ours
    }
  };
  const write = (entries) => {
    try {
      if (entries.length) localStorage.setItem(key, JSON.stringify(entries));
      else localStorage.removeItem(key);
    } catch {
      // full: the look-up still works
    }
    document.dispatchEvent(new Event("recent:changed"));
  };
  const same = (entry, typed) => entry.typed.toLowerCase() === typed.toLowerCase();
  const pinnedFirst = (entries) => [...entries.filter((each) => each.pinned), ...entries.filter((each) => !each.pinned)];

  // An entry: typed, name (of the site that was named or chosen), url (of a site that was chosen), at, pinned.
  const recent = {
    all: () => (user ? pinnedFirst(read()) : []),
    add(typed, { name = "", url = "" } = {}) {
      if (!user || !typed.trim()) return;
      const entries = read();
      const before = entries.find((each) => same(each, typed.trim()));
      const entry = { typed: typed.trim(), name, url, at: Date.now(), pinned: Boolean(before?.pinned) };
      let room = MOST;
      write([entry, ...entries.filter((each) => each !== before)].filter((each) => each.pinned || room-- > 0));
    },
    pin: (typed, pinned) => write(read().map((each) => (same(each, typed) ? { ...each, pinned } : each))),
    remove: (typed) => write(read().filter((each) => !same(each, typed))),
    clear: () => write([]),
    address: (entry, action) => entry.url || `${action}?${new URLSearchParams({ q: entry.typed })}`,
  };
  window.recentLookUps = recent;

  if (user) {
    forgetAll(key);
    const loggedOut = Number(localStorage.getItem(LOGGED_OUT) || 0);
    if (read().some((each) => each.at <= loggedOut)) recent.clear();
  }
  document.addEventListener("drafts:forgotten", () => {
    forgetAll();
    document.dispatchEvent(new Event("recent:changed"));
  });
  addEventListener("storage", (event) => event.key === key && document.dispatchEvent(new Event("recent:changed")));

  // --- On the page of the look-up

  const looked = document.querySelector("[data-looked-up]");
  if (looked) recent.add(looked.dataset.lookedUp, { name: looked.dataset.found });

  const section = document.getElementById("recent");
  if (section) {
    const list = section.querySelector("ul");
    const row = document.getElementById("recent-row");
    const status = section.querySelector("[role=status]");

    const made = (entry) => {
      const item = row.content.cloneNode(true).firstElementChild;
      const [link, name, pin, remove] = ["a", "[data-name]", "[data-pin]", "[data-remove]"].map((each) => item.querySelector(each));
      link.href = recent.address(entry, section.dataset.action);
      link.textContent = entry.typed;
      name.textContent = entry.name;
      pin.setAttribute("aria-pressed", String(entry.pinned));
      pin.textContent = entry.pinned ? pin.dataset.unpin : pin.dataset.pin;
      for (const button of [pin, remove]) button.setAttribute("aria-label", `${button.textContent.trim()}: ${entry.typed}`);
      pin.addEventListener("click", () => {
        recent.pin(entry.typed, !entry.pinned);
        focusOn(entry.typed, "[data-pin]");
      });
      remove.addEventListener("click", () => {
        const next = item.nextElementSibling || item.previousElementSibling;
        recent.remove(entry.typed);
        status.textContent = status.dataset.removed;
        if (next) focusOn(next.querySelector("a").textContent, "[data-remove]");
      });
      return item;
    };
    const focusOn = (typed, part) => {
      const item = [...list.children].find((each) => each.querySelector("a").textContent === typed);
      item?.querySelector(part).focus();
    };
    const show = () => {
      const entries = recent.all();
      section.hidden = !entries.length;
      list.replaceChildren(...entries.map(made));
    };

    section.querySelector("[data-clear]").addEventListener("click", () => {
      recent.clear();
      document.getElementById("id_q")?.focus();
    });
    document.addEventListener("recent:changed", show);
    show();
  }

  // --- A link that can be sent

  const copy = document.querySelector("[data-copy-link]");
  if (copy && navigator.clipboard) {
    const status = document.querySelector("[data-copied]");
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(new URL(copy.dataset.copyLink, location.href).href);
        status.textContent = copy.dataset.done;
      } catch {
        status.textContent = copy.dataset.failed;
      }
    });
  }
}

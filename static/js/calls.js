"use strict";
// The call of this tab, on every page: a strip leads back to it. Other tabs of the same user hear of it, and can take it over.
{
  const STORED = "portal.call";
  const DRAFTS = "portal.draft.";
  const EVERY = 20000; // milliseconds between two looks at the clock
  const NAME_LENGTH = 28;
  const state = document.getElementById("page-state");
  const strip = document.getElementById("call-strip");
  const here = location.pathname + location.search;
  const form = document.querySelector("form[data-call]");
  const isRequest = Boolean(form?.hasAttribute("data-call-request")); // an open request, not a new one

  if (state && strip) {
    const { user } = state.dataset;
    const sent = new Set(state.dataset.sent.split(" "));
    const page = crypto.randomUUID?.() || String(Math.random()); // this page among the open ones
    const channel = "BroadcastChannel" in window ? new BroadcastChannel("portal.calls") : null;
    const others = new Map(); // page → its call

    const own = () => {
      const call = JSON.parse(sessionStorage.getItem(STORED) || "null");
      return call && call.user === user ? call : null;
    };
    const keep = (call) => {
      sessionStorage.setItem(STORED, JSON.stringify(call));
      announce();
    };
    const end = () => {
      const call = own();
      sessionStorage.removeItem(STORED);
      if (call) announce();
    };
    const send = (message) => channel?.postMessage({ ...message, user, page });
    const announce = () => send({ kind: "call", call: own() });

    const typed = (name) => form?.elements[name]?.value?.trim() || "";
    const about = () => ({ serial: typed("serial").toUpperCase(), name: typed("customer_name") || typed("name") });
    const begin = () => {
      const call = own();
      const since = call?.url === here ? call.since : Date.now();
      keep({ user, url: here, since, token: "", ...about() });
    };

    // --- What has become of the call since the last page of this tab

    const follow = () => {
      const call = own();
      if (!call) return sessionStorage.removeItem(STORED);
      const ended = document.querySelector("[data-call-ended]")?.dataset.callEnded;
      const arrived = call.token && sent.has(call.token);
      if (ended === call.url || (arrived && !isRequest)) return end();
      if (arrived) return keep({ ...call, url: here, token: "", ...about() });
      if (call.url === here && !form && !document.querySelector("[data-keeps-call]")) return end(); // closed meanwhile
      return undefined;
    };

    // --- The strip

    const short = (text) =>
      text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH).replace(/\s+\S*$/, "")} …` : text;
    const minutes = (call) => {
      const count = Math.max(0, Math.floor((Date.now() - call.since) / 60000));
      const options = { style: "unit", unit: "minute", unitDisplay: "long" };
      return new Intl.NumberFormat(document.documentElement.lang, options).format(count);
    };
    const row = (call, owner) => {
      const part = document.getElementById(owner ? "call-elsewhere" : "call-here").content.cloneNode(true);
      part.querySelector("[data-who]").textContent = [call.serial, short(call.name)].filter(Boolean).join(", ");
      part.querySelector("[data-minutes]").textContent = minutes(call);
      const link = part.querySelector("a");
      if (link) link.href = call.url;
      const over = part.querySelector("[data-over]");
      if (over) over.addEventListener("click", () => askedTwice(over) && giveUp(call));
      part.querySelector("[data-take]")?.addEventListener("click", () => send({ kind: "take", from: owner }));
      return part;
    };
    const askedTwice = (button) => {
      if (button.textContent.trim() === button.dataset.sure) return true;
      button.textContent = button.dataset.sure;
      return false;
    };
    const giveUp = (call) => {
      for (const key of draftsOf(call)) sessionStorage.removeItem(key);
      end();
      show();
    };
    let shown = "";
    const show = () => {
      const call = own();
      const rows = [];
      if (call && call.url !== here) rows.push([call, ""]);
      for (const [owner, each] of others) if (each.url !== here || !isRequest) rows.push([each, owner]);
      const text = JSON.stringify(rows.map(([each, owner]) => [each.serial, each.name, each.url, owner, minutes(each)]));
      if (text === shown) return; // nothing is read out twice, and no button loses the focus
      shown = text;
      strip.replaceChildren(...rows.map((each) => row(...each)));
      strip.hidden = rows.length === 0;
    };

    // --- Other tabs

    const draftsOf = (call) =>
      Object.keys(sessionStorage).filter((key) => key.startsWith(`${DRAFTS}${user}:${call.url}#`));
    const handOver = (to) => {
      const call = own();
      if (!call) return;
      const drafts = draftsOf(call).map((key) => [key, sessionStorage.getItem(key)]);
      send({ kind: "handed-over", to, call, drafts });
    };
    const takeOver = ({ call, drafts, page: from }) => {
      for (const [key, draft] of drafts) sessionStorage.setItem(key, draft);
      sessionStorage.setItem(STORED, JSON.stringify(call));
      send({ kind: "taken", from });
      location.assign(call.url);
    };
    const letGo = () => {
      const call = own();
      if (!call) return;
      for (const key of draftsOf(call)) sessionStorage.removeItem(key);
      end();
      if (call.url === here) location.assign(strip.dataset.desk);
    };
    const kinds = {
      ask: announce,
      call: (message) => (message.call ? others.set(message.page, message.call) : others.delete(message.page)),
      gone: (message) => others.delete(message.page),
      take: (message) => message.from === page && handOver(message.page),
      "handed-over": (message) => message.to === page && takeOver(message),
      taken: (message) => message.from === page && letGo(),
    };
    channel?.addEventListener("message", ({ data }) => {
      if (data.user !== user) return;
      kinds[data.kind]?.(data);
      show();
    });

    // The tab of a call is found by its title.
    const MARK = "☎ ";
    const mark = () => {
      const title = document.title.replaceAll(MARK, "");
      document.title = document.hidden && own() ? MARK + title : title;
    };

    document.addEventListener("drafts:kept", (event) => event.detail === form && begin());
    document.addEventListener("drafts:dropped", (event) => {
      if (event.detail === form && !isRequest && own()?.url === here) end();
    });
    document.addEventListener("drafts:forgotten", end);
    addEventListener("submit", (event) => {
      const call = own();
      const token = event.target.elements.form_token?.value;
      if (call && token && call.url === here) keep({ ...call, token });
    });
    addEventListener("pagehide", () => send({ kind: "gone" }));
    document.addEventListener("visibilitychange", () => {
      mark();
      if (document.hidden) return;
      others.clear(); // a tab that was closed does not answer
      send({ kind: "ask" });
      show();
    });

    const look = () => {
      follow();
      show();
      announce();
      send({ kind: "ask" });
    };
    look();
    addEventListener("pageshow", (event) => event.persisted && look()); // back from the browser's own memory
    setInterval(show, EVERY);
  }
}

"use strict";
// Pages that follow by themselves: asked for every three seconds, not in hidden tabs. Nothing moves while somebody types.
{
  const EVERY = 3000; // milliseconds
  const LONGEST = 30000; // between two tries while the server does not answer
  const AFTER_MOVE = "portal.followed";

  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.tagName !== "BUTTON" && field.tagName !== "SELECT" && field.value !== field.defaultValue;
  // A form that was refused holds typed text as well, as the values that it came with.
  const refused = document.querySelector(".errorlist") !== null;
  const typing = () => refused || [...document.querySelectorAll("input, textarea")].some(changed);

  const announce = (text) => {
    for (const place of document.querySelectorAll("[data-announcement]")) place.textContent = text;
  };
  // After a page was loaded again by itself, its headline is read out.
  if (sessionStorage.getItem(AFTER_MOVE) === location.pathname) {
    const headline = document.querySelector(".band h2");
    if (headline) setTimeout(announce, 500, headline.textContent.trim());
  }
  sessionStorage.removeItem(AFTER_MOVE);

  const title = document.title;
  const showCount = (count) => (document.title = count > 0 ? `(${count}) ${title}` : title);

  const follow = (place) => {
    const part = place.querySelector("[data-part]");
    const notice = place.querySelector("[data-notice]");
    const own = notice && notice.querySelector("a").href;
    let version = `"${place.dataset.version}"`;
    let news = null; // what the server answered and the page does not show yet
    let pause = EVERY;
    let timer = 0;

    const move = (answer) => {
      const address = new URL(answer.go || own, location);
      sessionStorage.setItem(AFTER_MOVE, address.pathname);
      if (answer.go) location.assign(address);
      else location.replace(address); // not reload(): after a POST that would send the form once more
    };
    const show = () => {
      if (!news) return;
      if (part) {
        if (typing() || part.contains(document.activeElement)) return;
        part.innerHTML = news.html;
        news = null;
      } else if (typing()) {
        if (news.go) notice.querySelector("a").href = news.go;
        notice.hidden = false;
      } else move(news);
    };
    const take = (answer) => {
      news = answer;
      if ("count" in answer) showCount(answer.count);
      announce(answer.announce);
    };
    const ask = async () => {
      try {
        const response = await fetch(place.dataset.follow, { headers: { "If-None-Match": version }, cache: "no-store" });
        if (response.redirected || response.status === 403) return stop(); // logged out meanwhile
        if (response.status !== 304) {
          if (!response.ok) throw new Error(response.statusText);
          version = response.headers.get("ETag") || version;
          take(await response.json());
        }
        pause = EVERY;
      } catch {
        pause = Math.min(2 * pause, LONGEST);
      }
      show();
      return next();
    };
    const next = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(ask, pause);
    };
    const stop = () => {
      clearTimeout(timer);
      for (const link of document.querySelectorAll("[data-reload]")) link.hidden = false;
      for (const text of document.querySelectorAll("[data-follows]")) text.hidden = true;
    };
    for (const link of document.querySelectorAll("[data-reload]")) link.hidden = true;
    for (const text of document.querySelectorAll("[data-follows]")) text.hidden = false;
    if ("count" in place.dataset) showCount(Number(place.dataset.count));
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
    addEventListener("pagehide", () => clearTimeout(timer));
    addEventListener("pageshow", next);
    next();
  };
  document.querySelectorAll("[data-follow]").forEach(follow);
}

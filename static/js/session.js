"use strict";
// The end of the session, announced five minutes before. Another tab may have been active: the server is asked first.
{
  const WARNED = 300; // seconds before the end
  const LONGEST = 2 ** 31 - 1; // milliseconds that a timer counts
  const state = document.getElementById("page-state");
  const box = document.getElementById("session-end");
  if (state && box) {
    const form = box.querySelector("form");
    const words = box.querySelector("[data-words]");
    const again = box.querySelector("[data-again]");
    let endsAt = Date.now() + 1000 * Number(state.dataset.seconds);
    let timer = 0;

    const left = () => Math.round((endsAt - Date.now()) / 1000);
    const say = (text) => {
      box.hidden = false;
      if (words.textContent !== text) words.textContent = text;
    };
    const clock = () => new Date(endsAt).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short", hourCycle: "h23" });

    const follow = ({ seconds, extensible }) => {
      endsAt = Date.now() + 1000 * seconds;
      if (seconds > WARNED) box.hidden = true;
      else {
        say((extensible ? box.dataset.ends : box.dataset.endsForGood).replace("{at}", clock()));
        form.hidden = !extensible;
        again.hidden = true;
      }
      wait();
    };
    const over = () => {
      say(box.dataset.over);
      form.hidden = true;
      again.href = `${again.dataset.login}?${new URLSearchParams({ next: location.pathname + location.search })}`;
      again.hidden = false;
    };
    const ask = async (options = {}) => {
      try {
        const response = await fetch(options.method ? form.action : box.dataset.time, {
          headers: { Accept: "application/json" },
          redirect: "manual",
          ...options,
        });
        if (response.ok) follow(await response.json());
        else over(); // a redirect: the login page
      } catch {
        timer = setTimeout(ask, 10000); // no connection: the end comes all the same
      }
    };
    const wait = () => {
      clearTimeout(timer);
      const seconds = left() > WARNED ? left() - WARNED : left();
      timer = setTimeout(ask, Math.min(Math.max(1000 * seconds + 1000, 1000), LONGEST));
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask({ method: "POST", body: new FormData(form) });
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && left() <= WARNED) ask(); // the computer may have slept
    });
    if (left() > WARNED) wait();
    else ask();
  }
}

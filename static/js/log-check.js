"use strict";
// While the log is verified, how far that is is asked for every three seconds, and not in hidden tabs.
{
  const EVERY = 3000;
  const part = document.querySelector("[data-log-check]");

  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(part.dataset.logCheck, { redirect: "error" });
        if (!answer.ok) return;
        const { html, running } = await answer.json();
        const fresh = document.createElement("template");
        fresh.innerHTML = html;
        if (fresh.innerHTML.trim() !== part.innerHTML.trim()) part.replaceChildren(fresh.content); // else nothing is announced
        if (!running) return;
      } catch {
        // Not reached this time.
      }
    }
    setTimeout(ask, EVERY);
  };
  if (part) setTimeout(ask, EVERY);
}

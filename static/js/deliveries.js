"use strict";
// While an e-mail waits, its state is asked for every three seconds, for two minutes and not in hidden tabs.
{
  const EVERY = 3000;
  const list = document.querySelector("[data-deliveries]");
  let left = 40;

  const ask = async () => {
    if (!list.querySelector("[data-waiting]") || left === 0) return;
    if (!document.hidden && !list.contains(document.activeElement)) {
      left -= 1;
      try {
        const answer = await fetch(list.dataset.deliveries, { redirect: "error" });
        if (!answer.ok) return;
        const fresh = document.createElement("template");
        fresh.innerHTML = await answer.text();
        if (fresh.innerHTML.trim() !== list.innerHTML.trim()) list.replaceChildren(fresh.content); // else nothing is announced
      } catch {
        // Not reached this time.
      }
    }
    setTimeout(ask, EVERY);
  };
  if (list) setTimeout(ask, EVERY);
}

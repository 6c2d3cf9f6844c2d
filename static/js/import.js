"use strict";
// The upload: a file may be dropped, what was chosen is said, and how far it is sent is shown.
{
  const form = document.querySelector("[data-upload]");
  if (form) {
    const zone = form.querySelector("[data-dropzone]");
    const input = form.querySelector("input[type=file]");
    const chosen = form.querySelector("[data-chosen]");
    const sending = form.querySelector("[data-sending]");
    const button = form.querySelector("button[type=submit]");
    const limit = Number(form.dataset.limit);

    const say = (text, wrong = false) => {
      chosen.textContent = text;
      chosen.classList.toggle("wrong", wrong);
    };
    const tooLarge = () => input.files.length > 0 && input.files[0].size > limit;
    const shownSize = (bytes) => {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
      const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
      const options = { style: "unit", unit: units[power], maximumFractionDigits: power ? 1 : 0 };
      return new Intl.NumberFormat(document.documentElement.lang, options).format(bytes / 1024 ** power);
    };
    const describe = () => {
      if (tooLarge()) say(form.dataset.tooLarge, true);
      else if (input.files.length) say(`${input.files[0].name}, ${shownSize(input.files[0].size)}`);
      else say("");
    };
    input.addEventListener("change", describe);

    form.querySelector("[data-drop-hint]").hidden = false;
    const over = (on) => zone.classList.toggle("over", on);
    for (const kind of ["dragenter", "dragover"])
      zone.addEventListener(kind, (event) => {
        event.preventDefault();
        over(true);
      });
    zone.addEventListener("dragleave", (event) => over(zone.contains(event.relatedTarget)));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const { files } = event.dataTransfer;
      if (files.length > 1) return say(form.dataset.one, true);
      if (!files.length) return undefined;
      input.files = files;
      describe();
      return button.focus();
    });

    const ready = (on) => {
      button.disabled = !on;
      sending.hidden = on;
    };
    addEventListener("pageshow", () => ready(true));

    form.addEventListener("submit", (event) => {
      if (!input.files.length) return; // the page that comes back says so
      event.preventDefault();
      if (tooLarge()) return;
      const bar = sending.querySelector("progress");
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (sent) => {
        if (sent.lengthComputable && sent.loaded < sent.total) bar.value = sent.loaded / sent.total;
        else bar.removeAttribute("value");
      });
      request.addEventListener("load", () => {
        if (request.responseURL && request.responseURL !== form.action) location.assign(request.responseURL);
        else form.submit(); // refused: sent once more, in the plain way, for the page that says why
      });
      request.addEventListener("error", () => {
        ready(true);
        say(form.dataset.broken, true);
      });
      request.send(new FormData(form));
      ready(false);
    });
  }
}

// The progress: asked for again and again, and the page opened anew when a person is to decide or it is done.
{
  const EVERY = 1000; // milliseconds
  const LONGEST = 15000; // between two tries, and until an answer is given up
  const section = document.querySelector("[data-progress]");
  if (section) {
    const part = section.querySelector("[data-part]");
    const announcement = section.querySelector("[data-announcement]");
    const lost = section.querySelector("[data-lost-shown]");
    let pause = EVERY;
    let timer = 0;
    let current = null;

    const show = (answer) => {
      if (!answer.at_work) return location.reload();
      if (part.innerHTML !== answer.html) part.innerHTML = answer.html;
      if (announcement.textContent !== answer.announcement) announcement.textContent = answer.announcement;
      return undefined;
    };
    const ask = async () => {
      current = new AbortController();
      const giveUp = setTimeout(() => current.abort(), LONGEST);
      try {
        const response = await fetch(section.dataset.progress, { signal: current.signal });
        if (response.redirected) return location.reload(); // logged out meanwhile
        if (!response.ok) throw new Error(response.statusText);
        show(await response.json());
        pause = EVERY;
        lost.hidden = true;
      } catch {
        pause = Math.min(2 * pause, LONGEST);
        if (lost.hidden && pause > 4 * EVERY) {
          lost.textContent = section.dataset.lost;
          lost.hidden = false;
        }
      } finally {
        clearTimeout(giveUp);
      }
      return next();
    };
    const next = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(ask, pause);
    };
    const stop = () => {
      clearTimeout(timer);
      if (current) current.abort();
    };

    const start = () => {
      pause = EVERY;
      next();
    };
    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
    addEventListener("pagehide", stop);
    addEventListener("pageshow", start);
  }
}

// Keys of the queue: each presses the button that names it. They can be switched off, and never act while somebody types.
"use strict";
(function () {
  const OFF = "zuruf-keys-off";
  const queue = document.getElementById("queue");
  const toggle = document.getElementById("keys");
  let leaving = true;

  function on() {
    return localStorage.getItem(OFF) !== "1";
  }

  function show() {
    toggle.setAttribute("aria-pressed", String(on()));
    document.documentElement.classList.toggle("keys-off", !on());
  }

  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    localStorage.setItem(OFF, on() ? "1" : "0");
    show();
  });
  show();

  function typing(target) {
    return target.closest("textarea, select, input:not([type=checkbox], [type=radio])") !== null;
  }

  function open(summary) {
    const details = summary.parentElement;
    const was = details.open;
    for (const each of document.querySelectorAll(".panels details")) each.open = false;
    details.open = !was;
    if (details.open) {
      const first = details.querySelector("select, input:not([type=hidden]), form button");
      (first || summary).focus();
    } else {
      summary.focus();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Escape") {
      for (const each of document.querySelectorAll(".panels details")) each.open = false;
      document.getElementById("asked")?.focus();
      return;
    }
    if (!on() || (typing(event.target) && !(event.target.tagName === "SELECT" && /^[0-9]$/.test(event.key)))) return;
    const wanted = [...document.querySelectorAll("[data-key]")].filter((each) => each.dataset.key === event.key.toLowerCase());
    const target = wanted.find((each) => each.checkVisibility());
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "SUMMARY") open(target);
    else target.click();
  });

  // The second half of a double click would decide about the text that has just come.
  const SETTLES = 350; // milliseconds
  let came = -SETTLES;
  document.body.addEventListener("htmx:afterSwap", () => {
    came = performance.now();
    document.getElementById("asked")?.focus();
  });
  queue.addEventListener("click", (event) => {
    if (event.detail === 0 || performance.now() - came > SETTLES) return; // a key has no such halves
    event.preventDefault();
    event.stopPropagation();
  }, true);

  // Whoever goes leaves their texts to the others; whoever sends a form of the queue stays.
  document.addEventListener("submit", () => { leaving = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.pathname.endsWith("/queue")) leaving = false;
  });
  window.addEventListener("pagehide", () => {
    if (!leaving) return;
    navigator.sendBeacon(queue.dataset.leave, new URLSearchParams({ token: queue.dataset.token }));
  });
  window.addEventListener("pageshow", () => { leaving = true; });
  document.body.addEventListener("htmx:afterRequest", () => { leaving = true; });
})();

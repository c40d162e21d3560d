// Lets htmx parse fragments that this server sent, and nothing else become markup; scripts and addresses of scripts never.
// Then what every page has: nobody sends a form twice, or is logged out in the middle of a sentence, or waits in vain.
"use strict";
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (text) => text });
}
(function () {
  const AGAIN = 2000; // milliseconds in which a second press of a button is a mistake
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // htmx sends it, or another script has a reason not to
    const now = Date.now();
    if (now - (sent.get(event.target) || 0) < AGAIN) event.preventDefault();
    else sent.set(event.target, now);
  });
  document.addEventListener("change", (event) => sent.delete(event.target.form)); // who chose anew means it

  const leaving = document.getElementById("leaving");
  if (!leaving) return;
  const AHEAD = 180000; // as the words say
  const OFTEN = 300000;
  const idle = Number(leaving.dataset.seconds) * 1000;
  let heard = 0;
  let warning;

  function here() {
    heard = Date.now();
    leaving.hidden = true;
    clearTimeout(warning);
    warning = setTimeout(() => { leaving.hidden = false; }, idle - AHEAD);
  }

  function stay() {
    heard = Date.now(); // one question for a word, not one a letter
    fetch("/here", { redirect: "error" }).then((answer) => { if (answer.ok) here(); }, () => {});
  }

  document.addEventListener("input", () => { if (Date.now() - heard > OFTEN) stay(); });
  leaving.querySelector("button").addEventListener("click", stay);
  here();

  const failed = document.getElementById("failed");
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => { failed.hidden = false; });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    failed.hidden = true;
    if (event.detail.requestConfig.verb !== "get") here(); // what is fetched is fetched by the page itself
  });
})();

// Keeps the newest message of the preview in sight, and says it aloud to whoever listens.
"use strict";
const newest = (say) => {
  const talk = document.querySelector("#preview .talk");
  if (!talk) return;
  const shown = talk.querySelectorAll(".theirs");
  const last = shown[shown.length - 1];
  talk.scrollTop = last ? Math.min(talk.scrollHeight, last.offsetTop - talk.offsetTop - 8) : 0;
  if (talk.scrollTop + talk.clientHeight < talk.scrollHeight && last && last.offsetHeight < talk.clientHeight) {
    talk.scrollTop = talk.scrollHeight;
  }
  if (say && last) document.getElementById("heard").textContent = last.querySelector(".words").textContent.trim();
};
newest(false);
document.body.addEventListener("htmx:afterSettle", () => newest(true));

// Says at once that a file is too large, before it travels. The server says the same without this script.
"use strict";
for (const form of document.querySelectorAll("form[data-most]")) {
  const most = Number(form.dataset.most);
  const file = form.querySelector('input[name="form"]');
  const words = form.querySelector("[data-too-large]");
  const look = () => {
    const large = Boolean(file.files[0]) && file.files[0].size > most;
    words.hidden = !large;
    return large;
  };
  file.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    if (look()) {
      event.preventDefault();
      file.focus();
    }
  });
}

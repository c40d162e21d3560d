// The colour as it is written, and a field to pick it from beside: each shows what the other has. Only writing needs no script.
"use strict";
(function () {
  const written = document.getElementById("accent");
  const picker = document.getElementById("picker");
  document.getElementById("picking").hidden = false;
  picker.addEventListener("input", () => { written.value = picker.value; });
  written.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(written.value.trim())) picker.value = written.value.trim().toLowerCase();
  });
})();

// The chat page: brings the line, the memory and the view together.

import { byId, fill } from "./dom.js";
import { Memory } from "./memory.js";
import { View } from "./view.js";
import { Wire, newId } from "./wire.js";

const TEXT_LIMIT = 10000; // characters, as the server's
const TYPING_FOR = 10000; // ms
const LEAVE_LIMIT = 5000; // ms for the server to hear of it

const settings = byId("settings").dataset;
/** @type {Record<string, string>} */
const words = JSON.parse(settings.words ?? "{}");
const code = settings.code ?? "";
const returning = settings.returning === "yes";

const log = byId("log");
const composer = /** @type {HTMLFormElement} */ (byId("composer"));
const field = /** @type {HTMLTextAreaElement} */ (byId("words"));
const wrong = byId("words-wrong");
const progress = byId("progress");
const connection = byId("connection");
const leave = /** @type {HTMLButtonElement} */ (byId("leave"));
const typing = byId("typing");
/** @type {HTMLDialogElement} */
const leaving = byId("leaving");

const memory = new Memory(returning ? "/return" : code);

/** @param {string} text @param {string} shown */
function say(text, shown) {
  const id = newId();
  view.own(id, shown);
  wire.say({ t: "said", id, text });
}

const acts = {
  say,
  hasMap: settings.map === "yes",
  /** @param {import("./memory.js").BotEntry} entry @param {import("./memory.js").Button} button */
  press(entry, button) {
    wire.say({ t: "pressed", id: newId(), action: button.action, ref: entry.ref });
  },
  /** @param {number} latitude @param {number} longitude @param {number} accuracy @param {string} shown */
  place(latitude, longitude, accuracy, shown) {
    const id = newId();
    view.own(id, shown);
    wire.say({ t: "placed", id, latitude, longitude, accuracy });
  },
  /** @param {Blob} blob @param {string} shown */
  upload(blob, shown) {
    const id = newId();
    view.own(id, shown);
    wire.say({ t: "upload", id }, blob);
  },
  toWords() {
    field.focus({ preventScroll: true });
  },
};

const view = new View(log, memory, words, acts);
const wire = new Wire(memory, settings.lang ?? "", {
  message(frame) {
    typing.hidden = true;
    if (frame.t === "post") view.post(frame.ref, frame.part);
    else view.replace(frame.ref, frame.part);
    showProgress();
    showExpected();
  },
  lost() {
    if (memory.entries.length > 0) {
      // First of all, so that what stands is known before what still waits is answered.
      if (!memory.pending.some((act) => act.t === "reopened")) memory.pending.unshift({ t: "reopened", id: newId() });
    } else if (!returning && !memory.pending.some((act) => act.t === "started")) {
      memory.pending.unshift({ t: "started", id: newId(), code });
    }
    memory.save();
  },
  state: showState,
  settled(id, refused) {
    view.showPending();
    if (refused) view.refused(id, words[`refused_${refused}`] ?? words.refused);
  },
  typing() {
    typing.hidden = false;
    setTimeout(() => { typing.hidden = true; }, TYPING_FOR);
  },
});

/** @param {import("./wire.js").State} state */
function showState(state) {
  const text = {
    connecting: "",
    open: "",
    lost: memory.pending.length > 0 ? words.lost_pending : words.lost,
    stuck: words.stuck,
  }[state];
  if (connection.textContent !== text) connection.textContent = text;
  document.body.dataset.state = state;
  view.showPending();
}

function showProgress() {
  const last = memory.entries.findLast((entry) => entry.by === "bot" && entry.part.progress);
  if (last?.by !== "bot" || !last.part.progress) return;
  const [current, total] = last.part.progress;
  progress.hidden = false;
  progress.setAttribute("aria-valuemax", String(total));
  progress.setAttribute("aria-valuenow", String(current));
  progress.setAttribute("aria-valuetext", fill(words.progress, { current: String(current), total: String(total) }));
  /** @type {HTMLElement} */ (progress.firstElementChild).style.inlineSize = `${(100 * Math.min(current, total)) / total}%`;
}

/** The keyboard that fits what is asked. */
function showExpected() {
  field.inputMode = view.standing()?.part.expects === "number" ? "decimal" : "text";
}

function grow() {
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight + 4, 192)}px`;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  wrong.textContent = text.length > TEXT_LIMIT ? fill(words.too_long, { most: TEXT_LIMIT.toLocaleString(settings.lang?.split("-")[0]) }) : "";
  if (!text || text.length > TEXT_LIMIT) return field.focus();
  field.value = "";
  grow();
  say(text, text);
});

field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  const touch = matchMedia("(pointer: coarse)").matches && view.standing()?.part.expects === "text";
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !touch) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

leave.addEventListener("click", () => leaving.showModal());
leaving.addEventListener("close", async () => {
  if (leaving.returnValue !== "leave") return;
  wire.end();
  memory.forget();
  log.replaceChildren();
  for (const one of [composer, leave, progress, connection, log, typing]) one.hidden = true;
  document.getElementById("return")?.remove();
  byId("end").hidden = false;
  byId("end").querySelector("a")?.focus();
  const body = JSON.stringify({ t: "left", id: newId() });
  await fetch("/chat/send", { method: "POST", body, keepalive: true, signal: AbortSignal.timeout(LEAVE_LIMIT) }).catch(() => undefined);
});

function begin() {
  composer.hidden = false;
  leave.hidden = false;
  view.restore();
  showProgress();
  showExpected();
  wire.run();
}

/** The field for a return code: the chat begins with it. */
function askForCode() {
  const form = /** @type {HTMLFormElement} */ (byId("return"));
  const input = /** @type {HTMLInputElement} */ (byId("code"));
  form.hidden = false;
  form.noValidate = true;
  input.focus();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const digits = input.value.replace(/\D/g, "");
    byId("code-wrong").textContent = digits.length === 16 ? "" : words.code_wrong;
    input.setAttribute("aria-invalid", String(digits.length !== 16));
    if (digits.length !== 16) return input.focus();
    form.remove();
    memory.pending.push({ t: "code", id: newId(), code: digits });
    begin();
  });
}

if (returning && memory.entries.length === 0) askForCode();
else begin();

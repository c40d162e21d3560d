// The right input beside the text field: a calendar for a date, the position, districts, a photo, a voice message.
// Each is one labelled group of native controls. Words work as well, always.

import { button, element, fill } from "./dom.js";
import { drawDistricts } from "./map.js";
import { readyPhoto } from "./photo.js";
import { recorder } from "./voice.js";

/**
 * @typedef {{say: (text: string, shown: string) => void,
 *            place: (latitude: number, longitude: number, accuracy: number, shown: string) => void,
 *            upload: (blob: Blob, shown: string) => void, toWords: () => void, hasMap: boolean}} Acts
 * @typedef {Acts & {named: (name: string) => boolean}} QuestionActs `named` taps the option of that name, if there is one
 * @typedef {import("./memory.js").Part} Part
 * @typedef {Record<string, string>} Words
 */

const POSITION_LIMIT = 20000; // ms
export const FILE_LIMIT = 20 * 1024 * 1024; // bytes, as the server's

/** @param {Part} part @param {Words} words @param {QuestionActs} acts @returns {HTMLElement | null} */
export function toolFor(part, words, acts) {
  switch (part.expects) {
    case "date": return picker("date", part, words, acts);
    case "time": return picker("time", part, words, acts);
    case "datetime": return picker("datetime-local", part, words, acts);
    case "place": return placeTool(part, words, acts);
    case "photo": return fileTool(words.choose_photo, "image/*", words, acts);
    case "voice": return voiceTool(words, acts);
    case "file": return fileTool(words.choose_file, "", words, acts);
    default: return null;
  }
}

let count = 0;
/** @param {string} kind */
const freshId = (kind) => `${kind}-${(count += 1)}`;

/** @param {string} type @param {Part} part @param {Words} words @param {QuestionActs} acts */
function picker(type, part, words, acts) {
  const id = freshId("pick");
  const input = element("input", { type, id });
  const send = button(words.take_this, "choice", () => {
    if (!input.value) return input.focus();
    acts.say(input.value.replace("T", " "), spoken(type, input.value, part.lang));
  });
  return element("div", { class: "tool" },
    element("label", { for: id }, type === "time" ? words.pick_time : words.pick_date), input, send);
}

/** The value as people of the language write it. @param {string} type @param {string} value @param {string} lang */
function spoken(type, value, lang) {
  const moment = new Date(type === "date" ? `${value}T12:00` : type === "time" ? `2000-01-01T${value}` : value);
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { day: "numeric", month: "long", year: "numeric" };
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { hour: "2-digit", minute: "2-digit" };
  const options = type === "date" ? day : type === "time" ? clock : { ...day, ...clock };
  return new Intl.DateTimeFormat(lang.split("-")[0], options).format(moment);
}

/** @param {Part} part @param {Words} words @param {QuestionActs} acts */
function placeTool(part, words, acts) {
  const says = element("p", { class: "hint", role: "status" });
  const tool = element("div", { class: "tool" });
  const here = button(words.my_position, "choice", () => {
    says.textContent = words.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        says.textContent = "";
        acts.place(coords.latitude, coords.longitude, coords.accuracy, words.sent_position);
      },
      () => { says.textContent = words.no_position; },
      { timeout: POSITION_LIMIT, maximumAge: 60000 },
    );
  });
  if ("geolocation" in navigator) tool.append(here);
  const map = element("div", { class: "map", hidden: true });
  const open = button(words.show_map, "choice", () => {
    map.hidden = !map.hidden;
    open.setAttribute("aria-expanded", String(!map.hidden));
  });
  open.setAttribute("aria-expanded", "false");
  const listed = (part.buttons ?? []).flat().some((one) => !one.secondary);
  tool.append(says);
  if (acts.hasMap) {
    drawDistricts(map, words, listed, acts).then((found) => {
      if (found) says.before(open);
      if (found) tool.append(map);
    });
  }
  return tool;
}

/** @param {string} label @param {string} accept @param {Words} words @param {QuestionActs} acts */
function fileTool(label, accept, words, acts) {
  const id = freshId("file");
  const input = element("input", { type: "file", id, class: "said-by", accept });
  const choose = element("div", { class: "tool" });
  const start = button(label, "choice", () => input.click());
  const says = element("p", { class: "hint", role: "status" });
  const ask = () => choose.replaceChildren(start, says);
  input.tabIndex = -1;
  input.setAttribute("aria-label", label);
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    says.textContent = words.preparing;
    const ready = accept === "image/*" ? await readyPhoto(file) : file;
    says.textContent = "";
    if (ready.size > FILE_LIMIT) {
      says.textContent = words.too_large;
      return;
    }
    choose.replaceChildren(...preview(ready, file.name, words, () => acts.upload(ready, accept === "image/*" ? words.sent_photo : words.sent_file), ask));
    /** @type {HTMLElement | null} */ (choose.querySelector("button"))?.focus();
  });
  ask();
  return element("div", {}, choose, input);
}

/** @param {Blob} blob @param {string} name @param {Words} words @param {() => void} send @param {() => void} discard */
function preview(blob, name, words, send, discard) {
  const url = URL.createObjectURL(blob);
  /** @type {Node[]} */
  const made = [];
  if (blob.type.startsWith("image/")) made.push(element("img", { src: url, alt: words.your_photo, class: "preview" }));
  else if (blob.type.startsWith("audio/")) made.push(element("audio", { src: url, controls: true, "aria-label": words.your_voice }));
  else made.push(element("p", {}, name));
  made.push(button(words.send_this, "choice done", () => { URL.revokeObjectURL(url); discard(); send(); }));
  made.push(button(words.discard, "quiet", () => { URL.revokeObjectURL(url); discard(); }));
  return made;
}

/** @param {Words} words @param {QuestionActs} acts */
function voiceTool(words, acts) {
  const files = fileTool(words.choose_sound, "audio/*", words, acts);
  if (!("mediaDevices" in navigator) || !("MediaRecorder" in window)) return files;
  const says = element("p", { class: "hint", role: "status" });
  const tool = element("div", { class: "tool" });
  const record = recorder(
    (seconds) => { stop.textContent = fill(words.stop_recording, { time: clock(seconds) }); },
    (blob) => {
      if (blob.size > FILE_LIMIT) return ask(words.too_large);
      tool.replaceChildren(...preview(blob, "", words, () => acts.upload(blob, words.sent_voice), () => ask("")));
      /** @type {HTMLElement | null} */ (tool.querySelector("button"))?.focus();
    },
  );
  const stop = button(fill(words.stop_recording, { time: clock(0) }), "choice recording", () => record.stop());
  const start = button(words.record, "choice", async () => {
    if (await record.start()) {
      tool.replaceChildren(stop, says);
      says.textContent = words.recording;
      stop.focus();
    } else {
      says.textContent = words.no_microphone;
    }
  });
  /** @param {string} text */
  const ask = (text) => {
    says.textContent = text;
    tool.replaceChildren(start, says);
  };
  ask("");
  return element("div", { class: "choices" }, tool, files);
}

/** @param {number} seconds */
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

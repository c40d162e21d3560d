// How the conversation looks: messages in a log, the choices under the question that stands, own answers.
// Not here: the line (wire.js), the special inputs (tools.js).

import { button, element, fill } from "./dom.js";
import { toolFor } from "./tools.js";

/** @typedef {import("./memory.js").Part} Part */
/** @typedef {import("./memory.js").Button} Button */
/** @typedef {import("./memory.js").BotEntry} BotEntry */
/** @typedef {import("./memory.js").OwnEntry} OwnEntry */
/** @typedef {Record<string, string>} Words */

const BUSY = 3000; // ms until a toggle may be tapped again if no answer comes
const QUESTIONS = new Set(["question", "refusal", "review"]);
const FIGURE = 4; // characters of a label that is a mere number
const LIST = 7; // options that stand one under the other
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** How options stand: numbers side by side, a few one under the other, many in columns. @param {Button[]} options */
function shape(options) {
  if (options.every((one) => one.label.length <= FIGURE)) return "figures";
  return options.length <= LIST ? "list" : "grid";
}

const BULLET = "• "; // what lists in news begin with

/**
 * News with their formatting, as elements: a line of a list is a block, so that its second line stands under its first.
 * @param {string} text @param {import("./memory.js").Span[]} spans
 */
function formatted(text, spans) {
  /** @type {(Node | string)[]} */
  const shown = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const from = at;
    const to = at + line.length;
    const inside = spans.filter(({ start, end }) => start >= from && end <= to);
    const pieces = inLine(text, from, to, inside);
    if (line.startsWith(BULLET)) shown.push(element("span", { class: "item" }, ...pieces));
    else shown.push(...pieces, to < text.length ? "\n" : "");
    at = to + 1;
  }
  return shown;
}

/** @param {string} text @param {number} from @param {number} to @param {import("./memory.js").Span[]} spans */
function inLine(text, from, to, spans) {
  /** @type {(Node | string)[]} */
  const pieces = [];
  let at = from;
  for (const { start, end, style, href } of spans) {
    pieces.push(text.slice(at, start), shownAs(text.slice(start, end), style, href ?? ""));
    at = end;
  }
  return [...pieces, text.slice(at, to)];
}

/** @param {string} words @param {string} style @param {string} href */
function shownAs(words, style, href) {
  if (style === "link" && href.startsWith("https://")) {
    return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, words);
  }
  return style === "strong" ? element("strong", {}, words) : element("em", {}, words);
}

export class View {
  /**
   * @param {HTMLElement} log @param {import("./memory.js").Memory} memory @param {Words} words
   * @param {{press: (entry: BotEntry, button: Button) => void} & import("./tools.js").Acts} acts
   */
  constructor(log, memory, words, acts) {
    this.log = log;
    this.memory = memory;
    this.words = words;
    this.acts = acts;
    /** @type {Map<object, HTMLElement>} */
    this.shown = new Map();
    this.acted = false;
  }

  /** Show what was kept from before a reload. */
  restore() {
    this.log.setAttribute("aria-live", "off");
    for (const entry of this.memory.entries) this.append(entry, false);
    this.scroll(this.log.lastElementChild);
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
  }

  /** The question that stands, if any. @returns {BotEntry | null} */
  standing() {
    for (const entry of this.memory.entries.toReversed()) {
      if (entry.by === "bot" && !entry.closed && QUESTIONS.has(entry.part.kind)) return entry;
    }
    return null;
  }

  /** @param {string} ref @param {Part} part */
  post(ref, part) {
    const heldFocus = this.holdsFocus();
    const standing = this.standing();
    if (QUESTIONS.has(part.kind) && standing?.part.text === part.text) {
      this.move(standing, ref, part, heldFocus);
      return;
    }
    this.speakPressed();
    if (QUESTIONS.has(part.kind)) {
      for (const entry of this.memory.entries) {
        if (entry.by === "bot" && QUESTIONS.has(entry.part.kind) && !entry.closed) this.close(entry);
      }
    }
    /** @type {BotEntry} */
    const entry = { by: "bot", ref, part, pressed: "", closed: false };
    this.memory.entries.push(entry);
    const made = this.append(entry, true);
    this.scroll(made);
    if (heldFocus) this.focus(made, part);
  }

  /** The question that stands is said again (after a help, after a restart of the server): it moves to the end, so
   * that it never stands there twice. @param {BotEntry} entry @param {string} ref @param {Part} part @param {boolean} heldFocus */
  move(entry, ref, part, heldFocus) {
    Object.assign(entry, { ref, part });
    this.update(entry);
    const made = this.shown.get(entry);
    if (!made || this.log.lastElementChild === made) return;
    this.memory.entries = [...this.memory.entries.filter((one) => one !== entry), entry];
    this.log.append(made);
    this.scroll(made);
    if (heldFocus) this.focus(made, part);
  }

  /** @param {string} ref @param {Part} part */
  replace(ref, part) {
    const entry = this.memory.entries.find((one) => one.by === "bot" && one.ref === ref);
    if (!entry || entry.by !== "bot") return;
    if (part.buttons?.length) {
      Object.assign(entry, { part, pressed: "" });
      this.update(entry);
      return;
    }
    this.settle(entry, part);
  }

  /** The question is answered: what was understood is said in its own bubble. @param {BotEntry} entry @param {Part} part */
  settle(entry, part) {
    const heldFocus = this.holdsFocus();
    const lines = part.text.split("\n");
    const last = lines.at(-1) ?? "";
    const said = entry.part.text.includes(last) ? "" : this.answerIn(last);
    const typed = this.ownAfter(entry);
    if (said && !typed) {
      this.insertOwn(entry, entry.pressed || said);
      part = { ...part, text: lines.slice(0, -1).join("\n") };
    } else if (said && typed && typed.text.trim().toLowerCase() === said.toLowerCase()) {
      part = { ...part, text: lines.slice(0, -1).join("\n") };
    }
    Object.assign(entry, { part, pressed: "", closed: true });
    this.update(entry);
    if (heldFocus) this.log.focus({ preventScroll: true });
  }

  /** @param {string} line "Your answer: Tuesday" @returns {string} "Tuesday", or the line as it is */
  answerIn(line) {
    const before = this.words.your_answer.split("{answer}")[0];
    return before && line.startsWith(before) ? line.slice(before.length) : line;
  }

  /** @param {BotEntry} entry @returns {OwnEntry | null} what was typed after it */
  ownAfter(entry) {
    const after = this.memory.entries.slice(this.memory.entries.indexOf(entry) + 1);
    const own = after.find((one) => one.by === "own");
    return own?.by === "own" ? own : null;
  }

  /** A tap that was followed by a new message was something said. */
  speakPressed() {
    for (const entry of this.memory.entries) {
      if (entry.by === "bot" && entry.pressed) {
        const label = entry.pressed;
        entry.pressed = "";
        this.own("", label);
        this.update(entry);
      }
    }
  }

  /** @param {BotEntry} entry @param {string} text */
  insertOwn(entry, text) {
    /** @type {OwnEntry} */
    const own = { by: "own", id: "", text };
    this.memory.entries.splice(this.memory.entries.indexOf(entry) + 1, 0, own);
    const made = this.make(own);
    this.shown.get(entry)?.after(made);
    this.shown.set(own, made);
  }

  /** Show what the citizen said. @param {string} id @param {string} text */
  own(id, text) {
    /** @type {OwnEntry} */
    const own = { by: "own", id, text };
    this.memory.entries.push(own);
    this.scroll(this.append(own, true));
    setTimeout(() => this.showPending(), 1500);
  }

  /** Say at each own answer whether it is still on its way. */
  showPending() {
    const waiting = new Set(this.memory.pending.map((act) => act.id));
    for (const [entry, made] of this.shown) {
      const own = /** @type {import("./memory.js").Entry} */ (entry);
      if (own.by !== "own" || !own.id) continue;
      const status = made.querySelector(".status");
      const text = waiting.has(own.id) ? this.words.sending : "";
      if (status && status.textContent !== text) status.textContent = text;
    }
  }

  /** @param {string} id @param {string} text why it will not be sent */
  refused(id, text) {
    for (const [entry, made] of this.shown) {
      const own = /** @type {import("./memory.js").Entry} */ (entry);
      if (own.by === "own" && own.id === id) made.querySelector(".status")?.replaceChildren(text);
    }
  }

  // -- elements

  /** @param {import("./memory.js").Entry} entry @param {boolean} isNew */
  append(entry, isNew) {
    const made = this.make(entry);
    if (isNew) made.classList.add("new");
    this.shown.set(entry, made);
    this.log.append(made);
    return made;
  }

  /** @param {import("./memory.js").Entry} entry @returns {HTMLElement} */
  make(entry) {
    if (entry.by === "own") {
      return element("div", { class: "message own" },
        element("div", { class: "bubble", dir: "auto" }, element("span", { class: "said-by" }, this.words.you), entry.text),
        element("p", { class: "status" }));
    }
    const made = element("div", { tabindex: "-1" });
    this.fill(made, entry);
    return made;
  }

  /** @param {BotEntry} entry */
  update(entry) {
    const made = this.shown.get(entry);
    if (!made) return;
    if (!entry.closed && this.refresh(made, entry)) return;
    const heldFocus = made.contains(document.activeElement);
    this.fill(made, entry);
    if (heldFocus) /** @type {HTMLElement} */ (made.querySelector("button:not(:disabled)") ?? made).focus({ preventScroll: true });
  }

  /** @param {BotEntry} entry */
  close(entry) {
    entry.closed = true;
    const made = this.shown.get(entry);
    if (made) this.fill(made, entry);
  }

  /** @param {HTMLElement} made @param {BotEntry} entry */
  fill(made, entry) {
    const { part } = entry;
    made.className = `message bot ${part.kind}${entry.closed ? " settled" : ""}`;
    made.lang = part.lang;
    made.dir = part.dir;
    made.replaceChildren(this.bubble(part));
    if (entry.closed) return;
    const choices = element("div", { class: "choices" });
    const tool = toolFor(part, this.words, {
      ...this.acts,
      named: (name) => {
        const option = (part.buttons ?? []).flat().find((one) => one.label === name && !one.secondary);
        if (option) {
          entry.pressed = name;
          this.acted = true;
          this.acts.press(entry, option);
        }
        return option !== undefined;
      },
    });
    if (tool) choices.append(tool);
    const every = (part.buttons ?? []).flat();
    const options = every.filter((one) => !one.secondary && !one.done);
    for (const [look, some] of /** @type {[string, Button[]][]} */ ([
      [shape(options), options],
      ["list", every.filter((one) => one.done)],
      ["controls", every.filter((one) => one.secondary)],
    ])) {
      if (some.length) choices.append(element("div", { class: look }, ...some.map((one) => this.choice(entry, one))));
    }
    if (choices.childElementCount) made.append(choices);
  }

  /** @param {Part} part */
  bubble(part) {
    const bubble = element("div", { class: "bubble" });
    for (const picture of part.pictures ?? []) bubble.append(element("img", { src: picture.src, alt: picture.alt }));
    if (part.title) bubble.append(element("p", { class: "title" }, part.title));
    bubble.append(this.text(part));
    if (part.document) bubble.append(this.download(part.document));
    return bubble;
  }

  /** The text, with the question itself standing out of what stands before and under it. @param {Part} part */
  text(part) {
    const [from, to] = part.question ?? [0, 0];
    if (to <= from) return element("p", { class: "text" }, ...formatted(part.text, part.spans ?? []));
    const { text } = part;
    const place = text.lastIndexOf("\n", from - 1) + 1;
    return element("p", { class: "text" },
      element("span", { class: "lead" }, text.slice(0, place)),
      element("span", { class: "around" }, text.slice(place, from)),
      element("span", { class: "asked" }, text.slice(from, to)),
      element("span", { class: "around" }, text.slice(to)));
  }

  /** @param {{name: string, mime: string, data: string}} file */
  download(file) {
    const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    return element("p", {}, element("a", { href: url, download: file.name }, fill(this.words.download, { name: file.name })));
  }

  /** @param {BotEntry} entry @param {Button} one */
  choice(entry, one) {
    const toggles = !one.secondary && !one.done && ["choices", "ranking"].includes(entry.part.expects ?? "");
    const look = one.secondary ? "quiet" : one.done ? "choice done" : "choice";
    const made = button(one.label, look, () => this.tap(made, entry, toggles));
    made.dataset.action = one.action;
    if (toggles || one.chosen) made.setAttribute("aria-pressed", String(one.chosen ?? false));
    return made;
  }

  /** @param {HTMLButtonElement} made @param {BotEntry} entry @param {boolean} toggles */
  tap(made, entry, toggles) {
    if (made.dataset.busy) return;
    this.acted = true;
    const action = made.dataset.action ?? "";
    const label = made.textContent ?? "";
    made.dataset.busy = "yes";
    setTimeout(() => { delete made.dataset.busy; }, BUSY);
    if (toggles) {
      made.setAttribute("aria-pressed", String(made.getAttribute("aria-pressed") !== "true"));
    } else {
      made.classList.add("sent");
      if (!made.classList.contains("done")) entry.pressed = label;
    }
    this.acts.press(entry, { action, label });
  }

  /** Take over new labels and states without touching the elements, so that focus and reading position stay.
   * @param {HTMLElement} made @param {BotEntry} entry @returns {boolean} whether that was possible */
  refresh(made, entry) {
    const present = [.../** @type {NodeListOf<HTMLButtonElement>} */ (made.querySelectorAll("button[data-action]"))];
    const wanted = (entry.part.buttons ?? []).flat();
    const text = made.querySelector(".bubble > .text");
    if (present.length !== wanted.length || !text || entry.part.document) return false;
    if (text.textContent !== entry.part.text) text.replaceWith(this.text(entry.part));
    present.forEach((one, at) => {
      const { action, label, chosen } = wanted[at];
      one.dataset.action = action;
      delete one.dataset.busy;
      one.classList.remove("sent");
      if (one.textContent !== label) one.textContent = label;
      if (one.hasAttribute("aria-pressed")) one.setAttribute("aria-pressed", String(chosen ?? false));
    });
    return true;
  }

  // -- focus and scrolling

  /** Whether the citizen was last busy in the conversation (its tapped buttons go, and focus would be lost). */
  holdsFocus() {
    const active = document.activeElement;
    return this.acted && (!active || active === document.body || this.log.contains(active));
  }

  /** @param {HTMLElement} made @param {Part} part */
  focus(made, part) {
    const typed = ["text", "number"].includes(part.expects ?? "");
    if (typed && matchMedia("(pointer: fine)").matches) this.acts.toWords();
    else made.focus({ preventScroll: true });
  }

  /** @param {Element | null} made */
  scroll(made) {
    if (!made) return;
    const tall = made.getBoundingClientRect().height > innerHeight * 0.6;
    made.scrollIntoView({ block: tall ? "start" : "nearest", behavior: calm.matches ? "instant" : "smooth" });
  }
}

// What survives a reload: the transcript of this tab, in sessionStorage, and what was not acknowledged yet. Removed
// when the chat ends. Nothing is kept in any other place of the browser but the cookie that scripts cannot read.

const KEY = "zuruf.chat";
const ENTRIES = 300;

/**
 * @typedef {{action: string, label: string, chosen?: boolean, secondary?: boolean, done?: boolean}} Button
 * @typedef {{start: number, end: number, style: string, href?: string}} Span
 * @typedef {{text: string, kind: string, lang: string, dir: string, title?: string, buttons?: Button[][],
 *            pictures?: {src: string, alt: string}[], document?: {name: string, mime: string, data: string} | null,
 *            expects?: string, progress?: [number, number] | null, question?: [number, number],
 *            spans?: Span[]}} Part
 * @typedef {{by: "bot", ref: string, part: Part, pressed: string, closed: boolean}} BotEntry
 * @typedef {{by: "own", id: string, text: string}} OwnEntry
 * @typedef {BotEntry | OwnEntry} Entry
 */

export class Memory {
  /** @param {string} code the survey's; a transcript of another survey is forgotten */
  constructor(code) {
    this.code = code;
    this.chat = "";
    this.seen = 0;
    /** @type {import("./wire.js").Act[]} */
    this.pending = [];
    /** @type {Entry[]} */
    this.entries = [];
    this.forgotten = false;
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
      if (kept?.code === code) Object.assign(this, kept);
      else sessionStorage.removeItem(KEY);
    } catch {
      sessionStorage.removeItem(KEY);
    }
  }

  save() {
    if (this.forgotten) return;
    const { code, chat, seen, pending } = this;
    this.entries = this.entries.slice(-ENTRIES);
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ code, chat, seen, pending, entries: this.entries }));
    } catch {
      // Full or forbidden: the chat works without it, a reload then begins with what the server says.
    }
  }

  /** Forget everything, for good. */
  forget() {
    Object.assign(this, { chat: "", seen: 0, pending: [], entries: [] });
    this.forgotten = true;
    sessionStorage.removeItem(KEY);
  }
}

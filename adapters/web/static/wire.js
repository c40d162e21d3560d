// The line to the server: a WebSocket, or POST and long poll where that does not get through, with the same frames.
// What the citizen says waits in an outbox, in order, until the server has acknowledged it; what the server says is
// numbered, and taken once. Not here: what is shown (view.js), what survives a reload (memory.js).

/** @typedef {{t: string, id: string, [key: string]: unknown}} Act */
/** @typedef {{t: string, [key: string]: any}} Frame */
/** @typedef {"connecting" | "open" | "lost" | "stuck"} State */

const PAUSES = [300, 1000, 2000, 3000, 5000, 8000, 15000]; // ms between two tries
const WELCOME_LIMIT = 6000; // ms for the first frame of a WebSocket
const ACK_LIMIT = 40000; // ms for an acknowledgement, longer than any turn of the server
const UPLOAD_LIMIT = 150000;
const TRIES_UNTIL_STUCK = 4;
const SOCKET_TRIES = 2; // failures in a row until POST and long poll are used

/** @returns {string} 128 random bits */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Wire {
  /**
   * @param {import("./memory.js").Memory} memory
   * @param {string} lang
   * @param {{message: (frame: Frame) => void, lost: () => void, state: (state: State) => void,
   *          settled: (id: string, refused: string) => void, typing: () => void}} tell
   */
  constructor(memory, lang, tell) {
    this.memory = memory;
    this.lang = lang;
    this.tell = tell;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.socketFailures = 0;
    this.ended = false;
    /** @type {Map<string, Blob>} */
    this.blobs = new Map();
    this.sending = "";
    this.refusals = 0;
    /** @type {(() => void) | null} */
    this.wake = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.ackTimer = undefined;
    this.up = false;
    addEventListener("online", () => this.wake?.());
    addEventListener("offline", () => { this.drop(); });
  }

  /** Keep a connection until the chat ends. */
  async run() {
    let tries = 0;
    while (!this.ended) {
      this.tell.state(tries > 0 ? "lost" : "connecting");
      const before = performance.now();
      const worked = (await this.enter()) && (await this.talk());
      if (this.ended) return;
      tries = worked || performance.now() - before > 30000 ? 0 : tries + 1;
      this.up = false;
      this.tell.state("lost");
      await this.rest(PAUSES[Math.min(tries, PAUSES.length - 1)]);
    }
  }

  /** @param {number} ms wait, or until the browser is online again */
  async rest(ms) {
    await Promise.race([pause(ms * (0.75 + Math.random() / 2)), new Promise((resolve) => { this.wake = () => resolve(undefined); })]);
    this.wake = null;
  }

  /** Say something: kept until it is acknowledged. @param {Act} act @param {Blob} [blob] */
  say(act, blob) {
    if (blob) this.blobs.set(act.id, blob);
    this.memory.pending.push(act);
    this.memory.save();
    this.next();
  }

  /** End the connection for good. */
  end() {
    this.ended = true;
    this.drop();
  }

  drop() {
    this.up = false;
    this.sending = "";
    clearTimeout(this.ackTimer);
    this.socket?.close();
  }

  /** Get a token, or prolong the one there is. @returns {Promise<boolean>} */
  async enter() {
    try {
      const answer = await fetch("/chat/open", { method: "POST", signal: AbortSignal.timeout(10000) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  /** @returns {Promise<boolean>} whether it worked for a while */
  talk() {
    return this.socketFailures < SOCKET_TRIES ? this.talkBySocket() : this.talkByPolls();
  }

  hello() {
    return JSON.stringify({ t: "hello", chat: this.memory.chat, seen: this.memory.seen, lang: this.lang });
  }

  /** @returns {Promise<boolean>} */
  talkBySocket() {
    return new Promise((resolve) => {
      let welcomed = false;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/chat/socket`);
      this.socket = socket;
      const late = setTimeout(() => socket.close(), WELCOME_LIMIT);
      socket.onopen = () => socket.send(this.hello());
      socket.onmessage = (event) => {
        welcomed = true;
        clearTimeout(late);
        this.socketFailures = 0;
        this.take(JSON.parse(event.data));
      };
      socket.onclose = () => {
        clearTimeout(late);
        if (!welcomed && navigator.onLine) this.socketFailures += 1;
        this.sending = "";
        clearTimeout(this.ackTimer);
        if (this.socket === socket) this.socket = null;
        resolve(welcomed);
      };
    });
  }

  /** @returns {Promise<boolean>} */
  async talkByPolls() {
    let worked = false;
    while (!this.ended) {
      try {
        const answer = await fetch("/chat/poll", { method: "POST", body: this.hello(), signal: AbortSignal.timeout(60000) });
        if (!answer.ok) return worked;
        const frames = await answer.json();
        worked = true;
        for (const frame of frames) this.take(frame);
      } catch {
        return worked;
      }
    }
    return worked;
  }

  /** @param {Frame} frame */
  take(frame) {
    switch (frame.t) {
      case "welcome":
        this.memory.chat = frame.chat;
        this.memory.seen = frame.n;
        this.memory.save();
        if (!frame.resumed) this.tell.lost();
        if (!this.up) {
          this.up = true;
          this.tell.state("open");
          this.next();
        }
        break;
      case "post":
      case "replace":
        if (frame.n <= this.memory.seen) return;
        this.memory.seen = frame.n;
        this.tell.message(frame);
        this.memory.save();
        break;
      case "typing":
        this.tell.typing();
        break;
      default:
        this.takeAnswer(frame);
    }
  }

  /** @param {Frame} frame an acknowledgement, or its opposite */
  takeAnswer(frame) {
    if (frame.id !== this.sending) return;
    this.sending = "";
    clearTimeout(this.ackTimer);
    if (frame.t === "again") {
      this.refusals += 1;
      if (this.refusals >= TRIES_UNTIL_STUCK) this.tell.state("stuck");
      setTimeout(() => this.next(), Math.min(30000, frame.after * 1000 * Math.max(1, this.refusals - 1)));
      return;
    }
    if (this.refusals >= TRIES_UNTIL_STUCK) this.tell.state("open");
    this.refusals = 0;
    this.memory.pending = this.memory.pending.filter((act) => act.id !== frame.id);
    this.blobs.delete(frame.id);
    this.memory.save();
    this.tell.settled(frame.id, frame.t === "refused" ? frame.why : "");
    this.next();
  }

  /** Send what is first in the outbox, if nothing else is under way. */
  next() {
    const act = this.memory.pending[0];
    if (!this.up || this.sending || !act) return;
    this.sending = act.id;
    if (act.t === "upload") {
      this.sendBlob(act);
    } else if (this.socket && this.socket.readyState === this.socket.OPEN) {
      this.ackTimer = setTimeout(() => this.drop(), ACK_LIMIT);
      this.socket.send(JSON.stringify(act));
    } else {
      this.request("/chat/send", JSON.stringify(act), "application/json", act.id, ACK_LIMIT);
    }
  }

  /** @param {Act} act */
  sendBlob(act) {
    const blob = this.blobs.get(act.id);
    if (!blob) {
      this.takeAnswer({ t: "refused", id: act.id, why: "gone" }); // the page was loaded anew before it was sent
      return;
    }
    this.request(`/chat/upload?id=${act.id}`, blob, blob.type || "application/octet-stream", act.id, UPLOAD_LIMIT);
  }

  /**
   * @param {string} path @param {BodyInit} body @param {string} type @param {string} id @param {number} limit
   */
  async request(path, body, type, id, limit) {
    try {
      const answer = await fetch(path, { method: "POST", body, headers: { "Content-Type": type }, signal: AbortSignal.timeout(limit) });
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
        this.takeAnswer(await answer.json());
        return;
      }
    } catch {
      // no connection: the same as an answer that says "again"
    }
    this.takeAnswer({ t: "again", id, after: 2 });
  }
}

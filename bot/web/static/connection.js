// The conversation with the server: starts it, sends each message until it is acknowledged, and brings
// every event exactly once, whatever happens to the network in between.

import { events } from "./stream.js";

const PATIENCE = 30_000; // ms for the beginning of an answer
const SILENCE = 45_000; // ms without a byte after which a stream counts as dead; the server sends signs of life
const ANSWER = 4_000; // ms after an acknowledgement in which the stream must have shown the message
const POLL = 2_500; // ms between two questions where streams do not work
const POLL_HIDDEN = 15_000;
const POLLS = 120; // after so many polls the stream gets another chance
const SHORT = 2_000; // ms: a stream that ends sooner, several times running, is being cut by something between
const LONGEST_PAUSE = 30_000;

export class Connection {
  #store;
  #door;
  #tell; // (name, detail): what the page is told
  #last = 0; // newest message shown
  #closed = false;
  #sending = false;
  #polls = 0; // polls left before the next try at a stream; 0 while the stream is in use
  #short = 0;
  #failures = 0;
  #stream = null; // AbortController of the open stream
  #wake = new Set(); // pauses that end early when the network returns
  #unseen = new Set(); // ids acknowledged but not yet shown by an event

  /** `last` is the newest message that the page shows already. */
  constructor(store, door, last, tell) {
    this.#store = store;
    this.#last = last;
    this.#door = door;
    this.#tell = tell;
    addEventListener("online", () => this.#awake());
    addEventListener("pageshow", () => this.#awake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#awake());
  }

  /** Shows what was said before, then listens until the conversation is deleted or left. */
  async run() {
    while (!this.#closed) {
      try {
        if (!this.#store.get("token")) await this.#open();
        this.#flush();
        if (this.#polls === 0) {
          await this.#listen();
          await this.#pause(300);
        } else {
          await this.#poll();
          this.#polls -= 1;
          await this.#pause(document.hidden ? POLL_HIDDEN : POLL);
        }
      } catch (error) {
        if (this.#closed) return;
        if (error.status === 404) this.#renew(error.token);
        // Refused although the rest answers, or open and silent: this network has no streams.
        else if (error.silent || (error.path === "/api/events" && this.#failures > 0)) this.#polls = POLLS;
        await this.#fail(error);
      }
    }
  }

  /** Keeps `text` until the server has it. Returns the id under which it will come back. */
  send(text) {
    const id = uuid();
    this.#store.set({ outbox: [...this.#store.get("outbox"), { id, text }] });
    this.#flush();
    return id;
  }

  /** What shows that this is the person's own conversation; null before it has begun. */
  get token() {
    return this.#store.get("token") ?? null;
  }

  /** Deletes the conversation on the server. Throws when that did not work. */
  async erase() {
    if (this.#store.get("token")) {
      try {
        await this.#call("DELETE", "/api/conversation");
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    this.stop();
  }

  /** Says which language the person has chosen. */
  async choose(language) {
    this.#store.set({ language });
    if (this.#store.get("token")) await this.#call("POST", "/api/language", { language });
  }

  /** Leaves the line for a person; the assistant goes on. */
  async stopWaiting() {
    await this.#call("POST", "/api/waiting/leave", {});
  }

  /** Asks to be called back. Throws an error with status 422 when the number cannot be called. */
  async callBack(request) {
    await this.#call("POST", "/api/callback", request);
  }

  /** Says whether the person is writing. Lost, it is no loss. */
  async typing(on) {
    if (this.#store.get("token")) await this.#call("POST", "/api/typing", { on }).catch(() => {});
  }

  /** The last listings as a code to scan and a text to send: {svg, text, sms_href}. */
  async phoneCode() {
    return (await this.#call("POST", "/api/phone-code", {})).json();
  }

  stop() {
    this.#closed = true;
    this.#stream?.abort();
    this.#awake();
  }

  async #open() {
    const response = await this.#call("POST", "/api/conversations", {
      door: this.#door,
      language: this.#store.get("language"),
      ...arrival(),
    });
    const { token } = await response.json();
    this.#store.set({ token });
  }

  /** The server does not know the conversation any more: go on in a new one, with what was not sent. */
  #renew(token) {
    if (token !== this.#store.get("token")) return; // an answer about the conversation before
    this.#store.set({ token: null, seen: 0 });
    this.#last = 0;
    this.#unseen.clear();
    this.#stream?.abort();
    this.#tell("renewed");
  }

  async #listen() {
    this.#stream = new AbortController();
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(this.#last) };
    const response = await this.#call("GET", "/api/events", null, headers, this.#stream);
    this.#up();
    const began = performance.now();
    try {
      for await (const { event, data } of events(response.body, SILENCE)) {
        if (event === "message") this.#show(data);
        else if (event === "deleted") return this.#deleted();
        else this.#tell(event, data);
      }
    } finally {
      this.#short = performance.now() - began < SHORT ? this.#short + 1 : 0;
      if (this.#short > 3) this.#polls = POLLS;
    }
  }

  async #poll() {
    const response = await this.#call("GET", `/api/messages?after=${this.#last}`);
    const { messages, typing, ...state } = await response.json();
    this.#up();
    for (const message of messages) this.#show(message);
    this.#tell("state", state);
    this.#tell("typing", { on: !!typing });
    return messages.length;
  }

  #show(message) {
    if (message.seq <= this.#last) return;
    this.#last = message.seq;
    this.#unseen.delete(message.id);
    const heard = message.seq <= this.#store.get("seen");
    if (!heard) this.#store.set({ seen: message.seq });
    this.#tell("message", { message, heard });
  }

  #deleted() {
    this.stop();
    this.#tell("deleted");
  }

  async #flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      let item;
      while (!this.#closed && this.#store.get("token") && (item = this.#store.get("outbox")[0])) {
        try {
          await this.#call("POST", "/api/messages", item);
          this.#drop(item);
          this.#up();
          this.#tell("sent", item);
          this.#expect(item.id);
        } catch (error) {
          if (error.status === 404) this.#renew(error.token);
          else if ([400, 413, 422].includes(error.status)) {
            this.#drop(item);
            this.#tell("refused", { ...item, status: error.status });
          } else await this.#fail(error);
        }
      }
    } finally {
      this.#sending = false;
    }
  }

  #drop(item) {
    this.#store.set({ outbox: this.#store.get("outbox").filter(({ id }) => id !== item.id) });
  }

  /** A stream that a proxy holds back looks open and stays silent: look once, and poll if it was so. */
  #expect(id) {
    this.#unseen.add(id);
    setTimeout(async () => {
      if (!this.#unseen.has(id) || this.#closed || this.#polls) return;
      try {
        if (await this.#poll()) {
          this.#polls = POLLS;
          this.#stream?.abort();
        }
      } catch {
        // The main loop deals with a network that is away.
      }
    }, ANSWER);
  }

  #up() {
    this.#failures = 0;
    this.#tell("up");
  }

  async #fail(error) {
    this.#failures += 1;
    const backoff = Math.min(LONGEST_PAUSE, 500 * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    const wait = error.retryAfter ? error.retryAfter * 1000 : backoff;
    if (error.name !== "AbortError") {
      this.#tell("down", { seconds: error.retryAfter, failures: this.#failures, started: !!this.#store.get("token") });
    }
    await this.#pause(wait);
  }

  async #call(method, path, body = null, headers = {}, control = new AbortController()) {
    const token = this.#store.get("token");
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    // A dead network can swallow a request without a word.
    const timer = setTimeout(() => control.abort(new Error("no answer")), PATIENCE);
    const response = await fetch(path, {
      method,
      headers,
      signal: control.signal,
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
    }).finally(() => clearTimeout(timer));
    if (response.ok) return response;
    const error = new Error(`${response.status}`);
    error.status = response.status;
    error.retryAfter = Number(response.headers.get("Retry-After")) || null;
    error.path = path;
    error.token = token;
    throw error;
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake.add(end);
    });
  }

  #awake() {
    for (const end of this.#wake) end();
  }
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** How the person has come: the number of a sign, a mark, the code of a slip, as the address of the page says it. */
function arrival() {
  const asked = new URLSearchParams(location.search);
  return Object.fromEntries(["sign", "from", "slip"].filter((name) => asked.get(name)).map((name) => [name, asked.get(name)]));
}

// The stream of news. Reconnects by itself, tells when the connection is lost and back, and is the desk's
// sign of life: the server counts a specialist as gone two minutes after it ends.

import { get, of, query } from "./api.js";

const KINDS = ["desk", "message", "typing", "delivery", "note", "gone"];
const SILENCE = 45_000; // ms without anything after which a stream counts as dead
const OVERLAP = 1_000; // ms that the stream before goes on beside a new one, which may begin to hear only after it opened
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];

export class Live {
  #tell; // (kind, data)
  #open = null; // the conversation that is looked at
  #source = null;
  #before = null;
  #heard = 0;
  #fails = 0;
  #retry = null;
  #lost = false;

  constructor(tell) {
    this.#tell = tell;
    setInterval(() => this.#watch(), 5_000);
    addEventListener("online", () => this.#again());
    addEventListener("pageshow", (event) => event.persisted && this.#again());
    document.addEventListener("visibilitychange", () => document.hidden || this.#watch());
  }

  /** Follows a conversation too; null for none. The old stream ends a moment after the new one stands. */
  follow(conversation) {
    this.#open = conversation;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#before?.close(); // never more than two: a browser grants a site six connections
    const before = (this.#before = this.#source);
    const source = new EventSource(`/console/api/events${query({ open: this.#open })}`);
    this.#source = source;
    this.#heard = Date.now();
    source.addEventListener("open", () => {
      setTimeout(() => before?.close(), OVERLAP);
      if (source !== this.#source) return;
      this.#heard = Date.now();
      this.#fails = 0;
      const back = this.#lost;
      this.#lost = false;
      this.#tell("connected", { back });
    });
    source.addEventListener("error", () => {
      source.close();
      before?.close();
      if (source === this.#source) this.#broken();
    });
    source.addEventListener("ping", () => (this.#heard = Date.now()));
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        // Also from the stream before, which ends when this one stands: what comes meanwhile comes on it alone.
        this.#heard = Date.now();
        this.#tell(kind, JSON.parse(event.data));
      });
    }
  }

  async #broken() {
    this.#source = null;
    const pause = PAUSES[Math.min(this.#fails, PAUSES.length - 1)];
    this.#fails += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), pause);
    await this.#ask();
    if (this.#source?.readyState === EventSource.OPEN || this.#lost) return;
    if (this.#fails > 1 || !navigator.onLine) {
      this.#lost = true;
      this.#tell("lost", {});
    }
  }

  /** Why the stream broke: an ended session leads to the sign-in, a conversation that may no longer be read is left. */
  async #ask() {
    const open = this.#open;
    try {
      await get("desk");
      if (open) await get(of(open, query({ limit: 1 })));
    } catch (problem) {
      if (problem.status !== 403 && problem.status !== 404) return;
      if (this.#open === open) this.#open = null;
      this.#tell("shut", { conversation: open, why: problem.message });
    }
  }

  /** A laptop that slept has a stream that is dead and does not know it. */
  #watch() {
    if (this.#source && Date.now() - this.#heard > SILENCE) this.#again();
  }

  #again() {
    if (this.#source?.readyState === EventSource.OPEN && Date.now() - this.#heard <= SILENCE) return;
    this.#source?.close();
    this.#connect();
  }
}

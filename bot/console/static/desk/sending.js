// Messages on their way. Each is kept until the server has it and sent again under the same id when the
// connection fails; those of one conversation go one after the other.

import { of, post } from "./api.js";

const PAUSES = [1_000, 2_000, 5_000, 10_000];

export class Sending {
  #store;
  #tell; // {changed(conversation), confirm(conversation, message, preview), refused(conversation, message, problem)}
  #busy = new Set();
  #wakes = new Set();

  constructor(store, tell) {
    this.#store = store;
    this.#tell = tell;
  }

  /** Takes a message; from here on it is not lost. */
  send(conversation, text, more = {}) {
    const message = { id: crypto.randomUUID(), text, confirmed: false, ...more };
    this.#store.keepPending(conversation, [...this.#store.pending(conversation), message]);
    this.#tell.changed(conversation);
    this.#work(conversation);
  }

  /** Goes on with what an earlier visit or a lost connection left. */
  resume() {
    for (const wake of this.#wakes) wake();
    for (const conversation of this.#store.withPending()) this.#work(conversation);
  }

  #drop(conversation, id) {
    this.#store.keepPending(conversation, this.#store.pending(conversation).filter((one) => one.id !== id));
    this.#tell.changed(conversation);
  }

  async #work(conversation) {
    if (this.#busy.has(conversation)) return;
    this.#busy.add(conversation);
    let fails = 0;
    try {
      for (;;) {
        const [message] = this.#store.pending(conversation);
        if (!message) return;
        try {
          await post(of(conversation, "/messages"), message);
          fails = 0;
          this.#drop(conversation, message.id);
        } catch (problem) {
          if (problem.status === 401) return;
          if (problem.passing) await this.#pause(PAUSES[Math.min(fails++, PAUSES.length - 1)]);
          else await this.#refused(conversation, message, problem);
        }
      }
    } finally {
      this.#busy.delete(conversation);
    }
  }

  async #refused(conversation, message, problem) {
    const preview = problem.body.preview;
    if (problem.code === "confirm" && preview && (await this.#tell.confirm(conversation, message, preview))) {
      this.#change(conversation, { confirmed: true, seen: preview.text });
      return;
    }
    if (problem.code === "consent" && (await this.#tell.consent())) {
      this.#change(conversation, { consent: true });
      return;
    }
    this.#drop(conversation, message.id);
    this.#tell.refused(conversation, message, problem);
  }

  /** The first message again, with what the specialist has said about it. */
  #change(conversation, said) {
    const [first, ...rest] = this.#store.pending(conversation);
    this.#store.keepPending(conversation, [{ ...first, ...said }, ...rest]);
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#wakes.add(wake);
    });
  }
}

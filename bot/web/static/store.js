// What must survive a reload: the token, what was not sent yet, the draft. It stays in this tab
// (sessionStorage) and goes with it. Where a browser refuses storage, memory has to do.

const EMPTY = { token: null, language: null, outbox: [], draft: "", seen: 0, aloud: null };

export class Store {
  #key;
  #state;

  constructor(door) {
    this.#key = `porchlight:${door}`;
    this.#state = { ...EMPTY, outbox: [] };
    try {
      Object.assign(this.#state, JSON.parse(sessionStorage.getItem(this.#key) ?? "{}"));
    } catch {
      // Refused or damaged: start empty.
    }
  }

  get(name) {
    return this.#state[name];
  }

  set(changes) {
    Object.assign(this.#state, changes);
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#state));
    } catch {
      // Refused or full: this page still knows.
    }
  }

  clear() {
    this.#state = { ...EMPTY, outbox: [] };
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // Nothing was stored.
    }
  }
}

// What must survive a reload, a lost connection and a new sign-in: drafts, and messages not yet taken in.
// Kept in this tab only, by member, and forgotten on signing out: they are words for one person.

const memory = new Map(); // where the browser refuses storage

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(key, value) {
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {
    memory.set(key, value);
  }
}

const PREFIX = "porchlight-desk:";

export class Store {
  #who;

  /** `who` is the member's id; what another member left in this tab is thrown away. */
  constructor(who) {
    this.#who = who;
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${who}:`)) sessionStorage.removeItem(key);
      }
    } catch {
      // no storage: nothing was left
    }
  }

  #key = (kind, conversation) => `${PREFIX}${this.#who}:${kind}:${conversation}`;

  draft(conversation, kind = "draft") {
    return read(this.#key(kind, conversation)) ?? "";
  }

  keepDraft(conversation, text, kind = "draft") {
    write(this.#key(kind, conversation), text);
  }

  /** Messages on their way: [{id, text, confirmed, at}]. */
  pending(conversation) {
    try {
      return JSON.parse(read(this.#key("pending", conversation)) ?? "[]");
    } catch {
      return [];
    }
  }

  keepPending(conversation, messages) {
    write(this.#key("pending", conversation), messages.length ? JSON.stringify(messages) : "");
  }

  /** Conversations that have messages on their way. */
  withPending() {
    const start = this.#key("pending", "");
    try {
      return Object.keys(sessionStorage)
        .filter((key) => key.startsWith(start))
        .map((key) => key.slice(start.length));
    } catch {
      return [];
    }
  }
}

/** Throws all of it away: on signing out. */
export function forget() {
  memory.clear();
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

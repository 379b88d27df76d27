// Canned replies: "/" opens the list, what follows searches it, Enter puts the reply into the field.

import { get, query } from "./api.js";
import { byId, debounced, el } from "./dom.js";
import { directionOf } from "./words.js";

const TOKEN = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

export class Canned {
  #field;
  #choose; // (reply) => after it was put in
  #conversation = null;
  #box = byId("canned");
  #list = byId("canned-options");
  #found = [];
  #at = 0;
  #token = null;
  #asked = null;
  #search = debounced((q) => this.#ask(q), 120);

  constructor(field, choose) {
    this.#field = field;
    this.#choose = choose;
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  set conversation(id) {
    this.#conversation = id;
    this.close();
  }

  get isOpen() {
    return !this.#box.hidden;
  }

  /** Keys while the list is open; true when the key was for the list. */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark((this.#at + step + this.#found.length) % this.#found.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") this.#put(this.#found[this.#at]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#search.cancel();
    this.#asked?.abort();
    this.#box.hidden = true;
    this.#field.removeAttribute("aria-activedescendant");
    this.#field.removeAttribute("aria-controls");
  }

  #look() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    this.#token = TOKEN.exec(before);
    if (!this.#token || !this.#conversation) return this.close();
    this.#search(this.#token[1]);
  }

  async #ask(q) {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const asked = this.#asked;
    try {
      const answer = await get(`canned${query({ conversation: this.#conversation, q })}`, asked.signal);
      if (asked.signal.aborted) return;
      this.#found = Array.isArray(answer) ? answer : (answer.canned ?? answer.results ?? []);
      if (this.#found.length) this.#show();
      else this.close();
    } catch {
      if (!asked.signal.aborted) this.close(); // the field works without the list
    }
  }

  #show() {
    this.#list.replaceChildren(
      ...this.#found.map((reply, at) =>
        el(
          "li",
          { id: `canned-${at}`, role: "option", onmousedown: (event) => event.preventDefault(), onclick: () => this.#put(reply) },
          el("span", { class: "canned-name" }, el("kbd", {}, `/${reply.shortcut}`), ` ${reply.title}`),
          el("span", { class: "last", lang: reply.language, dir: directionOf(reply.language) }, reply.text),
        ),
      ),
    );
    this.#box.hidden = false;
    this.#field.setAttribute("aria-controls", "canned-options");
    this.#mark(0);
  }

  #mark(at) {
    this.#at = at;
    [...this.#list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", `canned-${at}`);
  }

  #put(reply) {
    const field = this.#field;
    const end = field.selectionStart;
    const start = end - this.#token[1].length - 1;
    field.setRangeText(reply.text, start, end, "end");
    this.close();
    this.#token = null;
    field.focus();
    this.#choose(reply);
  }
}

// The conversation's messages, in order, each once. Built once and added to, so that 500 messages stay light.

import { byId, el } from "./dom.js";
import { messageNode, showDelivery, sides } from "./messages.js";
import { dayOf, t } from "./words.js";

const NEAR = 80; // px from the end that still count as reading the end

export class Transcript {
  #back;
  #theirs = "en";
  #nodes = new Map(); // message id → {node, message}
  #list = byId("messages");
  #scroller = byId("scroller");
  #newer = byId("newer");
  #reading = true; // whether the end is looked at

  /** `back(message)` asks for a back-translation; `older()` loads what came before. */
  constructor(back, older) {
    this.#back = back;
    byId("older").addEventListener("click", () => older());
    this.#newer.addEventListener("click", () => this.toEnd());
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A preview that opens below takes room away: whoever reads the end goes on reading the end.
    new ResizeObserver(() => this.#reading && this.toEnd()).observe(this.#scroller);
  }

  get first() {
    return this.#list.querySelector(".message") ? this.#seqs()[0] : null;
  }

  get last() {
    return this.#seqs().at(-1) ?? 0;
  }

  #seqs = () => [...this.#nodes.values()].map(({ message }) => message.seq).sort((a, b) => a - b);

  has = (id) => this.#nodes.has(id);

  get atEnd() {
    const box = this.#scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  /** Begins anew with the newest messages of a conversation. */
  begin(theirs, messages, more) {
    this.#theirs = theirs;
    this.#nodes.clear();
    this.#list.replaceChildren();
    this.#newer.hidden = true;
    this.#list.append(this.#built(messages));
    this.#days();
    byId("older").hidden = !more;
    this.toEnd();
  }

  /** Adds what came before what is shown; the reader's place stays where it is. */
  prepend(messages, more) {
    const box = this.#scroller;
    const before = box.scrollHeight - box.scrollTop;
    this.#list.prepend(this.#built(messages));
    this.#days();
    byId("older").hidden = !more;
    box.scrollTop = box.scrollHeight - before;
  }

  /** Adds a message, or brings a shown one up to date. Returns whether it is new. */
  add(message) {
    const known = this.#nodes.get(message.id);
    if (known) {
      this.#update(known, message);
      return false;
    }
    const follow = this.#reading;
    const node = this.#node(message);
    const after = [...this.#list.querySelectorAll(".message")].findLast((one) => Number(one.dataset.seq) < message.seq);
    if (after) after.after(node);
    else this.#list.prepend(node);
    this.#days();
    if (follow) this.toEnd();
    else this.#newer.hidden = false;
    return true;
  }

  delivered(id, delivery) {
    const known = this.#nodes.get(id);
    if (known) showDelivery(known.node, (known.message.delivery = delivery));
  }

  #scrolled() {
    this.#reading = this.atEnd;
    if (this.#reading) this.#newer.hidden = true;
  }

  toEnd() {
    this.#reading = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#newer.hidden = true;
  }

  #built(messages) {
    const made = document.createDocumentFragment();
    for (const message of messages) if (!this.#nodes.has(message.id)) made.append(this.#node(message));
    return made;
  }

  #node(message) {
    const node = messageNode(message, this.#theirs, this.#back);
    node.dataset.seq = message.seq;
    node.dataset.time = message.time;
    this.#nodes.set(message.id, { node, message });
    return node;
  }

  #update(known, message) {
    const words = (one) => JSON.stringify([one.text, one.translation]);
    if (words(known.message) !== words(message)) {
      known.node.querySelector(".sides").replaceWith(sides(message, this.#theirs));
    }
    if (message.delivery) showDelivery(known.node, message.delivery);
    known.message = message;
  }

  /** One line between days. */
  #days() {
    let day = "";
    for (const node of [...this.#list.children]) {
      if (node.classList.contains("day")) {
        node.remove();
        continue;
      }
      const now = dayOf(node.dataset.time);
      if (now !== day) node.before(el("li", { class: "day" }, el("span", {}, now)));
      day = now;
    }
  }
}

/** A message on its way, below the transcript until the server has it. */
export function pendingNode(message, state) {
  return el(
    "li",
    { class: "message specialist pending", data: { id: message.id } },
    el("p", { class: "meta" }, el("span", { class: "who" }, t("you")), el("span", { class: "delivery" }, state)),
    el("p", { class: "text" }, message.text),
  );
}

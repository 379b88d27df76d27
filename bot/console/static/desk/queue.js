// Who waits, and whom the specialist holds. Cards are made once and changed in place: the focus and the
// pointer stay where they are while the queue moves.

import { announce, arrange, byId, el, setText } from "./dom.js";
import { cameChip, channelMark, reasonsOf, riskBadge, riskName } from "./risk.js";
import { directionOf, duration, t } from "./words.js";

export class Queue {
  #act; // {take(id), look(id)}
  #waiting = new Map();
  #mine = new Map();
  #took = 0; // when the present state arrived, to let the times tick
  #open = null;

  constructor(act) {
    this.#act = act;
    setInterval(() => this.#tick(), 1_000);
    for (const id of ["waiting", "mine"]) byId(id).addEventListener("keydown", (event) => this.#arrows(event));
  }

  set(desk) {
    this.#took = Date.now();
    this.#fill("waiting", this.#waiting, desk.queue, waitingCard, this.#act);
    this.#fill("mine", this.#mine, desk.mine, mineCard, this.#act);
    const unread = desk.mine.reduce((sum, one) => sum + (one.unread ? 1 : 0), 0);
    setText(byId("waiting-count"), String(desk.queue.length));
    setText(byId("mine-count"), t("mine_of", { n: desk.mine.length, most: desk.me.capacity }));
    setText(byId("tab-queue"), desk.queue.length ? String(desk.queue.length) : "");
    setText(byId("tab-talk"), unread ? String(unread) : "");
    byId("waiting-empty").hidden = desk.queue.length > 0;
    byId("mine-empty").hidden = desk.mine.length > 0;
    this.#tick();
    this.mark(this.#open);
  }

  #fill(list, cards, given, make, act) {
    const nodes = [];
    const present = new Set(given.map((one) => one.conversation));
    const lost = document.activeElement?.closest("li[data-conversation]");
    for (const one of given) {
      let card = cards.get(one.conversation);
      if (!card) cards.set(one.conversation, (card = make(one.conversation, act)));
      card.fill(one);
      nodes.push(card.node);
    }
    for (const [id, card] of cards) if (!present.has(id)) cards.delete(id) && card.node.remove();
    arrange(byId(list), nodes);
    // The card that had the focus is gone: its neighbour gets it, so that the keyboard is not thrown to the top.
    if (lost && !lost.isConnected && document.activeElement === document.body) byId(list).querySelector("button")?.focus();
  }

  /** Marks the conversation that is looked at. */
  mark(conversation) {
    this.#open = conversation;
    for (const cards of [this.#waiting, this.#mine]) {
      for (const [id, card] of cards) {
        card.node.classList.toggle("open", id === conversation);
        if (id === conversation) card.look.setAttribute("aria-current", "true");
        else card.look.removeAttribute("aria-current");
      }
    }
  }

  /** The first button of the queue gets the focus. */
  focus() {
    const button = byId("waiting").querySelector(".take") ?? byId("mine").querySelector("button");
    if (button) button.focus();
    else announce(t("waiting_empty"));
  }

  #tick() {
    const gone = (Date.now() - this.#took) / 1_000;
    for (const card of this.#waiting.values()) setText(card.wait, duration(card.waited + gone));
  }

  #arrows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest("button");
    if (!step || !here || event.altKey || event.ctrlKey || event.metaKey) return;
    const kind = here.classList.contains("take") ? ".take" : ".look";
    const all = [...byId("queue-pane").querySelectorAll(`#mine .look, #waiting ${kind}`)];
    const next = all[all.indexOf(here) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

function waitingCard(id, act) {
  const part = {
    wait: el("span", { class: "wait" }),
    top: el("div", { class: "card-top" }),
    door: el("p", { class: "card-door" }),
    marks: el("p", { class: "card-marks" }),
    why: el("p", { class: "card-why" }),
    words: el("p", { class: "last" }),
    take: el("button", { type: "button", class: "take primary", onclick: () => act.take(id) }, t("take")),
    look: el("button", { type: "button", class: "look", onclick: () => act.look(id) }, t("look")),
  };
  const timer = el("span", { class: "card-wait" }, el("span", { class: "unseen" }, `${t("waits")} `), part.wait);
  const node = el(
    "li",
    { class: "card waiting", data: { conversation: id } },
    part.top,
    part.door,
    part.marks,
    part.why,
    part.words,
    el("div", { class: "actions" }, part.take, part.look),
  );
  const card = { node, wait: part.wait, waited: 0, look: part.look };
  let before = "";
  card.fill = (one) => {
    card.waited = one.waited_s;
    const same = JSON.stringify({ ...one, waited_s: 0 });
    if (same === before) return;
    before = same;
    node.dataset.level = one.risk.level;
    node.classList.toggle("rings", !!one.alert);
    const badge = riskBadge(one.risk);
    part.top.replaceChildren(
      badge,
      ...(one.alert === "escalated" ? [el("span", { class: "badge alarm" }, t("escalated"))] : []),
      timer,
    );
    setText(part.door, one.door_name);
    part.marks.replaceChildren(
      ...cameChip(one.came),
      channelMark(one.channel),
      el("span", { class: "language" }, one.language_name),
      ...(one.skill_fits ? [el("span", { class: "badge good" }, t("fits_you"))] : []),
    );
    const reasons = reasonsOf(one.risk);
    part.why.replaceChildren(one.why_label, ...(reasons ? [el("span", { class: "reasons" }, reasons)] : []));
    quote(part.words, one);
    const about = t("card_about", { risk: riskName(one.risk), door: one.door_name, language: one.language_name });
    part.take.setAttribute("aria-label", `${t("take")}: ${about}`);
    part.look.setAttribute("aria-label", `${t("look")}: ${about}`);
  };
  return card;
}

function mineCard(id, act) {
  const part = {
    top: el("span", { class: "card-top" }),
    words: el("span", { class: "last" }),
    state: el("span", { class: "card-state" }),
  };
  const look = el(
    "button",
    { type: "button", class: "look whole", onclick: () => act.look(id) },
    part.top,
    part.words,
    part.state,
  );
  const card = { node: el("li", { class: "card mine", data: { conversation: id } }, look), look };
  let before = "";
  card.fill = (one) => {
    const same = JSON.stringify(one);
    if (same === before) return;
    before = same;
    card.node.dataset.level = one.risk.level;
    card.node.classList.toggle("unread", one.unread > 0);
    part.top.replaceChildren(
      el("span", { class: "card-door" }, `${one.door_name} · ${one.language_name}`),
      ...[riskBadge(one.risk, { quiet: true })].filter(Boolean),
      ...(one.unread
        ? [el("span", { class: "unread-mark" }, String(one.unread), el("span", { class: "unseen" }, ` ${t("unread")}`))]
        : []),
    );
    quote(part.words, one);
    part.state.replaceChildren(
      ...(one.channel === "web" && one.person_online === false ? [el("span", { class: "offline" }, t("person_offline"))] : []),
      ...(one.person_typing ? [el("span", { class: "types" }, t("person_typing"))] : []),
    );
  };
  return card;
}

function quote(node, one) {
  const code = one.last_language ?? one.language;
  node.textContent = one.last_words || "";
  node.hidden = !one.last_words;
  node.lang = code;
  node.dir = directionOf(code);
}

// Finding a listing and sending it: Ctrl+K, words, arrows, Enter.

import { get, query } from "./api.js";
import { byId, debounced, el } from "./dom.js";
import { t } from "./words.js";

export class Search {
  #insert; // (card) => promise
  #dialog = byId("search-dialog");
  #q = byId("search-q");
  #near = byId("search-near");
  #openNow = byId("search-open");
  #list = byId("search-results");
  #state = byId("search-state");
  #conversation = null;
  #need = "";
  #found = [];
  #at = 0;
  #asked = null;
  #later = debounced(() => this.#ask(), 250);

  constructor(insert) {
    this.#insert = insert;
    for (const field of [this.#q, this.#near]) field.addEventListener("input", () => this.#later());
    this.#openNow.addEventListener("change", () => this.#ask());
    byId("search-form").addEventListener("keydown", (event) => this.#key(event));
    byId("search-form").addEventListener("submit", (event) => event.preventDefault());
    this.#dialog.querySelector(".cancel").addEventListener("click", () => this.#dialog.close());
  }

  /** Opens the search for a conversation; its first need is looked for until other words are given. */
  open({ id, needs, place }) {
    if (this.#conversation !== id) {
      this.#q.value = "";
      this.#near.value = place?.name ?? "";
      this.#openNow.checked = false;
    }
    this.#conversation = id;
    this.#need = needs?.[0]?.code ?? "";
    this.#dialog.showModal();
    this.#q.select();
    this.#ask();
  }

  close() {
    this.#dialog.close();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.target !== this.#openNow) {
      event.preventDefault();
      if (this.#found.length) this.#mark((this.#at + step + this.#found.length) % this.#found.length);
    } else if (event.key === "Enter" && event.target.matches("input[type=search]")) {
      event.preventDefault();
      if (this.#found[this.#at]) this.#send(this.#found[this.#at]);
    }
  }

  async #ask() {
    this.#later.cancel();
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const q = this.#q.value.trim();
    if (!q && !this.#need) {
      this.#found = [];
      this.#list.replaceChildren();
      this.#state.textContent = t("search_start");
      return;
    }
    this.#state.textContent = t("search_busy");
    try {
      const answer = await get(
        `search${query({
          conversation: this.#conversation,
          q,
          need: q ? "" : this.#need,
          near: this.#near.value.trim(),
          open_now: this.#openNow.checked ? "1" : "",
        })}`,
        asked.signal,
      );
      if (asked.signal.aborted) return;
      this.#found = answer.results;
      this.#show(answer);
    } catch (problem) {
      if (asked.signal.aborted) return;
      this.#state.textContent = problem.message;
    }
  }

  #show({ results, widened_to_km: widened }) {
    const count = results.length ? t("search_found", { n: results.length }) : t("search_none");
    this.#state.textContent = widened ? `${count} ${t("search_widened", { km: Math.round(widened) })}` : count;
    this.#list.replaceChildren(
      ...results.map((card, at) =>
        el(
          "li",
          { id: `found-${at}`, role: "option", onclick: () => this.#send(card) },
          el("span", { class: "listing-name" }, card.name),
          card.stale ? el("span", { class: "badge warn" }, t("search_stale")) : null,
          el("span", { class: "found-facts" }, facts(card)),
        ),
      ),
    );
    this.#mark(0);
  }

  #mark(at) {
    this.#at = at;
    [...this.#list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
    if (this.#list.children[at]) this.#q.setAttribute("aria-activedescendant", `found-${at}`);
    else this.#q.removeAttribute("aria-activedescendant");
  }

  async #send(card) {
    this.#state.textContent = t("search_sending");
    try {
      await this.#insert(card);
      this.close(); // and the focus goes back to where it was; not if it was closed meanwhile and somebody is elsewhere
    } catch (problem) {
      this.#state.textContent = problem.message;
    }
  }
}

function facts(card) {
  const away = typeof card.distance_km === "number" ? t("search_km", { km: card.distance_km.toFixed(1) }) : card.distance;
  const phone = card.phones?.[0];
  return [away, card.open, phone?.display ?? phone?.number, card.address].filter(Boolean).join(" · ");
}

// Private notes. They have their own form and their own address on the server, which cannot reach the person.

import { of, post } from "./api.js";
import { byId, el } from "./dom.js";
import { stampOf, t } from "./words.js";

export class Notes {
  #store;
  #conversation = null;
  #shown = new Set();
  #list = byId("notes-list");
  #field = byId("note-text");
  #problem = byId("note-problem");
  #id = null; // of the note in the field, the same however often it is sent

  constructor(store) {
    this.#store = store;
    this.#field.addEventListener("input", () => this.#store.keepDraft(this.#conversation, this.#field.value, "note"));
    byId("note-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#save();
    });
  }

  show(conversation, notes) {
    byId("notes").hidden = !conversation;
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#shown.clear();
      this.#list.replaceChildren();
      this.#problem.textContent = "";
      this.#field.value = conversation ? this.#store.draft(conversation, "note") : "";
      this.#id = null;
    }
    for (const note of notes ?? []) this.add(note);
  }

  add(note) {
    if (this.#shown.has(note.id)) return;
    this.#shown.add(note.id);
    this.#list.append(
      el(
        "li",
        {},
        el("p", { class: "note-meta" }, `${note.author_name ?? note.author} · `, el("time", { datetime: note.at }, stampOf(note.at))),
        el("p", { class: "text" }, note.text),
      ),
    );
  }

  focus() {
    this.#field.focus();
  }

  async #save() {
    const [conversation, text] = [this.#conversation, this.#field.value.trim()];
    if (!text) return;
    this.#id ??= crypto.randomUUID();
    this.#problem.textContent = "";
    try {
      const saved = await post(of(conversation, "/notes"), { id: this.#id, text });
      this.#store.keepDraft(conversation, "", "note");
      if (conversation !== this.#conversation) return;
      const note = saved.note ?? saved;
      if (note.text) this.add(note);
      this.#field.value = "";
      this.#id = null;
    } catch (problem) {
      this.#problem.textContent = problem.message;
    }
  }
}

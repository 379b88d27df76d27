// The field for writing to the person: draft, preview, canned replies, "is typing". Nothing else is ever sent
// to them from here: notes have a form of their own.

import { of, post } from "./api.js";
import { Canned } from "./canned.js";
import { byId, debounced } from "./dom.js";
import { mustConfirm, previewNodes } from "./preview.js";
import { directionOf, languageName, t } from "./words.js";

const STILL = 4_000; // ms without a key after which somebody no longer types
const AGAIN = 3_000; // ms after which a translation that came too late is asked for again: the machine goes on meanwhile
const TRIES = 20;

export class Composer {
  #store;
  #send; // (text, preview or null, canned ids)
  #form = byId("composer");
  #field = byId("text");
  #preview = byId("preview");
  #problem = byId("composer-problem");
  #canned;
  #conversation = null;
  #translated = false;
  #shown = null; // {text, preview}: the preview that stands there and what it was made of
  #used = null; // the canned reply that stands in the field unchanged: {id, text}
  #asked = null;
  #typing = false;
  #look = debounced(() => this.#ask(), 350);
  #rest = debounced(() => this.#types(false), STILL);

  constructor(store, send) {
    this.#store = store;
    this.#send = send;
    this.#canned = new Canned(this.#field, (reply) => {
      this.#used = reply.text === this.#field.value ? { id: reply.id, text: reply.text } : null;
      this.#changed();
    });
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Shows the field for a conversation that the specialist holds; null hides it. */
  show(conversation) {
    const id = conversation?.id ?? null;
    this.#form.hidden = !id;
    if (id === this.#conversation) return;
    if (this.#typing) this.#types(false);
    this.#conversation = id;
    this.#canned.conversation = id;
    this.#problem.textContent = "";
    this.#used = null;
    this.#clear();
    if (!id) return;
    const writes = conversation.translation?.writes;
    this.#translated = writes !== "same";
    byId("text-label").textContent = t("composer_label", { language: languageName(document.documentElement.lang) });
    this.#field.value = this.#store.draft(id);
    if (this.#field.value) this.#look();
  }

  /** To the field, unless somebody writes in another by now: a note must not end up in a message to the person. */
  focus() {
    const at = document.activeElement;
    const writing = at?.matches("textarea, input:not([type=checkbox], [type=radio])") || document.querySelector("dialog[open]");
    if (!writing) this.#field.focus();
  }

  /** Puts words back that could not be sent; what was written since stays below them. */
  restore(conversation, text, why) {
    const draft = this.#store.draft(conversation);
    const whole = draft ? `${text}\n${draft}` : text;
    this.#store.keepDraft(conversation, whole);
    if (conversation !== this.#conversation) return;
    this.#field.value = whole;
    this.#problem.textContent = why;
    this.#changed(false);
  }

  #changed(byHand = true) {
    this.#store.keepDraft(this.#conversation, this.#field.value);
    if (byHand) this.#problem.textContent = "";
    if (this.#used && this.#used.text !== this.#field.value) this.#used = null;
    if (!this.#field.value.trim()) {
      this.#clear();
      if (this.#typing) this.#types(false);
      return;
    }
    this.#preview.classList.toggle("stale", this.#shown?.text !== this.#field.value);
    this.#look();
    if (!this.#typing) this.#types(true);
    this.#rest();
  }

  #clear() {
    this.#look.cancel();
    this.#asked?.abort();
    this.#shown = null;
    this.#preview.hidden = true;
    this.#preview.replaceChildren();
  }

  async #ask(tries = TRIES) {
    const [id, text] = [this.#conversation, this.#field.value];
    if (!id || !this.#translated || !text.trim() || text.startsWith("/")) return;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const preview = await post(of(id, "/preview"), this.#body(text), asked.signal);
      if (asked.signal.aborted || id !== this.#conversation || text !== this.#field.value) return;
      this.#shown = { text, preview };
      this.#preview.replaceChildren(...previewNodes(preview));
      this.#preview.classList.remove("stale");
      if (preview.reason === "late" && tries > 1) {
        setTimeout(() => !asked.signal.aborted && this.#shown?.text === text && this.#ask(tries - 1), AGAIN);
      }
    } catch (problem) {
      if (asked.signal.aborted) return;
      this.#preview.replaceChildren(problem.message);
    }
    this.#preview.hidden = false;
  }

  #body = (text) => (this.#used ? { text, canned: this.#used.id } : { text });

  #key(event) {
    if (this.#canned.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      byId("talk-title").focus();
      event.stopPropagation();
    }
  }

  #submit() {
    const [id, text] = [this.#conversation, this.#field.value];
    if (!id || !text.trim()) return;
    const preview = this.#shown?.text === text ? this.#shown.preview : null;
    const { canned } = this.#body(text);
    this.#field.value = "";
    this.#store.keepDraft(id, "");
    this.#used = null;
    this.#clear();
    if (this.#typing) this.#types(false);
    this.#field.dir = directionOf(document.documentElement.lang);
    this.#send(id, text, { preview, doubtful: mustConfirm(preview), canned });
  }

  #types(on) {
    this.#typing = on;
    this.#rest.cancel();
    if (this.#conversation) post(of(this.#conversation, "/typing"), { on }).catch(() => {});
  }
}

// Reads a message aloud when its button is pressed, with a voice of the device. Never by itself: sound can give
// somebody away. Without a voice of the message's language there is no button.

import { element } from "./text.js";

const synth = globalThis.speechSynthesis;

export class Aloud {
  #list;
  #words;
  #on;
  #speaking = null; // the button whose message is being read

  /** `on`: whether messages have the button. */
  constructor(list, words, on) {
    this.#list = list;
    this.#words = words;
    this.#on = on;
    if (!synth) return;
    synth.addEventListener?.("voiceschanged", () => this.refresh());
    addEventListener("pagehide", () => this.stop());
    addEventListener("porchlight:leave", () => this.stop());
    list.addEventListener("click", (event) => {
      const button = event.target.closest(".listen");
      if (button) this.#pressed(button);
    });
  }

  get possible() {
    return !!synth;
  }

  turn(on) {
    this.#on = on;
    if (!on) this.stop();
    this.refresh();
  }

  words(words) {
    this.#words = words;
    this.refresh();
  }

  refresh() {
    for (const item of this.#list.children) this.add(item);
  }

  /** Gives a message its button, or takes it away. */
  add(item) {
    const body = item.querySelector(".body");
    const old = item.querySelector(":scope > .listen");
    if (!this.#on || !body || item.classList.contains("person") || !voiceFor(languageOf(body))) {
      old?.remove();
      return;
    }
    const button = old ?? element("button", "listen");
    button.type = "button";
    this.#label(button);
    if (!old) item.append(button);
  }

  stop() {
    if (!this.#speaking) return;
    const button = this.#speaking;
    this.#speaking = null;
    synth.cancel();
    this.#label(button);
  }

  #pressed(button) {
    const again = button === this.#speaking;
    this.stop();
    if (again) return;
    const body = button.parentElement.querySelector(".body");
    const language = languageOf(body);
    const voice = voiceFor(language);
    if (!voice) return button.remove();
    this.#speaking = button;
    this.#label(button);
    const parts = sentences(body);
    parts.forEach((part, at) => {
      const said = new SpeechSynthesisUtterance(part);
      said.voice = voice;
      said.lang = voice.lang;
      said.rate = 0.9; // slow enough to follow with a finger
      const ends = () => at === parts.length - 1 && this.#speaking === button && this.stop();
      said.onend = ends;
      said.onerror = () => this.#speaking === button && this.stop();
      synth.speak(said);
    });
    if (!parts.length) this.stop();
  }

  #label(button) {
    const speaking = button === this.#speaking;
    button.textContent = speaking ? this.#words.stop : this.#words.listen;
    button.setAttribute("aria-pressed", String(speaking));
  }
}

const languageOf = (body) => (body.lang || document.documentElement.lang || "en").toLowerCase();

/** A voice on the device itself that speaks a language. Others would send the words to somebody else's computer. */
function voiceFor(language) {
  const wanted = { yue: ["yue", "zh-hk"], tl: ["tl", "fil"], zh: ["zh", "cmn"] }[language] ?? [language];
  const fits = ({ lang }) => {
    const code = lang.toLowerCase().replace("_", "-");
    return wanted.some((one) => code === one || code.startsWith(`${one}-`));
  };
  return (synth?.getVoices() ?? []).find((voice) => voice.localService && fits(voice)) ?? null;
}

/** The words of a message, each block by itself: some voices break off in a long text. */
function sentences(body) {
  const blocks = body.querySelectorAll("p, h3, .choices button, a.button");
  const found = [];
  for (const block of blocks.length ? blocks : [body]) {
    const copy = block.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".unseen")) hidden.remove();
    const text = copy.textContent.replace(/\s+/g, " ").trim();
    if (text) found.push(...(text.match(/[^.!?。؟।]+[.!?。؟।]*/gu) ?? [text]).map((part) => part.trim()).filter(Boolean));
  }
  return found;
}

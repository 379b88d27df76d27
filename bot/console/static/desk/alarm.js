// Danger that nobody has claimed: a tone, the title, a notification of the browser, one line for screen readers.

import { byId } from "./dom.js";
import { riskName } from "./risk.js";
import { t } from "./words.js";

const EVERY = 4_000; // ms between two rings
const WANTED = "porchlight-sound";

function remembered() {
  try {
    return localStorage.getItem(WANTED);
  } catch {
    return null;
  }
}

export class Alarm {
  #audio = null;
  #wanted = remembered() !== "off"; // a desk is meant to ring; silence is a choice
  #ringing = false;
  #timer = null;
  #flash = null;
  #title = document.title;
  #known = new Set(); // conversations already announced
  #notices = new Map();
  #open; // (conversation) => shows it

  constructor(open) {
    this.#open = open;
    this.#button = byId("sound");
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.#toggle());
    // Browsers let a page sound only after it was touched: the first touch is used, and until then the button says so.
    // The end of a touch, not its beginning: the button's words change then, and what is below must not move away under
    // a finger that is still down.
    for (const kind of ["click", "keydown"]) addEventListener(kind, () => this.#wanted && this.#wake(), true);
    const notify = byId("notify");
    if ("Notification" in window && Notification.permission === "default") {
      notify.hidden = false;
      notify.addEventListener("click", async () => {
        await Notification.requestPermission();
        notify.hidden = Notification.permission !== "default";
      });
    }
    if (this.#wanted) this.#wake();
    this.#show();
  }

  #button;

  /** `open` lists the waiting conversations that ring; an empty list means silence. */
  set(open) {
    const ids = new Set(open.map((one) => one.conversation));
    for (const [id, notice] of this.#notices) {
      if (ids.has(id)) continue;
      notice.close();
      this.#notices.delete(id);
    }
    for (const one of open) if (!this.#known.has(one.conversation)) this.#announce(one);
    this.#known = ids;
    if (!this.#ringing && ids.size) this.#start(open);
    if (this.#ringing && !ids.size) this.#stop();
    if (ids.size) document.documentElement.dataset.danger = String(ids.size);
    else delete document.documentElement.dataset.danger;
  }

  /** The page's title when nothing rings. */
  set title(text) {
    this.#title = text;
    if (!this.#ringing) document.title = text;
  }

  #announce(one) {
    const words = t("danger_new", { risk: riskName(one.risk), door: one.door_name });
    byId("alarm").textContent = words;
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    // A notification shows on locked screens: it says that somebody waits, never their words.
    let notice;
    try {
      notice = new Notification(t("danger_notice"), { body: words, tag: one.conversation, requireInteraction: true });
    } catch {
      return; // telephones allow it to installed apps only
    }
    notice.onclick = () => {
      window.focus();
      this.#open(one.conversation);
      notice.close();
    };
    this.#notices.set(one.conversation, notice);
  }

  #start() {
    this.#ringing = true;
    this.#ring();
    this.#timer = setInterval(() => this.#ring(), EVERY);
    let on = false;
    this.#flash = setInterval(() => {
      on = !on;
      document.title = on ? t("danger_title") : this.#title;
    }, 1_000);
    document.title = t("danger_title");
    this.#show();
  }

  #stop() {
    this.#ringing = false;
    clearInterval(this.#timer);
    clearInterval(this.#flash);
    document.title = this.#title;
    byId("alarm").textContent = "";
    this.#show();
  }

  #ring() {
    const audio = this.#audio;
    if (!this.#wanted || audio?.state !== "running") return this.#show();
    document.documentElement.dataset.rings = String(Number(document.documentElement.dataset.rings ?? 0) + 1);
    // Two rising notes, soft at the edges: heard across a room without startling who wears headphones.
    [659.3, 880].forEach((pitch, at) => {
      const from = audio.currentTime + at * 0.28;
      const tone = new OscillatorNode(audio, { type: "triangle", frequency: pitch });
      const loud = new GainNode(audio, { gain: 0 });
      loud.gain.setValueAtTime(0, from);
      loud.gain.linearRampToValueAtTime(0.22, from + 0.03);
      loud.gain.exponentialRampToValueAtTime(0.001, from + 0.6);
      tone.connect(loud).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.65);
    });
  }

  #wake() {
    if (this.#audio?.state === "running") return;
    try {
      this.#audio ??= new AudioContext();
    } catch {
      return; // no sound on this machine; the button says so
    }
    this.#audio.onstatechange = () => this.#show();
    this.#audio.resume().then(() => this.#show(), () => this.#show());
  }

  #toggle() {
    const sounds = this.#wanted && this.#audio?.state === "running";
    this.#wanted = !sounds;
    try {
      localStorage.setItem(WANTED, this.#wanted ? "on" : "off");
    } catch {
      // it holds until the page is left
    }
    if (this.#wanted) {
      this.#wake();
      if (this.#ringing) setTimeout(() => this.#ring(), 50);
    }
    this.#show();
  }

  #show() {
    const sounds = this.#wanted && this.#audio?.state === "running";
    const name = sounds ? t("sound_on") : this.#wanted ? t("sound_blocked") : t("sound_off");
    this.#button.dataset.state = sounds ? "on" : "off";
    this.#button.querySelector(".name").textContent = name;
    this.#button.title = name;
  }
}

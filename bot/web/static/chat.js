// The chat page: what the person does goes to the connection, what the connection says is shown.

import { Aloud } from "./aloud.js";
import { Connection } from "./connection.js";
import { tools } from "./dialogs.js";
import { relabel, render, retire } from "./messages.js";
import { data, translate } from "./page.js";
import { Store } from "./store.js";
import { offers } from "./text.js";
import { showWaiting, showWho, Signs, waitingTools } from "./waiting.js";

const LIMIT = 4000; // characters in one message, as the server counts them
const TYPING_DELAY = 500; // ms: a quick answer needs no announcement
const TYPING_LIMIT = 30_000; // ms: never say for ever that somebody writes
const TYPING_PERSON = 8_000; // ms: a specialist's console says every few seconds that they still write

const byId = (id) => document.getElementById(id);
const [log, list, composer, text] = ["log", "messages", "composer", "text"].map(byId);
const setup = data("setup");
const store = new Store(setup.door);
const action = composer.getAttribute("action");
const echoes = new Map(); // id → item of a message not yet confirmed by an event

let words = data("words");
let owner = "bot";
let person = null; // the specialist who holds the conversation: {name}
let notice = null; // which word the notice line shows
let typingTimer;
let pageLanguage = document.documentElement.lang;
let conversationLanguage = null;
let greeting = true; // whether the page still shows what the server wrote into it
const aloud = new Aloud(list, words, store.get("aloud") ?? !!setup.aloud);
let answer = null; // first message since the person last wrote: its beginning stays in view
let scrolledTo = 0;

const connection = new Connection(store, setup.door, takeOver(), (name, detail) => handlers[name]?.(detail));

const handlers = {
  message({ message, heard }) {
    quiet(heard);
    if (message.author !== "person") typing(false);
    clearGreeting();
    if (notice === "back" && !heard) say(null);
    const echo = echoes.get(message.id);
    if (echo) {
      echo.dataset.seq = message.seq;
      echo.classList.remove("unsent");
      echoes.delete(message.id);
      return;
    }
    const item = render(message, words, action);
    list.insertBefore(item, list.querySelector(".unsent"));
    aloud.add(item);
    if (offers(message)) retire(item);
    if (message.author === "person") answer = null;
    else answer ??= item;
    follow(item, heard);
  },
  typing: ({ on, by }) => typing(on, by ? TYPING_PERSON : TYPING_LIMIT),
  state(state) {
    owner = state.owner ?? owner;
    person = state.person ?? null;
    showOwner();
    showWaiting(state.waiting ?? null);
    if (state.language && state.language !== conversationLanguage) {
      conversationLanguage = state.language;
      speak(state.language);
    }
  },
  deleted: erased,
  sent: () => notice === "busy" && say(null),
  up() {
    if (notice === "offline" || notice === "starting") say("back");
  },
  down({ seconds, failures, started }) {
    if (seconds) say("busy", { seconds });
    else if (failures > 1 || !navigator.onLine) say(started ? "offline" : "starting");
  },
  refused({ id, text: unsent, status }) {
    echoes.get(id)?.remove();
    echoes.delete(id);
    text.value = unsent;
    problem(status === 413 ? "too_long" : "refused");
  },
  renewed() {
    list.replaceChildren(...list.querySelectorAll(".unsent"));
    answer = null;
    say("renewed");
  },
};

/** Goes on with the conversation of this tab, or with one begun before this script was there. */
function takeOver() {
  const chosen = new URLSearchParams(location.search).get("lang");
  if (chosen) store.set({ language: chosen });
  if (setup.token && setup.token !== store.get("token")) {
    const last = Number(list.lastElementChild?.dataset.seq ?? 0);
    store.set({ token: setup.token, seen: last });
    greeting = false;
    // From here on the tab keeps the token; the cookie would outlive it.
    fetch(action, { method: "POST", body: new URLSearchParams({ action: "forget" }), redirect: "manual" });
    return last;
  }
  return 0;
}

/** The greeting that the server wrote into the page stays until the conversation's own arrives. */
function clearGreeting() {
  if (!greeting) return;
  greeting = false;
  for (const item of list.querySelectorAll("[data-seq]")) item.remove();
}

/** Messages heard before a reload are shown again without being read out again. */
function quiet(heard) {
  const live = heard ? "off" : "polite";
  if (log.getAttribute("aria-live") !== live) log.setAttribute("aria-live", live);
}

function say(word, facts = {}) {
  notice = word;
  const said = word ? words[word].replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all) : "";
  if (byId("notice").textContent !== said) byId("notice").textContent = said;
}

function problem(word) {
  byId("problem").textContent = word ? words[word].replace("{limit}", LIMIT) : "";
  text.toggleAttribute("aria-invalid", false);
  if (word) text.setAttribute("aria-invalid", "true");
}

/** Who answers now, above the field for writing and at the top of the page. */
function showOwner() {
  const named = owner === "held" && person;
  const said = named ? words.held_by.replace("{name}", () => person.name) : (words[`owner_${owner}`] ?? "");
  if (byId("owner").textContent !== said) byId("owner").textContent = said;
  showWho(owner === "held" ? person : null);
}

function typing(on, limit = TYPING_LIMIT) {
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(() => show(true), TYPING_DELAY);
  else show(false);
  function show(visible) {
    byId("typing").textContent = visible ? words.typing : "";
    if (visible) typingTimer = setTimeout(() => show(false), limit);
  }
}

/** Scrolls to what is new, unless the person has scrolled away to read. */
function follow(item, force) {
  if (!list.querySelector(".person")) return; // the greeting is read from the top
  const end = document.documentElement.scrollHeight - innerHeight;
  const reading = Math.abs(scrollY - scrolledTo) > 60 && end - scrollY > item.offsetHeight + 120;
  if (reading && !force) {
    if (byId("newer").hidden) answer = item;
    byId("newer").hidden = false;
    return;
  }
  const top = document.querySelector(".top").offsetHeight;
  const start = answer ? answer.getBoundingClientRect().top + scrollY - top - 16 : end;
  scrollTo(0, Math.min(end, start));
  scrolledTo = scrollY;
}

function send(words_) {
  aloud.stop();
  problem(null);
  if (notice === "back" || notice === "renewed") say(null);
  echo(connection.send(words_), words_);
}

function echo(id, said) {
  quiet(false);
  const item = render({ author: "person", kind: "text", text: said }, words, action);
  item.classList.add("unsent");
  echoes.set(id, item);
  list.append(item);
  answer = null;
  byId("newer").hidden = true;
  scrolledTo = scrollY;
  follow(item, true);
}

/** Puts the words of the page into a language. The conversation's own language is the server's matter. */
async function speak(language) {
  if (language === pageLanguage) return;
  pageLanguage = language;
  try {
    if (!(await translate(language))) return;
  } catch {
    return; // The network is away: the words stay as they are.
  }
  words = data("words");
  relabel(list, words);
  aloud.words(words);
  showOwner();
  if (notice !== "busy") say(notice);
}

function erased() {
  aloud.stop();
  store.clear();
  list.replaceChildren();
  text.value = "";
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["log", "composer", "tools", "owner", "waiting", "typing", "notice", "newer"]) byId(id).hidden = true;
  byId("deleted").hidden = false;
  byId("deleted").focus({ preventScroll: true });
  scrollTo(0, 0);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value.trim();
  if (!said) return text.focus();
  if ([...said].length > LIMIT) return problem("too_long");
  text.value = "";
  store.set({ draft: "" });
  signs.typed(false, owner === "held");
  send(said);
  text.focus();
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
text.addEventListener("input", () => {
  store.set({ draft: text.value });
  signs.typed(!!text.value.trim(), owner === "held");
});

list.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter.getAttribute("aria-disabled") !== "true") send(event.submitter.value);
});

byId("languages").addEventListener("submit", async (event) => {
  event.preventDefault();
  const language = event.submitter.value;
  byId("languages").open = false;
  byId("languages").querySelector("summary").focus();
  conversationLanguage = language;
  try {
    await Promise.all([connection.choose(language), speak(language)]);
  } catch {
    say("fails");
  }
});

byId("newer").addEventListener("click", () => {
  byId("newer").hidden = true;
  scrolledTo = scrollY;
  follow(list.lastElementChild, true);
  text.focus();
});
addEventListener("scroll", () => {
  const end = document.documentElement.scrollHeight - innerHeight;
  if (end - scrollY < 80) byId("newer").hidden = true;
}, { passive: true });

// Neither of these may add to the history: the way back must not lead here after leaving.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  text.focus();
});
byId("deleted").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  location.replace(link.href);
});

addEventListener("porchlight:leave", () => connection.stop());
addEventListener("message", (event) => {
  if (setup.embed && event.source === parent && event.data?.porchlight === "opened") text.focus();
});

if (aloud.possible) {
  const option = byId("aloud");
  const show = () => option.setAttribute("aria-pressed", String(store.get("aloud") ?? !!setup.aloud));
  option.hidden = false;
  show();
  option.addEventListener("click", () => {
    store.set({ aloud: !(store.get("aloud") ?? !!setup.aloud) });
    aloud.turn(store.get("aloud"));
    show();
  });
  aloud.refresh();
}
const signs = new Signs(connection);
tools(connection, erased);
waitingTools(connection, () => say("fails"));
text.value = text.value || store.get("draft");
for (const { id, text: unsent } of store.get("outbox")) echo(id, unsent);
connection.run();

// One message as elements, with the same marks as templates/message.html.

import { element, isSafeLink, ownChoices, rich, visibleText } from "./text.js";

const FIELDS = ["address", "fee", "eligibility", "languages", "accessibility", "url", "verified"];

/** The list item for a message as the server describes it; `words` are the page's, `action` the form's address. */
export function render(message, words, action) {
  const body = element("div", "body");
  if (message.author === "person") {
    body.dir = "auto";
  } else {
    body.lang = message.language;
    body.dir = message.rtl ? "rtl" : "ltr";
  }
  const text = visibleText(message);
  if (text) body.append(element("p", "text", rich(text, message.author !== "person")));
  for (const card of message.cards ?? []) body.append(listing(card, words, action));
  for (const { href, label } of message.actions ?? []) {
    if (isSafeLink(href)) body.append(link(href, "button", rich(label, false)));
  }
  const own = ownChoices(message);
  if (own.length) body.append(choices(action, ...own.map(choice)));

  const item = element("li", `message ${message.author} ${message.kind}`);
  if (message.seq) item.dataset.seq = message.seq;
  if (message.author_name) item.dataset.name = message.author_name;
  item.append(element("p", "author", rich(author(message.author, message.author_name, words))), body);
  if (message.machine_translated) item.append(machine(message.original, words));
  return item;
}

/** Names the authors and marks again after the page has changed its language. */
export function relabel(list, words) {
  for (const item of list.children) {
    const who = ["bot", "specialist", "person"].find((name) => item.classList.contains(name)) ?? "system";
    item.querySelector(".author").replaceChildren(rich(author(who, item.dataset.name, words)));
    item.querySelector(".machine > p")?.replaceChildren(words.machine);
    item.querySelector(".machine summary")?.replaceChildren(words.original);
  }
}

/** Numbers mean what the newest turn says: buttons of the turns before `item`'s stay readable and do nothing. */
export function retire(item) {
  let at = item;
  while (at && !at.classList.contains("person")) at = at.previousElementSibling;
  for (; at; at = at.previousElementSibling) {
    for (const button of at.querySelectorAll(".choices button")) button.setAttribute("aria-disabled", "true");
  }
}

/** Who speaks: a specialist by first name, where it is known. */
function author(who, name, words) {
  return who === "specialist" && name ? words.named.replace("{name}", () => name) : (words[who] ?? words.system);
}

function link(href, className, ...children) {
  const made = element("a", className, ...children);
  made.setAttribute("href", href);
  return made;
}

function choices(action, ...buttons) {
  const form = element("form", "choices", ...buttons);
  form.method = "post";
  form.setAttribute("action", action);
  return form;
}

function answer(number, ...label) {
  const button = element("button", "", ...label);
  button.name = "text";
  button.value = number;
  return button;
}

const choice = ({ number, label }) =>
  answer(number, element("span", "number", String(number)), " ", rich(label, false));

function machine(original, words) {
  const mark = element("div", "machine", element("p", "", words.machine));
  if (original) {
    const shown = element("p", "text", rich(original, false));
    shown.dir = "auto";
    mark.append(element("details", "", element("summary", "", words.original), shown));
  }
  return mark;
}

function listing(card, words, action) {
  const name = () => element("span", "unseen", ` ${card.name}`);
  const line = (className, text, links = false) => text && element("p", className, rich(text, links));
  const phones = (card.phones ?? []).map(({ href, label, display, line: whole }) => {
    if (!isSafeLink(href)) return line("field", whole || `${label} ${display}`);
    const number = element("bdi", "", display);
    number.dir = "ltr";
    return link(href, "button call", label, " ", number, name());
  });
  const label = card.summary_label && element("b", "", card.summary_label);
  return element(
    "article",
    "card",
    element("h3", "", card.number ? `${card.number}. ` : null, element("bdi", "", card.name)),
    line("badge sample", card.sample_note),
    line("badge", card.distance),
    line("badge", card.scope),
    card.summary && element("p", "summary", label, label && " ", element("bdi", "", rich(card.summary))),
    line(`hours ${card.open_state}`, card.open),
    ...phones,
    ...FIELDS.map((field) => line(`field ${field}`, card[field], true)),
    line("stale", card.stale_note),
    card.number && choices(action, answer(card.number, words.more, name())),
  );
}

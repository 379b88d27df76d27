// One message as two sides: the words in the person's language, and the same in the specialist's. Each side
// says what it is and how it was made.

import { isSafeLink, rich } from "../shared/text.js";
import { el } from "./dom.js";
import { directionOf, languageName, t, timeOf } from "./words.js";

const AUTHORS = () => ({
  person: t("author_person"),
  bot: t("author_bot"),
  specialist: t("author_specialist"),
  system: t("author_system"),
});

/** The node of a message. `theirs` is the person's language; `back(message)` gives a back-translation. */
export function messageNode(message, theirs, back) {
  const node = el("li", { class: `message ${message.author} kind-${message.kind ?? "text"}`, data: { id: message.id } });
  const delivery = el("span", { class: "delivery" });
  const who = message.author_name || (AUTHORS()[message.author] ?? message.author);
  node.append(
    el(
      "p",
      { class: "meta" },
      el("span", { class: "who" }, who),
      el("time", { datetime: message.time }, timeOf(message.time)),
      delivery,
    ),
    sides(message, theirs),
  );
  if (message.choices?.length) {
    const labels = message.choices.map((choice) => el("li", {}, `${choice.number}. ${choice.label}`));
    node.append(el("ul", { class: "offered", lang: message.language, dir: directionOf(message.language) }, labels));
  }
  for (const card of message.cards ?? []) node.append(cardNode(card));
  // The person's own words have a translation beside them; only what was sent needs checking the other way.
  if (message.author === "specialist" && message.translation?.how === "machine") node.append(backCheck(message, back));
  showDelivery(node, message.delivery);
  return node;
}

/** The sides of a message: what the person has first, then what the specialist reads. */
export function sides(message, theirs) {
  const own = { text: message.text, language: message.language };
  const other = message.translation?.text && message.translation.how !== "none" ? message.translation : null;
  if (!other) {
    const alone = side(own, t(message.author === "person" ? "side_original" : "side_sent"));
    const none = message.translation?.how === "none" && message.language !== document.documentElement.lang;
    const words = message.translation?.pending ? t("side_pending") : t("side_none");
    return el(
      "div",
      { class: "sides alone" },
      alone,
      none ? el("p", { class: "no-translation" }, words) : null,
    );
  }
  const made = how(other);
  if (message.author === "person") {
    return el("div", { class: "sides" }, side(own, t("side_original")), side(other, made, other.sure === false));
  }
  // What a specialist wrote stands beside what was sent, whichever of the two the server calls the translation.
  const [sent, written] = other.language === theirs && own.language !== theirs ? [other, own] : [own, other];
  const machine = message.author === "specialist" && other.how === "machine";
  return el(
    "div",
    { class: "sides" },
    side(sent, machine ? t("side_sent_machine") : t("side_sent"), machine && other.sure === false),
    side(written, message.author === "specialist" ? t("side_written") : made),
  );
}

function how(translation) {
  if (translation.how === "catalogue") return t("side_catalogue");
  return translation.sure === false ? t("side_machine_unsure") : t("side_machine");
}

function side({ text, language }, label, unsure = false) {
  return el(
    "div",
    { class: `side${unsure ? " unsure" : ""}` },
    el("p", { class: "side-label" }, el("span", { class: "side-language" }, languageName(language)), ` · ${label}`),
    el("p", { class: "text", lang: language, dir: directionOf(language) }, rich(text)),
  );
}

function backCheck(message, back) {
  const out = el("p", { class: "back-text", role: "status", hidden: true });
  const button = el("button", { type: "button", class: "quiet small" }, t("back_check"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const found = await back(message);
      const text = found.back ?? found.text;
      out.replaceChildren(el("span", { class: "side-label" }, `${t("back_label")} `), text ?? t("back_none"));
      if (found.language) out.lang = found.language;
      button.hidden = true;
    } catch (problem) {
      out.textContent = problem.message;
      button.disabled = false;
    }
    out.hidden = false;
  });
  return el("div", { class: "back" }, button, out);
}

/** A listing as it was sent, short: name, what it says of opening, ways to reach it, where, how fresh. */
export function cardNode(card) {
  const link = card.url && isSafeLink(card.url);
  return el(
    "article",
    { class: "listing", lang: card.language, dir: directionOf(card.language ?? "en") },
    el("p", { class: "listing-name" }, card.name),
    facts(card),
    link ? el("a", { href: card.url, target: "_blank", rel: "noopener noreferrer" }, card.url) : null,
    card.stale && card.stale_note ? el("p", { class: "stale" }, card.stale_note) : null,
    card.sample && card.sample_note ? el("p", { class: "hint" }, card.sample_note) : null,
  );
}

function facts(card) {
  const phones = (card.phones ?? []).map((phone) => el("bdi", { dir: "ltr" }, phone.display ?? phone.number));
  const lines = [card.distance, card.open, ...phones, card.address, card.fee, card.eligibility, card.verified];
  return el("ul", { class: "listing-facts" }, lines.filter(Boolean).map((line) => el("li", {}, line)));
}

const MARKS = { ready: "◌", queued: "◌", sending: "◌", sent: "✓", delivered: "✓✓", failed: "!", held: "!" };

/** Puts the state of delivery on a message that is shown. */
export function showDelivery(node, delivery) {
  const mark = node.querySelector(".delivery");
  mark.replaceChildren();
  if (!delivery) return;
  mark.dataset.state = delivery.state;
  const sign = MARKS[delivery.state] ?? "•";
  const words = [delivery.label ?? delivery.state, delivery.reason].filter(Boolean).join(": ");
  mark.append(el("span", { class: "sign", "aria-hidden": "true" }, sign), ` ${words}`);
}

// What stands beside the conversation: risk, needs, place, intake, consent, listings, referrals, earlier talks.
// A part is built again only when it has changed, so that the focus stays.

import { of, post } from "./api.js";
import { byId, el } from "./dom.js";
import { reasonsOf, riskBadge } from "./risk.js";
import { directionOf, languageName, stampOf, t, timeOf } from "./words.js";

export class Context {
  #box = byId("context");
  #parts = new Map(); // name → {data, node}
  #id = null;
  #place = null;
  #act; // {say(words), insert()}

  constructor(act) {
    this.#act = act;
  }

  show(detail) {
    byId("context-empty").hidden = !!detail;
    this.#box.hidden = !detail;
    if (!detail) return;
    const { conversation: talk, ...rest } = detail;
    if (talk.id !== this.#id) {
      this.#id = talk.id;
      this.#place = null;
      this.#parts.clear();
      this.#box.replaceChildren();
    }
    this.#part("risk", t("risk_title"), talk.risk, riskPart);
    this.#part("needs", t("needs_title"), talk.needs, needsPart);
    const known = talk.place_known !== false || !!talk.place;
    this.#part("place", t("place_title"), { known, place: this.#place ?? talk.place }, (data) => this.#placePart(data));
    this.#part("translation", t("translation_title"), { ...talk.translation, language: talk.language }, translationPart);
    this.#part("intake", t("intake_title", { door: talk.door_name }), talk.intake, pairsPart);
    this.#part("consents", t("consents_title"), talk.consents, consentsPart);
    this.#part("connections", rest.connections?.title, rest.connections?.tries, connectionsPart);
    this.#part("referrals", t("referrals_title"), rest.referrals, (data) => this.#referralsPart(data));
    this.#part("listings", t("listings_title"), rest.listings_shown, listingsPart);
    this.#part("earlier", t("earlier_title"), rest.earlier, earlierPart);
  }

  #part(name, title, data, build) {
    const words = JSON.stringify(data ?? null);
    const before = this.#parts.get(name);
    if (before?.words === words) return;
    const content = build(data);
    const node = content
      ? el("section", { class: "part", "aria-labelledby": `part-${name}` }, el("h3", { id: `part-${name}` }, title), content)
      : el("section", { hidden: true });
    if (before) before.node.replaceWith(node);
    else this.#box.append(node);
    this.#parts.set(name, { words, node });
  }

  #placePart({ known, place }) {
    if (place?.name) return el("p", {}, place.name);
    if (!known) return el("p", { class: "hint" }, t("place_unknown"));
    const button = el("button", { type: "button", class: "small" }, t("place_show"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const answer = await post(of(this.#id, "/place"));
        this.#place = answer.place ?? answer;
        const node = el("p", { tabindex: "-1" }, this.#place?.name ?? t("place_unknown"));
        button.parentElement.replaceWith(node);
        node.focus();
      } catch (problem) {
        this.#act.say(problem.message);
        button.disabled = false;
      }
    });
    return el("div", {}, button, el("p", { class: "hint" }, t("place_hint")));
  }

  #referralsPart(referrals) {
    if (!referrals?.length) return el("p", { class: "hint" }, t("referrals_none"));
    return el(
      "ul",
      { class: "plain" },
      referrals.map((one) => el("li", {}, one.name ?? t("listing_gone"), " ", el("span", { class: "badge good" }, one.state_label ?? one.state))),
    );
  }
}

function riskPart(risk) {
  const history = risk.history ?? [];
  return el(
    "div",
    {},
    el("p", {}, riskBadge(risk)),
    history.length
      ? el(
          "ol",
          { class: "history" },
          history.map((one) =>
            el(
              "li",
              {},
              el("time", { datetime: one.at }, timeOf(one.at)),
              " ",
              riskBadge(one),
              one.third_person ? el("span", { class: "soft" }, ` ${t("risk_third")}`) : null,
              reasonsOf(one) ? el("p", { class: "reasons" }, reasonsOf(one)) : null,
            ),
          ),
        )
      : null,
  );
}

function needsPart(needs) {
  if (!needs?.length) return el("p", { class: "hint" }, t("needs_none"));
  return el("ul", { class: "chips" }, needs.map((need) => el("li", { class: "badge" }, need.label)));
}

const WAYS = () => ({ same: t("way_same"), machine: t("way_machine"), none: t("way_none"), catalogue: t("side_catalogue") });

function translationPart({ reads, writes, interpreter, language }) {
  if (!reads) return null;
  return el(
    "div",
    {},
    el(
      "dl",
      { class: "pairs" },
      el("div", {}, el("dt", {}, t("way_reads", { language: languageName(language) })), el("dd", {}, WAYS()[reads] ?? reads)),
      el("div", {}, el("dt", {}, t("way_writes")), el("dd", {}, WAYS()[writes] ?? writes)),
    ),
    interpreter
      ? el("p", { class: "interpreter" }, t("interpreter"), " ", interpreter.name, " ", el("bdi", { dir: "ltr" }, interpreter.phone))
      : null,
    interpreter?.note ? el("p", { class: "hint" }, interpreter.note) : null,
  );
}

// Lines that were called for the person: connected only where somebody there answered.
function connectionsPart(tries) {
  if (!tries?.length) return null;
  return el(
    "ul",
    { class: "plain" },
    tries.map((one) =>
      el("li", {}, el("time", { datetime: one.at }, timeOf(one.at)), ` ${one.name} `, el("span", { class: one.connected ? "badge good" : "badge warn" }, one.label)),
    ),
  );
}

function pairsPart(intake) {
  if (!intake?.length) return null;
  return el(
    "dl",
    { class: "pairs" },
    intake.map((one) =>
      el(
        "div",
        {},
        el("dt", {}, one.question),
        el("dd", { lang: one.language, dir: one.language ? directionOf(one.language) : "auto" }, one.answer ?? t("intake_skipped")),
      ),
    ),
  );
}

function consentsPart(consents) {
  if (!consents?.length) return null;
  return el(
    "ul",
    { class: "plain" },
    consents.map((one) => el("li", {}, one.label ?? one.code, one.at ? el("span", { class: "soft" }, ` ${stampOf(one.at)}`) : null)),
  );
}

function listingsPart(listings) {
  if (!listings?.length) return el("p", { class: "hint" }, t("listings_none"));
  const items = listings.map((one) =>
    el("li", {}, one.name ?? t("listing_gone"), one.need_label ? el("span", { class: "soft" }, ` · ${one.need_label}`) : null),
  );
  return el("details", { open: listings.length < 4 }, el("summary", {}, t("listings_count", { n: listings.length })), el("ul", { class: "plain" }, items));
}

function earlierPart(earlier) {
  if (!earlier?.length) return null;
  return el(
    "ul",
    { class: "plain" },
    earlier.map((one) => {
      const needs = (one.needs ?? []).map((need) => need.label ?? need).join(", ");
      const met = typeof one.outcome === "string" ? one.outcome : outcomeOf(one.outcome);
      return el(
        "li",
        {},
        el("time", { datetime: one.at }, stampOf(one.at)),
        ` · ${one.door_name}`,
        needs ? el("p", { class: "soft" }, needs) : null,
        met ? el("p", { class: "soft" }, met) : null,
      );
    }),
  );
}

function outcomeOf(outcome) {
  if (!outcome) return null;
  const said = [];
  if (outcome.met?.length) said.push(t("outcome_met", { needs: outcome.met.join(", ") }));
  if (outcome.unmet?.length) said.push(t("outcome_unmet", { needs: outcome.unmet.join(", ") }));
  return said.join(" ");
}

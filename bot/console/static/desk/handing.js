// Handing a conversation on: to a colleague or skill, to a partner line, back to the queue, back to the bot.

import { get, of, post } from "./api.js";
import { el } from "./dom.js";
import { ask, checkbox, radios, select } from "./forms.js";
import { languageName, t } from "./words.js";

/** Each asks in a dialog and gives true when it was done. */
export async function transfer(conversation) {
  const targets = await get(of(conversation, "/transfer"));
  const staff = (targets.staff ?? []).map((one) => ({ code: `to:${one.id}`, label: person(one) }));
  const skills = (targets.skills ?? []).map((one) => ({
    code: `skill:${one.code ?? one}`,
    label: t("to_skill", { skill: one.label ?? one }),
  }));
  const languages = (targets.languages ?? []).map((one) => ({
    code: `language:${one.code}`,
    label: t("to_language", { language: one.label }),
  }));
  const options = [...staff, ...skills, ...languages];
  if (!options.length) options.push({ code: "", label: t("to_nobody") });
  return ask({
    title: t("transfer_title"),
    intro: t("transfer_intro"),
    body: [select("target", t("transfer_to"), options)],
    yes: t("transfer_yes"),
    act: (form) => {
      const [kind, ...rest] = String(form.get("target")).split(":");
      return post(of(conversation, "/transfer"), { [kind || "to"]: rest.join(":") });
    },
  });
}

function person(one) {
  const status = { available: t("status_available"), busy: t("status_busy"), away: t("status_away"), offline: t("status_offline") };
  return `${one.name} (${status[one.status] ?? one.status})`;
}

/** A warm transfer: what was agreed to share becomes a packet that the specialist reads out to the line. */
export async function partner(conversation) {
  const offered = await get(of(conversation, "/partners"));
  const lines = (offered.lines ?? []).map((line) => ({
    code: line.id,
    label: line.name,
    hint: [line.phone ?? line.text, line.hours, (line.languages ?? []).map(languageName).join(", ")].filter(Boolean).join(" · "),
  }));
  const yes = checkbox("consent", t("partner_consent"));
  let made = null;
  const done = await ask({
    title: t("partner_title"),
    intro: lines.length ? t("partner_intro") : t("partner_none"),
    body: [
      // None is chosen beforehand: the wrong line is worse than one key more.
      radios("line", t("partner_line"), lines, lines.length === 1 ? lines[0].code : null, true),
      el(
        "fieldset",
        { class: "field" },
        el("legend", {}, t("partner_share")),
        (offered.fields ?? []).map((one) => checkbox("share", one.label, false, { value: one.code })),
      ),
      yes,
    ],
    yes: t("partner_yes"),
    act: async (form) => {
      made = await post(of(conversation, "/partner"), {
        line: form.get("line"),
        share: form.getAll("share"),
        consent: form.get("consent") === "on",
      });
    },
  });
  if (done) await packet(conversation, made);
  return done;
}

/** What to tell the line, and how the call went. */
function packet(conversation, { transfer: id, line, packet: facts }) {
  const shown = (facts ?? []).map(({ label, value }) => el("div", {}, el("dt", {}, label), el("dd", {}, value)));
  const went = [
    { code: "connected", label: t("call_connected") },
    { code: "no_answer", label: t("call_no_answer") },
    { code: "busy", label: t("call_busy") },
    { code: "refused", label: t("call_refused") },
    { code: "unknown", label: t("call_unknown") },
  ];
  return ask({
    title: t("packet_title"),
    intro: shown.length ? t("packet_intro") : t("packet_empty"),
    body: [
      line ? el("p", { class: "interpreter" }, line.name, " ", el("bdi", { dir: "ltr" }, line.phone ?? line.text ?? "")) : null,
      shown.length ? el("dl", { class: "pairs packet" }, shown) : null,
      radios("state", t("call_went"), went, "connected", true),
    ],
    yes: t("done"),
    no: t("later"),
    act: (form) => post(of(conversation, "/partner/ended"), { transfer: id, state: form.get("state") }),
  });
}

export const giveBack = (conversation, seen) =>
  ask({
    title: t("return_title"),
    intro: t("return_intro"),
    yes: t("return_yes"),
    act: () => post(of(conversation, "/return"), { seen }),
  });

export const release = (conversation) =>
  ask({
    title: t("release_title"),
    intro: t("release_intro"),
    yes: t("release_yes"),
    act: () => post(of(conversation, "/release")),
  });

export const takeOver = (conversation, name) =>
  ask({
    title: t("takeover_title", { name }),
    intro: t("takeover_intro", { name }),
    yes: t("takeover_yes"),
    danger: true,
    act: () => post(of(conversation, "/takeover")),
  });

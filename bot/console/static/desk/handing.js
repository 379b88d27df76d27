// Handing a conversation on: to a colleague or skill, to a partner line, back to the queue, back to the bot.

import { get, of, post } from "./api.js";
import { announce, el } from "./dom.js";
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
  const { sharing } = offered;
  const lines = (offered.lines ?? []).map((line) => ({
    code: line.id,
    label: line.name,
    hint: [line.phone ?? line.text, line.hours, (line.languages ?? []).map(languageName).join(", "), agreed(line.id, offered)]
      .filter(Boolean)
      .join(" · "),
  }));
  const yes = checkbox("consent", t("partner_consent"));
  const grounds = sharing.grounds.map((one) => ({ code: one.code, label: one.label }));
  let made = null;
  let refused = null; // what somebody whom the person has excluded was to be told
  const done = await ask({
    title: t("partner_title"),
    intro: lines.length ? t("partner_intro") : t("partner_none"),
    body: [
      rule(sharing),
      excluded(conversation, sharing),
      decisions(offered),
      // None is chosen beforehand: the wrong line is worse than one key more.
      radios("line", t("partner_line"), lines, lines.length === 1 ? lines[0].code : null, true),
      el(
        "fieldset",
        { class: "field" },
        el("legend", {}, t("partner_share")),
        (offered.fields ?? []).map((one) => checkbox("share", one.label, false, { value: one.code })),
      ),
      radios("ground", t("sharing_ground"), grounds, "consent", true),
      yes,
    ],
    yes: t("partner_yes"),
    act: async (form) => {
      const wish = { line: form.get("line"), share: form.getAll("share"), ground: form.get("ground") };
      try {
        made = await post(of(conversation, "/partner"), { ...wish, consent: form.get("consent") === "on" });
      } catch (problem) {
        if (problem.code !== "sharing_excluded" || wish.ground === "consent") throw problem;
        refused = wish;
      }
    },
  });
  if (done && refused) {
    await override(conversation, refused, sharing);
    return false;
  }
  if (done) await packet(conversation, made);
  return done;
}

/** What a line may be told, beside its name. */
function agreed(line, { sharing, fields }) {
  const terms = sharing.agreed[line];
  if (!terms) return t("sharing_not_agreed");
  const names = terms.fields.map((code) => fields.find((one) => one.code === code)?.label).filter(Boolean);
  return terms.until ? t("sharing_agreed", { fields: names.join(", "), until: terms.until.slice(0, 10) }) : null;
}

/** The rule in force, with its version. */
const rule = ({ rule: { title, text, version } }) =>
  el(
    "details",
    { class: "field" },
    el("summary", {}, title),
    el("ul", {}, text.map((sentence) => el("li", {}, sentence))),
    el("p", { class: "hint" }, t("sharing_rule_version", { version })),
  );

/** Whom the person has excluded, each with the way to lift it; and who else must not know. */
function excluded(conversation, sharing) {
  const list = el("ul", {});
  const put = (one) => {
    const lifting = el("button", { type: "button" }, t("sharing_lift"));
    const entry = el("li", {}, one.label, " ", lifting);
    lifting.addEventListener("click", async () => {
      await post(of(conversation, "/exclusions/lift"), { exclusion: one.id });
      entry.remove();
    });
    list.append(entry);
  };
  sharing.exclusions.forEach(put);
  const kinds = [{ code: "", label: t("sharing_exclude") }, ...sharing.kinds];
  const more = select("exclude", t("sharing_exclude_title"), kinds);
  more.querySelector("select").addEventListener("change", async (event) => {
    const kind = event.target.value;
    if (!kind) return;
    const { exclusion } = await post(of(conversation, "/exclusions"), { kind });
    put({ id: exclusion, label: kinds.find((one) => one.code === kind).label });
    event.target.value = "";
  });
  return el("fieldset", { class: "field" }, el("legend", {}, t("sharing_excluded_legend")), list, more);
}

/** What a second person has said. */
function decisions({ sharing, lines }) {
  if (!sharing.overrides.length) return null;
  return el(
    "ul",
    { class: "field" },
    sharing.overrides.map((one) => {
      const name = lines.find((line) => line.id === one.line)?.name ?? one.line;
      return el("li", {}, `${name}: ${t(`sharing_override_state_${one.state}`)}`);
    }),
  );
}

/** Asks a second person to decide. */
const override = (conversation, wish, sharing) =>
  ask({
    title: t("sharing_override_title"),
    intro: t("sharing_override_intro"),
    body: [
      select("reason", t("sharing_reason"), sharing.reasons),
      el(
        "div",
        { class: "field" },
        el("label", { for: "f-words" }, t("sharing_override_words")),
        el("textarea", { id: "f-words", name: "words", rows: 3, maxlength: 500, required: true }),
      ),
    ],
    yes: t("sharing_override_yes"),
    danger: true,
    act: async (form) => {
      await post(of(conversation, "/override"), { ...wish, reason: form.get("reason"), words: form.get("words") });
      announce(t("sharing_override_sent"));
    },
  });

/** What to tell the line, and how the call went. */
function packet(conversation, { transfer: id, line, packet: facts, code, until, ring }) {
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
      code ? el("p", {}, t("sharing_packet_code", { code: code.replace(/(.{5})/, "$1 "), until: until.slice(0, 10) })) : null,
      ring ? ringing(conversation, id) : null,
      // What the telephones will say themselves is not said beforehand.
      radios("state", t("call_went"), went, ring ? null : "connected", true),
    ],
    yes: t("done"),
    no: t("later"),
    act: (form) => post(of(conversation, "/partner/ended"), { transfer: id, state: form.get("state") }),
  });
}

/** The line rung into the call that the specialist has with the person: a button, and what became of it. */
function ringing(conversation, id) {
  const said = el("span", { role: "status" });
  const press = el("button", { type: "button" }, t("ring_into_call"));
  const field = el("div", { class: "field" }, press, " ", said, el("p", { class: "hint" }, t("ring_hint")));
  press.addEventListener("click", async () => {
    if (press.getAttribute("aria-disabled")) return;
    press.setAttribute("aria-disabled", "true"); // not `disabled`, which would take the focus away
    try {
      await post(of(conversation, "/partner/ring"), { transfer: id });
      said.textContent = t("ring_rings");
      const state = await answered(conversation, id, field);
      if (!state) return; // the dialog was left
      said.textContent = t(`ring_${state}`);
      const choice = field.closest("form").querySelector(`input[name=state][value=${state}]`);
      if (choice) choice.checked = true;
    } catch (problem) {
      said.textContent = problem.message;
      press.removeAttribute("aria-disabled");
    }
  });
  return field;
}

/** Asks every two seconds, as long as the dialog is open, until somebody has taken the call or it is known that nobody did. */
async function answered(conversation, id, field) {
  while (field.isConnected) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    if (!field.isConnected) break;
    // The network may fail for a moment: the line rings all the same.
    const { state } = await get(of(conversation, `/partner/${id}`)).catch(() => ({ state: "offered" }));
    if (state !== "offered") return state;
  }
  return null;
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

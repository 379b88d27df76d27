// The end of a conversation: what was met, what was not and why, follow-up, risk. Tab, arrows and Ctrl+Enter.

import { get, of, post } from "./api.js";
import { el } from "./dom.js";
import { ask, checkbox, radios, select } from "./forms.js";
import { t } from "./words.js";

/** Asks for the outcome and closes; gives true when it was closed. */
export async function close(conversation, seen) {
  const asked = await get(of(conversation, "/closing"));
  const { needs: open = [], all_needs: all = [], reasons = [] } = asked;
  const others = all.filter((need) => !open.some((one) => one.code === need.code));
  const levels = (asked.risk?.levels ?? []).map((one) => ({ code: String(one.code), label: one.label }));
  const given = new Set((asked.referrals ?? []).map((one) => one.need));
  const rows = el("div", { class: "need-rows" }, open.map((need) => needRow(need, reasons, given.has(need.code))));
  const more = el(
    "select",
    { id: "f-more" },
    el("option", { value: "" }, t("close_add_need")),
    others.map((need) => el("option", { value: need.code }, need.label)),
  );
  more.addEventListener("change", () => {
    const need = others.find((one) => one.code === more.value);
    if (need && !rows.querySelector(`[data-need="${need.code}"]`)) rows.append(needRow(need, reasons, false));
    more.value = "";
    rows.lastElementChild?.querySelector("input")?.focus();
  });
  const follow = radios(
    "follow",
    t("close_follow"),
    [
      { code: "none", label: t("follow_none") },
      { code: "no", label: t("follow_no") },
      { code: "yes", label: t("follow_yes") },
    ],
    "none",
    true,
  );
  // How and when stand below a yes; what is left empty is the way they came, in a week, in their language.
  const how = el("div", { hidden: true }, (asked.follow_up?.fields ?? []).map(doorField));
  follow.addEventListener("change", (event) => {
    how.hidden = event.target.value !== "yes";
  });
  // Where danger was found nothing is chosen beforehand: how it stands now is the specialist's to say.
  const risk = asked.risk?.required ? [{ code: "", label: t("close_choose") }, ...levels] : levels;
  return ask({
    title: t("close_title"),
    body: [
      el("fieldset", { class: "field" }, el("legend", {}, t("close_needs")), open.length ? null : el("p", { class: "hint" }, t("close_no_needs")), rows),
      others.length ? el("div", { class: "field" }, el("label", { for: "f-more", class: "unseen" }, t("close_add_need")), more) : null,
      asked.follow_up?.offered === false ? null : follow,
      asked.follow_up?.offered === false ? null : how,
      levels.length ? select("risk", t("close_risk"), risk, { required: !!asked.risk.required }) : null,
      ...(asked.fields ?? []).map(doorField),
      checkbox("farewell", t("close_farewell"), true),
    ],
    yes: t("close_yes"),
    act: (form) => post(of(conversation, "/close"), { ...outcome(form, rows, asked), seen: seen() }),
  });
}

function needRow(need, reasons, wasGiven) {
  const name = `need:${need.code}`;
  const why = el(
    "select",
    { name: `why:${need.code}`, "aria-label": t("close_why", { need: need.label }), hidden: true },
    el("option", { value: "" }, t("close_choose")),
    reasons.map((one) => el("option", { value: one.code }, one.label)),
  );
  const radio = (code, label, checked) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name, value: code, checked, required: true }), el("span", {}, label));
  const row = el(
    "fieldset",
    { class: "need-row", data: { need: need.code } },
    el("legend", {}, need.label),
    el("div", { class: "need-choices" }, radio("met", t("close_met"), wasGiven), radio("unmet", t("close_unmet"), false), why),
  );
  row.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    why.hidden = event.target.value !== "unmet";
    why.required = !why.hidden;
  });
  return row;
}

function doorField(field) {
  const name = `field:${field.id}`;
  const label = field.required ? field.label : t("optional", { label: field.label });
  if (TYPES[field.kind]) {
    const input = el("input", { id: `f-${name}`, name, type: TYPES[field.kind], required: field.required });
    return el("div", { class: "field" }, el("label", { for: `f-${name}` }, label), input);
  }
  const yesNo = [{ code: "yes", label: t("answer_yes") }, { code: "no", label: t("answer_no") }];
  const options = field.kind === "yes_no" ? yesNo : (field.choices ?? []);
  const empty = { code: "", label: t("close_choose") };
  return select(name, label, [empty, ...options], { required: field.required });
}

const TYPES = { text: "text", number: "number", date: "date" };

function given(field, value) {
  if (value === "" || value === null) return undefined;
  if (field.kind === "yes_no") return value === "yes";
  return field.kind === "number" ? Number(value) : value;
}

function outcome(form, rows, asked) {
  const needs = [...rows.children].map((row) => row.dataset.need);
  const follow = form.get("follow");
  const risk = form.get("risk");
  return {
    met: needs.filter((code) => form.get(`need:${code}`) === "met"),
    unmet: needs
      .filter((code) => form.get(`need:${code}`) === "unmet")
      .map((code) => ({ need: code, reason: form.get(`why:${code}`) })),
    referrals: (asked.referrals ?? []).map(({ listing, state }) => ({ listing, state })),
    follow_up: {
      asked: follow === "no" || follow === "yes",
      consented: follow === "yes",
      ...(follow === "yes" ? Object.fromEntries((asked.follow_up?.fields ?? []).map((one) => [one.id.replace("follow_", ""), form.get(`field:${one.id}`)])) : {}),
    },
    risk_end: risk ? Number(risk) : null,
    fields: Object.fromEntries((asked.fields ?? []).map((field) => [field.id, given(field, form.get(`field:${field.id}`))])),
    farewell: form.get("farewell") === "on",
  };
}

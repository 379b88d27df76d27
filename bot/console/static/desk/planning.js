// When somebody is looked after next: a day in the list of plans, one's own.

import { of, post } from "./api.js";
import { el } from "./dom.js";
import { ask } from "./forms.js";
import { t } from "./words.js";

const DAYS = 366; // the server takes no later day
const dayIn = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString("en-CA", { timeZone: "America/Toronto" });

/** Asks for the day; gives true when it is in the list. */
export async function plan(conversation) {
  const day = el("input", { type: "date", id: "f-next", name: "next_at", required: true, min: dayIn(0), max: dayIn(DAYS), value: dayIn(7) });
  return ask({
    title: t("plan_title"),
    intro: t("plan_intro"),
    body: [el("div", { class: "field" }, el("label", { for: "f-next" }, t("plan_day")), day)],
    yes: t("plan_yes"),
    first: day,
    act: (form) => post(of(conversation, "/plan"), { owner: "me", next_at: form.get("next_at") }),
  });
}

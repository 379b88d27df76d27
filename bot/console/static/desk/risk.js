// How urgent somebody's safety is: a sign, a word and the reasons. Colour only repeats what they say.

import { el } from "./dom.js";
import { language, t } from "./words.js";

const SIGNS = ["○", "△", "▲", "⬢"];
const LEVELS = ["none", "concern", "high", "emergency"];

/** The badge of a risk; null where there is none and nothing to say. */
export function riskBadge(risk, { quiet = false } = {}) {
  if (!risk || (quiet && !risk.level)) return null;
  return el(
    "span",
    { class: `risk risk-${LEVELS[risk.level] ?? "high"}` },
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[risk.level] ?? "▲"),
    riskName(risk),
  );
}

/** A risk in words: "High: suicide". */
export function riskName(risk) {
  const name = risk.level && risk.kind_label ? t("risk_named", { level: risk.label, kind: risk.kind_label }) : risk.label;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The reasons in one line: "wants to die; pills at hand". */
export const reasonsOf = (risk) => (risk?.reasons ?? []).map((reason) => reason.label).join("; ");

/** How somebody came in, where that tells more than the door: "Officer on scene", "Sign 12, …". */
export function cameName(came) {
  if (!came) return "";
  const sign = came.sign && t(came.sign_place ? "came_sign_at" : "came_sign", { sign: came.sign, place: came.sign_place });
  return [came.mark_label, sign].filter(Boolean).join(" · ");
}

/** The same as a list of one chip or none. */
export function cameChip(came) {
  const name = cameName(came);
  return name ? [el("span", { class: "badge came" }, name)] : [];
}

const CHANNELS = { web: "🖵", sms: "✉", voice: "☎" };

/** The channel, as a word with a sign. */
export function channelMark(channel) {
  const names = { web: t("channel_web"), sms: t("channel_sms"), voice: t("channel_voice") };
  return el(
    "span",
    { class: "channel" },
    el("span", { class: "sign", "aria-hidden": "true" }, CHANNELS[channel] ?? "•"),
    names[channel] ?? channel,
  );
}

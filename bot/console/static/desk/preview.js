// What will be sent, while it is written: in the person's language, how it was made, and what it says back.

import { el } from "./dom.js";
import { directionOf, languageName, t } from "./words.js";

/** The nodes that show a preview from the server. */
export function previewNodes(preview) {
  const parts = Array.isArray(preview.parts) ? preview.parts.length : Number(preview.parts ?? 1);
  const unsure = preview.how === "machine" && preview.sure === false;
  return [
    el(
      "p",
      { class: "side-label" },
      el("span", { class: "side-language" }, t("preview_label", { language: languageName(preview.language) })),
      ` · ${madeHow(preview)}`,
      parts > 1 ? ` · ${t("preview_parts", { n: parts })}` : "",
    ),
    el("p", { class: "text", lang: preview.language, dir: directionOf(preview.language) }, preview.text),
    preview.back ? el("p", { class: "back-text" }, el("span", { class: "side-label" }, `${t("back_label")} `), preview.back) : null,
    unsure ? el("p", { class: "unsure-mark" }, el("span", { "aria-hidden": "true" }, "⚠ "), t("preview_unsure")) : null,
    preview.reason_label ? el("p", { class: "hint" }, preview.reason_label) : null,
  ].filter(Boolean);
}

function madeHow({ how, sure }) {
  if (how === "catalogue") return t("side_catalogue");
  if (how === "machine") return sure === false ? t("side_machine_unsure") : t("side_machine");
  return t("preview_as_written");
}

/** Whether a specialist must say yes before this goes out. */
export const mustConfirm = (preview) => preview?.how === "machine" && preview.sure === false;

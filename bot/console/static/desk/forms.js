// Questions in a dialog: one native <dialog>, filled for each. Ctrl+Enter answers yes, Escape leaves.

import { byId, el } from "./dom.js";
import { t } from "./words.js";

const dialog = byId("form-dialog");
const form = byId("form");
let finish = null;

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=yes]"));
  } else if (event.target.matches("input, select")) {
    event.preventDefault(); // Enter in a field would send a form that is half filled in
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  finish?.(event.submitter?.value === "yes");
});
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  finish?.(false);
});

/** Asks; gives true when `act` did what was agreed to, false when the specialist left.
 *
 *  `act(form)` may throw a Problem: its sentence is shown and the dialog stays. `first` gets the focus.
 */
export function ask(question) {
  const answer = before.then(() => put(question));
  before = answer.catch(() => {});
  return answer;
}

let before = Promise.resolve(); // one question at a time: the next waits until this one is answered

function put({ title, intro, body = [], yes, no = t("cancel"), danger = false, first = null, act = async () => {} }) {
  const problem = el("p", { class: "problem", role: "alert" });
  const agree = el("button", { value: "yes", class: danger ? "danger" : "primary" }, yes, " ", el("kbd", {}, "Ctrl ↵"));
  const leave = el("button", { value: "no", formnovalidate: true }, no);
  form.replaceChildren(
    el("h2", { id: "form-title" }, title),
    ...(intro ? [el("p", { class: "soft" }, intro)] : []),
    ...body.filter(Boolean),
    problem,
    el("div", { class: "actions" }, agree, leave),
  );
  dialog.showModal();
  (first ?? form.querySelector("input, select, textarea") ?? agree).focus();
  return new Promise((resolve) => {
    let busy = false;
    finish = async (agreed) => {
      if (busy) return;
      if (agreed) {
        busy = true;
        agree.setAttribute("aria-disabled", "true");
        problem.textContent = "";
        try {
          await act(new FormData(form));
        } catch (trouble) {
          problem.textContent = trouble.message;
          busy = false;
          agree.removeAttribute("aria-disabled");
          return;
        }
      }
      finish = null;
      dialog.close();
      resolve(agreed);
    };
  });
}

/** Whether some dialog is open: the desk's keys rest meanwhile. */
export const isAsking = () => !!document.querySelector("dialog[open]");

export function select(name, label, options, more = {}) {
  const { value, ...attributes } = more;
  const field = el(
    "select",
    { name, id: `f-${name}`, ...attributes },
    options.map((option) => el("option", { value: option.code, selected: option.code === value }, option.label)),
  );
  return el("div", { class: "field" }, el("label", { for: `f-${name}` }, label), field);
}

export function radios(name, legend, options, value = null, required = false) {
  return el(
    "fieldset",
    { class: "field radios" },
    el("legend", {}, legend),
    options.map((option) =>
      el(
        "label",
        { class: "choice" },
        el("input", { type: "radio", name, value: option.code, checked: option.code === value, required }),
        el("span", {}, option.label, option.hint ? el("span", { class: "hint" }, ` ${option.hint}`) : null),
      ),
    ),
  );
}

export function checkbox(name, label, checked = false, more = {}) {
  return el("label", { class: "choice" }, el("input", { type: "checkbox", name, checked, ...more }), el("span", {}, label));
}

// The panel of somebody who waits for a person: the place in line, stopping, being called back; and signs of writing.

import { data } from "./page.js";
import { element, isSafeLink, rich } from "./text.js";

const TYPING_EVERY = 3_000; // ms between two signs that the person still writes
const byId = (id) => document.getElementById(id);

/** Shows where the person stands; `waiting` is null when they do not wait. */
export function showWaiting(waiting) {
  const panel = byId("waiting");
  const away = panel.contains(document.activeElement) && !waiting;
  panel.hidden = !waiting;
  if (away) byId("text").focus({ preventScroll: true }); // the focus must not fall off the page
  if (!waiting) return;
  panel.classList.toggle("urgent", !!waiting.danger);
  const said = waiting.sentences.join("\n");
  // Said again only when it changed: a screen reader reads every change.
  if (byId("place").dataset.said !== said) {
    byId("place").dataset.said = said;
    byId("place").replaceChildren(...waiting.sentences.map((one) => element("p", "", rich(one))));
  }
  byId("lines-now").replaceChildren(
    ...waiting.lines.filter(({ href }) => isSafeLink(href)).map(({ href, label }) => {
      const link = element("a", "button", rich(label, false));
      link.setAttribute("href", href);
      return link;
    }),
  );
  const callback = byId("callback");
  const asked = callback.contains(document.activeElement) && waiting.callback !== "offer";
  callback.hidden = waiting.callback !== "offer";
  if (asked) byId("text").focus({ preventScroll: true });
}

/** Says at the top who answers: the assistant, or a person by their name. */
export function showWho(person) {
  const words = data("words");
  const who = byId("who");
  const said = person ? words.held_by.replace("{name}", () => person.name) : words.automated;
  who.classList.toggle("held", !!person);
  if (who.textContent !== said) who.replaceChildren(rich(said, false));
}

/** Wires the panel's forms to the connection. */
export function waitingTools(connection, fails) {
  byId("stop-waiting").addEventListener("submit", async (event) => {
    event.preventDefault();
    await disabled(event.target, () => connection.stopWaiting()).catch(fails);
  });
  byId("callback-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const fields = new FormData(form);
    problem(null);
    try {
      await disabled(form, () =>
        connection.callBack({
          number: fields.get("number"),
          hours: fields.get("hours"),
          message: fields.get("message") === "yes",
          language: fields.get("language"),
        }),
      );
      form.reset(); // the number stays nowhere on the page
      byId("callback").open = false;
    } catch (error) {
      if (error.status === 422) problem(data("words").callback_wrong);
      else if (error.status !== 409) problem(data("words").fails);
    }
  });
}

function problem(said) {
  const field = byId("callback-number");
  byId("callback-problem").textContent = said ?? "";
  if (!said) return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

/** Twice pressed is once done. */
async function disabled(form, action) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    await action();
  } finally {
    delete form.dataset.busy;
  }
}

/** Tells the specialist that the person writes, never what: at most every three seconds, and once when they stop. */
export class Signs {
  #connection;
  #last = -Infinity;
  #on = false;
  #wanted = null;
  #telling = false;

  constructor(connection) {
    this.#connection = connection;
  }

  /** `some` says whether there is anything in the field. */
  typed(some, held) {
    const now = performance.now();
    if (!held || (some === this.#on && (!some || now - this.#last < TYPING_EVERY))) return;
    this.#on = some;
    this.#last = now;
    this.#wanted = some;
    if (!this.#telling) this.#tell();
  }

  /** One after the other, for two on the way at once may arrive the other way round; of those that wait, the last. */
  async #tell() {
    this.#telling = true;
    while (this.#wanted !== null) {
      const on = this.#wanted;
      this.#wanted = null;
      await this.#connection.typing(on);
    }
    this.#telling = false;
  }
}

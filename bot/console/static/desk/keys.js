// The keys of the desk. Single keys rest while somebody types or a dialog is open, and can be switched off.

import { byId, isTyping } from "./dom.js";
import { isAsking } from "./forms.js";

const SINGLE = "porchlight-single-keys";

function allowed() {
  try {
    return localStorage.getItem(SINGLE) !== "off";
  } catch {
    return true;
  }
}

/** `acts` names what each key does: {q, n, w, "/", i, c, t, p, e, listing, digit(n), escape}. */
export function listen(acts) {
  const box = byId("single-keys");
  box.checked = allowed();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SINGLE, box.checked ? "on" : "off");
    } catch {
      // it holds until the page is left
    }
  });
  const help = () => byId("keys-dialog").showModal();
  byId("help").addEventListener("click", help);
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isAsking()) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault(); // else the browser's own search opens
      acts.listing();
      return;
    }
    if (event.key === "Escape") return acts.escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping()) return;
    if (!box.checked) return;
    if (event.key === "?") return help();
    const key = event.key.toLowerCase();
    const act = /^[1-9]$/.test(key) ? () => acts.digit(Number(key)) : acts[key];
    if (!act || key.length > 1) return;
    event.preventDefault();
    act();
  });
}

// Print, send to my phone, delete: the buttons under the conversation.

import { data } from "./page.js";

const byId = (id) => document.getElementById(id);

/** Wires the buttons to a connection; `erased` is called after the server has deleted the conversation. */
export function tools(connection, erased) {
  for (const id of ["print", "phone", "erase"]) byId(id).hidden = false;
  byId("erase-form").hidden = true;
  byId("my-data").addEventListener("submit", (event) => {
    if (connection.token) byId("my-data").elements.token.value = connection.token;
    else event.preventDefault(); // nothing is kept yet
  });
  byId("print").addEventListener("click", () => print());
  byId("phone").addEventListener("click", () => sendToPhone(connection));
  byId("erase").addEventListener("click", () => {
    byId("erase-dialog").querySelector(".problem").textContent = "";
    byId("erase-dialog").returnValue = "";
    byId("erase-dialog").showModal();
  });
  byId("erase-dialog").addEventListener("submit", async (event) => {
    if (event.submitter.value !== "delete") return;
    event.preventDefault(); // stays open until it is true
    try {
      await connection.erase();
    } catch {
      byId("erase-dialog").querySelector(".problem").textContent = data("words").fails;
      return;
    }
    byId("erase-dialog").close();
    erased();
  });
}

async function sendToPhone(connection) {
  const dialog = byId("phone-dialog");
  const [problem, result] = [dialog.querySelector(".problem"), dialog.querySelector(".result")];
  result.hidden = true;
  problem.textContent = data("words").wait;
  dialog.showModal();
  let code;
  try {
    code = await connection.phoneCode();
  } catch (error) {
    problem.textContent = data("words")[error.status === 409 ? "nothing" : "fails"];
    return;
  }
  // A code that carries the conversation to texts or to a call; each sentence on a line of its own.
  byId("phone-carry").replaceChildren(...code.carry.flatMap((line) => [line, document.createElement("br")]));
  problem.textContent = code.text || code.carry.length ? "" : data("words").nothing;
  if (!code.text) return;
  // As an image the drawing cannot run anything; on its own it needs its namespace.
  const drawing = code.svg.replace(/<svg(?![^>]*xmlns=)/, '<svg xmlns="http://www.w3.org/2000/svg"');
  byId("phone-code").src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  byId("phone-text").textContent = code.text;
  if (/^sms:/.test(code.sms_href)) byId("phone-sms").href = code.sms_href;
  const share = byId("phone-share");
  share.hidden = !navigator.share;
  share.onclick = () => navigator.share({ text: code.text }).catch(() => {});
  result.hidden = false;
}

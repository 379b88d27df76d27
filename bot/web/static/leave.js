// The way out: a script of its own, so that it works even when the chat does not.
// It leaves at once, keeps nothing in this tab and no way back to the page. It asks no server.

const exit = document.getElementById("leave").href;
const TWICE = 1500; // ms between two presses of Escape
let pressed = -Infinity;

function leave() {
  try {
    sessionStorage.clear();
  } catch {
    // Nothing was stored.
  }
  document.documentElement.hidden = true;
  document.title = new URL(exit).hostname;
  window.dispatchEvent(new Event("porchlight:leave"));
  if (window.parent !== window) {
    // In a frame the page around it must go too; widget.js does that.
    window.parent.postMessage({ porchlight: "leave", exit }, "*");
    setTimeout(() => window.top.location.replace(exit), 200);
    return;
  }
  history.replaceState(null, "", "/");
  location.replace(exit);
}

document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// A dialog makes the page behind it deaf; the links at the top must work all the same.
addEventListener("click", ({ target, clientX, clientY }) => {
  const hit = ({ left, right, top, bottom }) =>
    left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
  if (target.tagName !== "DIALOG" || hit(target.getBoundingClientRect())) return;
  for (const link of document.querySelectorAll(".top a")) if (hit(link.getBoundingClientRect())) link.click();
});

// In the capture phase: a dialog or a menu that closes on Escape must not swallow it.
window.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - pressed < TWICE) leave();
    else if (window.parent !== window && !document.querySelector("dialog[open]")) {
      window.parent.postMessage({ porchlight: "close", exit }, "*");
    }
    pressed = event.timeStamp;
  },
  true,
);

// A page kept in memory by the browser must not come back after leaving.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.hidden) location.replace(exit);
});

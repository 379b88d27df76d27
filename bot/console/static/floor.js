// Keeps a part of the page as it is on the server: asks again and again, and puts in what came.
// The focus stays where it is, and nothing is put in while somebody has a form of it open.

const part = document.querySelector("[data-live]");
const stale = document.getElementById("stale");
const every = Number(part.dataset.every);
const PATIENCE = 3;
let last = part.innerHTML;
let failures = 0;
let timer = 0;

function busy() {
  const at = document.activeElement;
  return part.contains(at) && at.matches("select, input:not([type=hidden]), textarea");
}

function put(html) {
  if (html === last) return;
  const at = document.activeElement;
  const id = part.contains(at) ? at.id : "";
  const scrolled = [...part.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  part.innerHTML = html;
  last = html;
  part.querySelectorAll(".scroll").forEach((one, index) => (one.scrollLeft = scrolled[index] ?? 0));
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(part.dataset.live, { headers: { accept: "text/html" }, redirect: "error" });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (!busy()) put(html);
    failures = 0;
    stale.hidden = true;
  } catch {
    failures += 1;
    if (failures >= PATIENCE && stale.hidden) {
      stale.textContent = stale.dataset.text;
      stale.hidden = false;
    }
  }
  if (!document.hidden) timer = setTimeout(ask, every * Math.min(failures + 1, 5));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
timer = setTimeout(ask, every);

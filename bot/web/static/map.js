// The map page: asks without leaving the page, keeps the last list while it asks, and joins list and map.

import { MapView } from "./map_view.js";
import { data } from "./page.js";

const PATIENCE = 20_000; // ms for one search on a slow network
const byId = (id) => document.getElementById(id);
const [form, near, results, list, count, problem] = ["ask", "near", "results", "list", "count", "problem"].map(byId);
const words = data("words");

let here = null; // the position that was asked for by a tap: in this variable and nowhere else
let asking = null;
let map = null;

form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "speak") return; // another language is another page
  event.preventDefault();
  ask(event.submitter?.name === "page" ? event.submitter.value : 1);
});

async function ask(page) {
  const body = Object.fromEntries(new FormData(form));
  if (here) Object.assign(body, { near: "", lat: here[0], lon: here[1] });
  asking?.abort();
  const mine = (asking = new AbortController());
  const before = count.textContent;
  tell("");
  count.textContent = words.wait;
  list.setAttribute("aria-busy", "true");
  let answer;
  let said = results.hidden ? words.fails : words.kept;
  try {
    const response = await fetch("/api/map", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, page }),
      credentials: "omit",
      signal: AbortSignal.any([mine.signal, AbortSignal.timeout(PATIENCE)]),
    });
    if (response.ok) answer = await response.json();
    else if (response.status === 422) said = (await response.json()).error;
  } catch {
    if (mine.signal.aborted) return; // a newer search is under way
  }
  list.removeAttribute("aria-busy");
  if (!answer) {
    count.textContent = before;
    tell(said);
    return;
  }
  show(answer, page);
}

function show({ heading, count: counted, list: markup, drawing }, page) {
  const title = byId("results-title");
  title.textContent = heading;
  list.replaceChildren(...new DOMParser().parseFromString(markup, "text/html").body.childNodes);
  results.hidden = false;
  count.textContent = counted;
  draw(drawing);
  if (page > 1 || !form.contains(document.activeElement)) title.focus({ preventScroll: true });
  title.scrollIntoView({ block: "start" });
}

function tell(text) {
  problem.textContent = text;
  if (text) problem.scrollIntoView({ block: "nearest" });
}

// The strip with the numbers is one to five lines high, by language and width: nothing may end up under it.
const strip = document.querySelector(".top");
new ResizeObserver(() => {
  const height = getComputedStyle(strip).position === "sticky" ? strip.offsetHeight : 0;
  document.documentElement.style.setProperty("--strip", `${height}px`);
}).observe(strip);

// ------------------------------------------------------------ list and map

function draw(drawing) {
  const part = byId("map-part");
  part.hidden = !drawing.dots.length && !drawing.spot;
  if (part.hidden) return;
  map ??= begin();
  map.show(drawing);
  for (const button of list.querySelectorAll(".show")) button.hidden = false;
}

function begin() {
  const view = new MapView(byId("map"), choose);
  if (!view.tiles) {
    // Names of towns: without them the dots and the list are still complete.
    fetch("/map/places.json", { credentials: "omit" })
      .then((response) => response.json())
      .then(({ places, source }) => view.name(places, source))
      .catch(() => {});
  }
  const zooms = { in: () => view.zoomBy(1), out: () => view.zoomBy(-1), all: () => view.fit() };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", zooms[button.dataset.zoom]);
  }
  return view;
}

/** A dot leads to its entry in the list. */
function choose(number) {
  mark(number);
  const entry = byId(`service-${number}`);
  entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: "start" });
}

function mark(number, options) {
  for (const entry of list.querySelectorAll("[data-number].card")) {
    if (Number(entry.dataset.number) === number) entry.setAttribute("aria-current", "true");
    else entry.removeAttribute("aria-current");
  }
  map?.mark(number, options);
}

list.addEventListener("click", ({ target }) => {
  const button = target.closest(".show");
  if (!button) return;
  mark(Number(button.dataset.number), { focus: true });
  byId("map").scrollIntoView({ block: "nearest" });
});

// ------------------------------------------------------------ where the phone is, when asked

if (navigator.geolocation && window.isSecureContext) {
  byId("here").hidden = byId("privacy").hidden = false;
  byId("here").addEventListener("click", () => {
    tell("");
    count.textContent = words.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        count.textContent = "";
        here = [coords.latitude, coords.longitude].map((degrees) => Math.round(degrees * 1000) / 1000); // ~100 m
        near.value = words.here;
        if (form.reportValidity()) ask(1);
      },
      () => {
        count.textContent = "";
        tell(words.here_fails);
        near.focus();
      },
      { enableHighAccuracy: false, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
near.addEventListener("input", () => (here = null));

const drawing = data("drawing");
if (drawing) draw(drawing);

// Draws a button on any page and, behind it, the chat in a frame from this script's own origin:
//   <script src="https://help.example/widget.js" data-door="good2talk" data-lang="fr" async></script>
// Nothing is loaded and no conversation begins before the button is pressed. The styles live in a shadow
// tree as a constructed sheet, so a page that forbids inline styles can still show it.
(() => {
  "use strict";
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const { door = "211", lang, label } = script.dataset;
  const WORDS = {{ words | tojson }};
  const RTL = new Set({{ rtl | tojson }});
  const wanted = [lang, document.documentElement.lang, ...navigator.languages].filter(Boolean);
  const known = wanted.flatMap((tag) => [tag, tag.split("-")[0]]).find((tag) => WORDS[tag]) ?? "en";
  const words = WORDS[known];
  const TWICE = 1500; // ms between two presses of Escape

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button { font: 600 1.0625rem/1.3 system-ui, sans-serif; min-block-size: 3rem; padding: .5rem 1.25rem; cursor: pointer;
      color: #fff; background: #6b3410; border: 2px solid #fff; border-radius: 1.5rem; }
    button:hover { background: #4f260b; }
    button:focus-visible { outline: 3px solid #6b3410; outline-offset: 3px; }
    .open { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483646; }
    .panel { position: fixed; inset-block-end: 0; inset-inline-end: 0; z-index: 2147483647; display: flex; flex-direction: column;
      box-sizing: border-box; inline-size: min(26rem, 100vw); block-size: min(44rem, 100vh); block-size: min(44rem, 100dvh);
      background: #fffaf3; border: 2px solid #6b3410; }
    .panel[hidden], .open[hidden] { display: none; }
    .panel button { align-self: flex-end; margin: .25rem; min-block-size: 2.75rem; }
    iframe { flex: 1; inline-size: 100%; border: 0; }
    @media (min-width: 30rem) { .panel { inset-block-end: 1rem; inset-inline-end: 1rem; border-radius: .75rem; overflow: hidden;
      block-size: min(44rem, calc(100vh - 2rem)); } }
    @media print { :host { display: none; } }
    @media (forced-colors: active) { button, .panel { border-color: ButtonText; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const open = make("button", { className: "open", type: "button", textContent: label || words.open });
  const close = make("button", { type: "button", textContent: words.close });
  const panel = make("div", { className: "panel", hidden: true });
  open.setAttribute("aria-expanded", "false");
  open.setAttribute("aria-haspopup", "dialog");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", words.frame);
  host.lang = known;
  host.dir = RTL.has(known) ? "rtl" : "ltr";
  panel.append(close);
  root.append(open, panel);
  let frame = null;
  let exit = null;
  let escaped = -Infinity;

  function show() {
    panel.hidden = false;
    open.hidden = true;
    open.setAttribute("aria-expanded", "true");
    if (frame) return enter();
    const address = new URL(`/${encodeURIComponent(door)}?embed=1`, origin);
    if (lang) address.searchParams.set("lang", lang);
    frame = make("iframe", { src: address.href, title: words.frame, referrerPolicy: "no-referrer" });
    frame.addEventListener("load", enter);
    panel.append(frame);
    close.focus();
  }

  function enter() {
    frame.focus();
    frame.contentWindow.postMessage({ porchlight: "opened" }, origin);
  }

  function hide() {
    if (panel.hidden) return;
    panel.hidden = true;
    open.hidden = false;
    open.setAttribute("aria-expanded", "false");
    open.focus();
  }

  open.addEventListener("click", show);
  close.addEventListener("click", hide);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    const twice = event.timeStamp - escaped < TWICE;
    escaped = event.timeStamp;
    if (twice && exit) location.replace(exit);
    else hide();
  });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const { porchlight, exit: to } = event.data ?? {};
    if (/^https?:/.test(to)) exit = to;
    if (porchlight === "leave" && exit) location.replace(exit);
    if (porchlight === "close") {
      escaped = performance.now();
      hide();
    }
  });

  const attach = () => document.body.append(host);
  if (document.body) attach();
  else addEventListener("DOMContentLoaded", attach);
})();

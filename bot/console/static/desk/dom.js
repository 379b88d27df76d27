// Small means to build the page. Words of people become text nodes, never HTML.

/** An element: el("p", {class: "x", lang: "fr", onclick: f, hidden: true}, "text", node, null). */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Whether keys that are typed now are words. */
export const isTyping = (node = document.activeElement) =>
  !!node?.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");

/** Says something to screen readers once, politely. */
export function announce(text) {
  const live = byId("live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/** Puts `nodes` into `parent` in this order, moving as little as possible: what has the focus keeps it. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
  if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** Calls `f` once, `pause` ms after the last call; .now() calls it at once, .cancel() not at all. */
export function debounced(f, pause) {
  let timer = null;
  const late = (...facts) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      f(...facts);
    }, pause);
  };
  late.cancel = () => {
    clearTimeout(timer);
    timer = null;
  };
  return late;
}

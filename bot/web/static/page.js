// The words of the page: read from it, and replaced in place when its language changes, so that
// neither the conversation nor the focus is lost.

const SPOKEN = ["aria-label", "alt", "lang", "dir", "title", "aria-current"];

/** A block of data that the server wrote into the page. */
export const data = (id, from = document) => JSON.parse(from.getElementById(id).textContent);

/** Brings the page into another language. Returns whether the server had it. */
export async function translate(language) {
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  const response = await fetch(address, { cache: "no-store", credentials: "omit" });
  if (!response.ok) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const name of ["lang", "dir"]) document.documentElement[name] = fresh.documentElement[name];
  document.title = fresh.title;
  copyWords(document.body, fresh.body);
  history.replaceState(null, "", address); // a reload keeps the language
  return true;
}

// Both trees come from one template, so they have the same shape wherever words stand.
function copyWords(here, there) {
  if (here.dataset.live !== undefined) return;
  for (const name of SPOKEN) {
    if (there.hasAttribute(name)) here.setAttribute(name, there.getAttribute(name));
    else here.removeAttribute(name);
  }
  const [mine, theirs] = [here.children, there.children];
  if (mine.length === 0 || mine.length !== theirs.length) {
    if (here.textContent !== there.textContent) here.replaceChildren(...there.childNodes);
    return;
  }
  if (here.childNodes.length === there.childNodes.length) {
    here.childNodes.forEach((node, at) => {
      if (node.nodeType === Node.TEXT_NODE) node.data = there.childNodes[at].data;
    });
  }
  for (let at = 0; at < mine.length; at += 1) copyWords(mine[at], theirs[at]);
}

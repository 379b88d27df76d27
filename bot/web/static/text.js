// Words for the page: always text nodes, never HTML. bot/web/text.py does the same on the server.

// Between Arabic letters a browser shows 9-1-1 as 1-1-9: telephone numbers and dates must be isolated.
const URL_ = String.raw`(?<url>https?:\/\/[^\s<>"]{1,300}[^\s<>".,;:!?)\]'])`;
const LOCAL = String.raw`(?:1[-. ])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}`;
const PHONE = String.raw`(?<phone>(?<![\w-])(?:[2-9]-[0-9]-[0-9]|${LOCAL})(?![\w-]))`;
const NUMBER = String.raw`\+?[(0-9][0-9(). \u00a0-]{5,30}[0-9]`;
const PIECES = new RegExp(`${URL_}|${PHONE}|${NUMBER}`, "g");
const SAFE_LINK = /^(?:tel|sms|https?|mailto):/i;

/** An element with a class and children; strings become text. */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter(Boolean));
  return made;
}

/** `text` as nodes: numbers isolated; telephone numbers and web addresses as links unless `links` is false. */
export function rich(text, links = true) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(PIECES)) {
    out.append(text.slice(at, found.index));
    at = found.index + found[0].length;
    const { url, phone } = found.groups;
    const link = links && (url || phone) ? document.createElement("a") : null;
    if (link && url) {
      link.setAttribute("href", url);
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    } else if (link) {
      link.setAttribute("href", dial(phone));
    }
    const piece = element("bdi", "", found[0]);
    piece.dir = "ltr";
    link?.append(piece);
    out.append(link ?? piece);
  }
  out.append(text.slice(at));
  return out;
}

function dial(number) {
  const digits = number.replace(/\D/g, "");
  return digits.length >= 10 ? `tel:+1${digits.slice(-10)}` : `tel:${digits}`;
}

/** Whether a link leads to a call, a text, a letter or a web page, and never to a script. */
export const isSafeLink = (href) => SAFE_LINK.test(href ?? "");

/** Whether a message offers numbers to answer with. */
export const offers = ({ choices, cards }) => !!choices?.length || !!cards?.some((card) => card.number);

/** The choices that need a button of their own: a listing has one in its card. */
export function ownChoices({ choices = [], cards = [] }) {
  const numbers = new Set(cards.map((card) => card.number));
  return choices.filter((choice) => !numbers.has(choice.number));
}

/** The text of a message without what its cards and buttons show again. */
export function visibleText(message) {
  const names = (message.cards ?? []).map((card) => card.name);
  const labels = new Set((message.choices ?? []).map((choice) => `${choice.number} ${choice.label}`));
  return message.text
    .split("\n\n")
    .filter((block) => {
      const head = block.trimStart().replace(/^\s*\d+[.)]\s*/, "");
      return !names.some((name) => head.startsWith(name));
    })
    .map((block) =>
      block
        .split("\n")
        .filter((line) => !labels.has(line.trim().replace(/^(\d+)[.)]*\s+/, "$1 ")))
        .join("\n"),
    )
    .filter((block) => block.trim())
    .join("\n\n");
}

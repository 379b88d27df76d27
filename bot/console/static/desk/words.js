// The interface's words, times and names of languages, in the language of the page.

const words = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;
const locale = language === "fr" ? "fr-CA" : "en-CA";
const zone = "America/Toronto"; // where the helpline is, wherever the desk stands

/** Words by id, with facts put in. */
export const t = (id, facts = {}) =>
  (words[id] ?? id).replace(/\{(\w+)\}/g, (place, name) => (name in facts ? String(facts[name]) : place));

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const dates = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
const stamps = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: zone,
});
const names = new Intl.DisplayNames([locale], { type: "language", fallback: "code" });

export const timeOf = (iso) => clock.format(new Date(iso));
export const dayOf = (iso) => dates.format(new Date(iso));
export const stampOf = (iso) => stamps.format(new Date(iso));

/** A language's name in the interface's language: "Punjabi". */
export function languageName(code) {
  if (!code || code === "und") return t("language_unknown");
  try {
    return names.of(code);
  } catch {
    return code;
  }
}

/** How long somebody waits: "45 s", "12 min", "1 h 05". */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return t("wait_seconds", { n: s });
  if (s < 3600) return t("wait_minutes", { n: Math.floor(s / 60) });
  return t("wait_hours", { h: Math.floor(s / 3600), m: String(Math.floor(s / 60) % 60).padStart(2, "0") });
}

const RTL = new Set(["ar", "ur", "fa", "prs", "ps", "he", "yi", "ku"]);
export const directionOf = (code) => (RTL.has(code) ? "rtl" : "ltr");

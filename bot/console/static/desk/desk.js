// The desk: puts the parts together. What the server says is shown; what the specialist does is asked of it.

import { Problem, get, of, post, query } from "./api.js";
import { Alarm } from "./alarm.js";
import { close } from "./closing.js";
import { Composer } from "./composer.js";
import { Context } from "./context.js";
import { announce, byId, debounced, el, setText } from "./dom.js";
import { ask } from "./forms.js";
import { giveBack, partner, release, takeOver, transfer } from "./handing.js";
import { listen } from "./keys.js";
import { Live } from "./live.js";
import { Notes } from "./notes.js";
import { plan } from "./planning.js";
import { previewNodes } from "./preview.js";
import { Queue } from "./queue.js";
import { cameChip, channelMark, riskBadge, riskName } from "./risk.js";
import { Search } from "./search.js";
import { Sending } from "./sending.js";
import { Store, forget } from "./store.js";
import { Transcript, pendingNode } from "./transcript.js";
import { t } from "./words.js";

const OVERTAKEN = 10_000; // ms in which an answer may be overtaken
const TYPES_FOR = 12_000; // milliseconds after the last sign that somebody writes
const PAGE = 100; // messages of one look

const me = await get("desk").catch((problem) => problem);
if (me instanceof Problem) notice(me.message, "alarm");
else start(me);

function start(first) {
  const store = new Store(first.me.id);
  let desk = first;
  let detail = null; // the conversation that is looked at, as the server told it
  let opening = 0;

  // ------------------------------------------------------------ parts

  const alarm = new Alarm((id) => look(id));
  const queue = new Queue({ take, look });
  const context = new Context({ say: notice });
  const notes = new Notes(store);
  const transcript = new Transcript((message) => post(of(id(), "/back"), { message: message.id }), older);
  const composer = new Composer(store, send);
  const search = new Search(insert);
  const sending = new Sending(store, {
    changed: (conversation) => conversation === id() && showPending(),
    confirm: (conversation, message, preview) => confirmed(message.text, preview),
    consent: () => agreed(),
    refused(conversation, message, problem) {
      composer.restore(conversation, message.text, declined(problem) ? "" : problem.message);
      if (!declined(problem) && conversation !== id()) notice(problem.message, "alarm");
    },
  });
  const live = new Live(news);
  const freshen = debounced(() => refresh(), 600);

  const id = () => detail?.conversation.id ?? null;

  // ------------------------------------------------------------ news

  function news(kind, data) {
    if (kind === "desk") showDesk(data);
    else if (kind === "message") heard(data);
    else if (kind === "typing" && data.who !== "specialist") typing(data.conversation, data.on);
    else if (kind === "delivery" && data.conversation === id()) {
      transcript.delivered(data.message, { label: data.label ?? data.state, ...data });
    } else if (kind === "note" && data.conversation === id()) notes.add(data.note ?? data);
    else if (kind === "gone") gone(data);
    else if (kind === "shut" && data.conversation === id()) leave(data.why);
    else if (kind === "lost") connection(t("connection_lost"));
    else if (kind === "connected") back(data.back);
  }

  // Who is writing: a sign holds until the next, and not for long. The desk itself, which comes whenever anything
  // changes anywhere, knows nothing of it and must not wipe it out.
  const typists = new Map();
  const types = (conversation) => Date.now() - (typists.get(conversation) ?? 0) < TYPES_FOR;

  function typing(conversation, on) {
    if (on) {
      typists.set(conversation, Date.now());
      setTimeout(showTyping, TYPES_FOR + 50);
    } else typists.delete(conversation);
    showTyping();
  }

  function showTyping() {
    byId("typing").hidden = !types(id());
  }

  // What was said ends the sign, the first time that it comes: it comes again with its translation, when the person
  // may be writing the next.
  const said = new Map();

  function heard({ conversation, message }) {
    if (message.author === "person" && message.seq > (said.get(conversation) ?? -1)) {
      said.set(conversation, message.seq);
      typists.delete(conversation);
    }
    if (conversation !== id()) return;
    const fresh = transcript.add(message);
    showPending();
    if (!fresh || message.author !== "person") return;
    showTyping();
    announce(t("message_new", { text: message.translation?.text ?? message.text }));
    freshen();
  }

  function gone({ conversation, by, how }) {
    if (conversation !== id()) return;
    const mine = detail.conversation.mine;
    if (how === "left") notice(t("gone_left"));
    else if (by && by !== desk.me.name && by !== desk.me.id) {
      notice(mine ? t("gone_taken_mine", { name: by }) : t("taken_by", { name: by }));
    }
    refresh();
  }

  function connection(text) {
    const bar = byId("connection");
    bar.hidden = !text;
    setText(bar, text ?? "");
  }

  async function back(wasLost) {
    if (wasLost) {
      connection(t("connection_back"));
      setTimeout(() => byId("connection").textContent === t("connection_back") && connection(null), 4_000);
    }
    sending.resume();
    try {
      showDesk(await get("desk"));
      await refresh();
    } catch {
      // the stream tells when the server is away
    }
  }

  // ------------------------------------------------------------ the desk

  function showDesk(now) {
    // An answer that the stream has overtaken: what is shown is newer. A longer way back is another server's clock.
    const behind = Date.parse(desk.now) - Date.parse(now.now);
    if (behind > 0 && behind < OVERTAKEN) return;
    desk = now;
    for (const one of now.mine) one.person_typing = types(one.conversation);
    queue.set(now);
    const open = [...now.queue.filter((one) => one.alert), ...now.mine.filter((one) => one.raised), ...now.watched];
    alarm.set(now.sound === "ring" ? open : []);
    danger(open);
    byId("status").value = now.me.status === "offline" ? "available" : now.me.status;
    byId("status-dot").dataset.status = now.me.status;
    const waiting = now.waiting ?? now.queue.length;
    alarm.title = waiting ? t("desk_title_n", { n: waiting }) : t("desk_title");
    const mine = now.mine.find((one) => one.conversation === id());
    showTyping();
    if (detail && mine && mine.risk.level !== detail.conversation.risk.level) freshen();
  }

  let dangerShown = "";
  function danger(open) {
    const bar = byId("danger");
    bar.hidden = !open.length;
    const [one] = open;
    const words = one ? `${one.conversation} ${open.length} ${riskName(one.risk)} ${one.holder ?? ""}` : "";
    if (words === dangerShown) return;
    dangerShown = words;
    if (!one) return bar.replaceChildren();
    const about = [riskName(one.risk), one.door_name, one.language_name];
    const what = one.holder
      ? t("danger_raised_of", { name: one.holder })
      : one.raised
        ? t("danger_raised")
        : t("danger_waiting");
    bar.replaceChildren(
      el("strong", {}, el("span", { "aria-hidden": "true" }, "▲ "), what),
      el("span", { class: "danger-about" }, about.join(" · ")),
      open.length > 1 ? el("span", {}, t("danger_more", { n: open.length - 1 })) : "",
      one.raised
        ? el("button", { type: "button", class: "danger-take", onclick: () => seen(one.conversation) }, t("danger_look"))
        : el("button", { type: "button", class: "danger-take", onclick: () => take(one.conversation) }, t("take_now")),
    );
  }

  byId("status").addEventListener("change", async (event) => {
    const status = event.target.value;
    byId("status-dot").dataset.status = status;
    try {
      await post("me/status", { status });
      announce(t("status_changed"));
    } catch (problem) {
      event.target.value = desk.me.status;
      byId("status-dot").dataset.status = desk.me.status;
      notice(problem.message, "alarm");
    }
  });

  // ------------------------------------------------------------ one conversation

  async function take(conversation) {
    try {
      await post(of(conversation, "/claim"));
    } catch (problem) {
      const by = problem.body?.by;
      notice(problem.code === "taken" && by ? t("taken_by", { name: by.name ?? by }) : problem.message, "alarm");
      get("desk").then(showDesk, () => {});
      return;
    }
    notice(null);
    get("desk").then(showDesk, () => {});
    await look(conversation, { write: true });
    announce(t("taken_yours"));
  }

  /**
   * Danger that rose while the specialist holds the conversation: opening it says that they have seen it. In a
   * colleague's conversation it says so only for a supervisor who has joined; it rings until the colleague has seen it.
   */
  async function seen(conversation) {
    await look(conversation, { write: true });
    await post(of(conversation, "/danger")).catch(() => {});
    get("desk").then(showDesk, () => {});
  }

  /** Opens a conversation; `write` puts the cursor where the answer goes. */
  async function look(conversation, { write = false } = {}) {
    const turn = (opening += 1);
    pane("talk");
    byId("talk-pane").setAttribute("aria-busy", "true");
    try {
      const found = await get(of(conversation, query({ limit: PAGE })));
      if (turn !== opening) return;
      const other = conversation !== id();
      detail = found;
      if (other) {
        showTyping();
        live.follow(conversation);
      }
      transcript.begin(found.conversation.language, found.messages, moreBefore(found));
      said.set(conversation, Math.max(-1, ...found.messages.map((one) => one.seq)));
      showDetail();
      history.replaceState(null, "", `#${encodeURIComponent(conversation)}`);
      if (write && found.conversation.mine) composer.focus();
      else if (other) byId("talk-title").focus({ preventScroll: true });
      transcript.toEnd();
    } catch (problem) {
      if (turn === opening) notice(problem.message, "alarm");
    } finally {
      byId("talk-pane").removeAttribute("aria-busy");
    }
  }

  const moreBefore = (page) => page.more ?? (page.messages.length > 0 && page.messages[0].seq > 1);

  async function older() {
    const button = byId("older");
    button.disabled = true;
    try {
      const conversation = id();
      const page = await get(of(conversation, query({ before: transcript.first, limit: PAGE })));
      if (conversation === id()) transcript.prepend(page.messages, moreBefore(page));
    } catch (problem) {
      notice(problem.message, "alarm");
    }
    button.disabled = false;
  }

  /** Brings the open conversation up to date: every message that came since, each once. */
  async function refresh() {
    const conversation = id();
    if (!conversation) return;
    try {
      const known = transcript.last;
      const found = await get(of(conversation, query({ limit: PAGE })));
      if (conversation !== id()) return;
      const pages = [found.messages];
      while (pages[0].length && pages[0][0].seq > known + 1 && known > 0 && pages[0][0].seq > 1) {
        const before = await get(of(conversation, query({ before: pages[0][0].seq, limit: PAGE })));
        if (conversation !== id() || !before.messages.length) break;
        pages.unshift(before.messages);
      }
      detail = found;
      for (const message of pages.flat()) transcript.add(message);
      showDetail();
    } catch (problem) {
      if (problem.status === 403 || problem.status === 404) leave(problem.message);
    }
  }

  function leave(why) {
    detail = null;
    live.follow(null);
    history.replaceState(null, "", location.pathname);
    byId("talk").hidden = true;
    byId("welcome").hidden = false;
    composer.show(null);
    context.show(null);
    notes.show(null);
    queue.mark(null);
    if (why) notice(why);
  }

  function showDetail() {
    const talk = detail.conversation;
    byId("welcome").hidden = true;
    byId("talk").hidden = false;
    setText(byId("talk-title"), `${talk.door_name} · ${talk.language_name}`);
    byId("talk-marks").replaceChildren(
      ...[
        riskBadge(talk.risk),
        ...cameChip(talk.came),
        channelMark(talk.channel),
        el("span", { class: "held" }, holding(talk)),
      ].filter(Boolean),
    );
    showActions(talk);
    showWarnings(talk);
    const summary = byId("summary");
    summary.hidden = !detail.summary;
    setText(summary, detail.summary ?? "");
    composer.show(talk.mine || talk.may_write ? talk : null);
    context.show(detail);
    notes.show(talk.id, detail.notes);
    queue.mark(talk.id);
    showPending();
  }

  function holding(talk) {
    if (talk.mine) return t("held_by_you");
    if (talk.owner === "held") return t("held_by", { name: talk.holder_name ?? t("somebody") });
    return { waiting: t("owner_waiting"), bot: t("owner_bot"), closed: t("owner_closed") }[talk.owner] ?? talk.owner;
  }

  function showActions(talk) {
    const button = (label, act, kind = "") => el("button", { type: "button", class: kind, onclick: act }, label);
    const may = (right) => desk.me.rights.includes(right);
    const box = byId("talk-actions");
    const made = [];
    if (talk.owner === "waiting") made.push(button(t("take"), () => take(talk.id), "primary"));
    if (talk.mine) {
      made.push(button(t("close"), () => acts.e(), "primary"));
      made.push(button(t("transfer"), () => acts.t()), button(t("partner"), () => acts.p()));
      made.push(
        el(
          "details",
          { class: "drop more" },
          el("summary", {}, t("more")),
          el(
            "div",
            { class: "sheet" },
            button(t("return_short"), () => handed(giveBack(talk.id, transcript.last), t("return_done")), "quiet"),
            button(t("release_short"), () => handed(release(talk.id), t("release_done")), "quiet"),
            // Pages open beside the desk: the conversation stays held and in sight.
            detail.further.map((one) =>
              one.href
                ? el("a", { class: "button quiet", href: one.href, target: "_blank", rel: "noopener" }, one.label)
                : button(one.label, () => handed(plan(talk.id), t("plan_done")), "quiet"),
            ),
          ),
        ),
      );
    }
    if (talk.owner === "held" && !talk.mine) {
      const name = talk.holder_name ?? t("somebody");
      if (may("take_over")) made.push(button(t("takeover"), () => handed(takeOver(talk.id, name), null)));
      if (may("take_over") && !talk.may_write) made.push(button(t("join"), () => join(talk.id)));
    }
    made.push(button(t("pane_context"), () => acts.c(), "drawer-open"));
    // Built again only when it changes: a menu that is open stays open.
    const words = made.map((one) => one.textContent).join("|") + talk.id;
    if (box.dataset.words === words) return;
    box.dataset.words = words;
    box.replaceChildren(...made);
  }

  function showWarnings(talk) {
    const interpreter = talk.translation?.interpreter;
    const lines = (talk.warnings ?? []).map((warning) =>
      el(
        "p",
        { class: "banner warn", data: { code: warning.code } },
        el("span", { "aria-hidden": "true" }, "⚠ "),
        warning.label,
        warning.code === "no_translation" && interpreter
          ? el("span", {}, ` ${t("interpreter")} ${interpreter.name} `, el("bdi", { dir: "ltr" }, interpreter.phone))
          : null,
      ),
    );
    const box = byId("warnings");
    if (box.textContent !== lines.map((line) => line.textContent).join("")) box.replaceChildren(...lines);
  }

  function showPending() {
    const conversation = id();
    const waiting = conversation ? store.pending(conversation).filter((one) => !transcript.has(one.id)) : [];
    byId("pending").replaceChildren(...waiting.map((one) => pendingNode(one, t("pending"))));
    if (waiting.length) transcript.toEnd();
  }

  // ------------------------------------------------------------ writing

  async function send(conversation, text, { preview, doubtful, canned }) {
    if (doubtful && !(await confirmed(text, preview))) {
      composer.restore(conversation, text, "");
      composer.focus();
      return;
    }
    // What was seen goes along: the server sends that, or asks again.
    sending.send(conversation, text, { confirmed: doubtful, seen: preview?.text, canned });
    composer.focus();
  }

  const confirmed = (text, preview) =>
    ask({
      title: t("confirm_title"),
      intro: t("confirm_intro"),
      body: [
        el("p", { class: "side-label" }, t("side_written")),
        el("p", { class: "text" }, text),
        el("div", { class: "preview" }, previewNodes(preview)),
      ],
      yes: t("confirm_yes"),
      no: t("confirm_no"),
    });

  /** A caller is sent a text only when they said yes: others may read it on their phone. */
  const agreed = () => ask({ title: t("consent_title"), intro: t("consent_intro"), yes: t("consent_yes"), no: t("cancel") });
  const declined = (problem) => ["confirm", "consent"].includes(problem.code);

  async function insert(card) {
    const conversation = id();
    const what = { id: crypto.randomUUID(), listing: card.id };
    try {
      await post(of(conversation, "/listings"), what);
    } catch (problem) {
      if (problem.code !== "consent") throw problem;
      search.close();
      if (!(await agreed())) return;
      await post(of(conversation, "/listings"), { ...what, consent: true });
    }
    announce(t("listing_sent", { name: card.name }));
    freshen();
  }

  // ------------------------------------------------------------ handing on

  async function handed(asking, said) {
    try {
      if (!(await asking)) return;
    } catch (problem) {
      notice(problem.message, "alarm");
      return;
    }
    if (said) notice(said);
    get("desk").then(showDesk, () => {});
    await refresh();
  }

  async function join(conversation) {
    try {
      await post(of(conversation, "/join"));
      await refresh();
      composer.focus();
    } catch (problem) {
      notice(problem.message, "alarm");
    }
  }

  // ------------------------------------------------------------ keys and panes

  const mine = () => !!detail?.conversation.mine;
  const acts = {
    q() {
      pane("queue");
      queue.focus();
    },
    n() {
      const next = desk.mine.find((one) => one.unread && one.conversation !== id()) ?? desk.mine.find((one) => one.conversation !== id());
      if (next) look(next.conversation, { write: true });
    },
    digit(n) {
      if (desk.mine[n - 1]) look(desk.mine[n - 1].conversation, { write: true });
    },
    w() {
      pane("talk");
      if (!byId("composer").hidden) composer.focus();
    },
    "/"() {
      acts.w();
      const field = byId("text");
      if (byId("composer").hidden || field.value) return;
      field.value = "/";
      field.dispatchEvent(new Event("input"));
    },
    i() {
      if (!detail) return;
      openDrawer(true);
      pane("context");
      notes.focus();
    },
    c() {
      const open = document.body.classList.contains("drawer");
      openDrawer(!open);
      pane(open ? "talk" : "context");
      if (!open) byId("drawer-close").focus();
    },
    t: () => mine() && handed(transfer(id()), t("transfer_done")),
    p: () => mine() && handed(partner(id()), null),
    async e() {
      if (!mine()) return;
      const conversation = id();
      try {
        if (!(await close(conversation, () => transcript.last))) return;
      } catch (problem) {
        notice(problem.message, "alarm");
        return;
      }
      leave(t("close_done"));
      get("desk").then(showDesk, () => {});
      pane("queue");
      queue.focus();
    },
    listing() {
      if (mine()) search.open(detail.conversation);
    },
    escape() {
      const opener = byId("talk-actions").querySelector(".drawer-open");
      const inNotes = document.activeElement === byId("note-text");
      const wasOpen = document.body.classList.contains("drawer");
      openDrawer(false);
      if (wasOpen && opener?.checkVisibility()) opener.focus();
      else if (inNotes) byId("talk-title").focus();
    },
  };
  listen(acts);
  byId("insert").addEventListener("click", () => acts.listing());
  byId("drawer-close").addEventListener("click", () => {
    openDrawer(false);
    byId("talk-actions").querySelector(".drawer-open")?.focus();
  });
  byId("notice-close").addEventListener("click", () => notice(null));

  // ------------------------------------------------------------ begin

  const tabs = [...document.querySelectorAll(".tabs button")];
  for (const tab of tabs) tab.addEventListener("click", () => pane(tab.dataset.pane));

  for (const form of document.querySelectorAll("form[action='/console/sign-out']")) {
    form.addEventListener("submit", forget); // the next one at this desk must not find a person's words
  }
  showDesk(first);
  document.documentElement.dataset.desk = "ready";
  const wanted = decodeURIComponent(location.hash.slice(1));
  live.follow(null);
  sending.resume();
  if (wanted) look(wanted);
}

/** Which pane a narrow window shows. */
function pane(name) {
  document.querySelector(".panes").dataset.pane = name;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.pane === name));
  }
}

function openDrawer(open) {
  document.body.classList.toggle("drawer", open);
}

/** One line above the panes; null takes it away. */
function notice(text, kind = "") {
  const bar = byId("notice");
  bar.hidden = !text;
  bar.className = `banner ${kind}`;
  bar.querySelector("span").textContent = text ?? "";
}

"""A stand-in for the desk's interface: the pages are real, what they ask is answered from samples.

Run alone:  python -m tests.browser.console.fake_desk [port] [en|fr]
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from time import sleep
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.console.desk_page import MODULES, static
from bot.console.interface import Interface
from bot.console.pages import Pages
from tests.browser.console import samples
from tests.browser.console.samples import Json

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
RIGHTS = ["desk", "history"]


@dataclass(frozen=True)
class Somebody:
    """Who is signed in."""

    name: str = "Ana Okafor"
    rights: tuple[str, ...] = tuple(RIGHTS)
    interface: str = "en"


@dataclass
class State:
    """All that the tests can set; a new one for each test."""

    language: str = "en"
    waiting: list[str] = field(default_factory=lambda: ["arabic", "punjabi"])
    mine: list[str] = field(default_factory=list)
    ringing: set[str] = field(default_factory=lambda: {"arabic"})
    unread: dict[str, int] = field(default_factory=dict)
    raised: set[str] = field(default_factory=set)
    taken_by: str | None = None  # the next claim is refused: this one was faster
    signed_out: bool = False
    broken: bool = False  # nothing answers
    unsure: bool = False
    opted_out: bool = False
    in_call: bool = False  # the specialist speaks with the person on the phone
    partner_went: str = "offered"
    came: dict[str, Json] = field(default_factory=dict)  # how somebody came in, by conversation
    posted: list[tuple[str, Json]] = field(default_factory=list)
    news: list[tuple[str, Json]] = field(default_factory=list)  # sent on every stream, in order
    cuts: int = 0
    told: int = 0  # how many of the news have gone out on some stream
    streams: int = 0  # that stand now
    talks: dict[str, list[Json]] = field(default_factory=dict)
    notes: dict[str, list[Json]] = field(default_factory=dict)
    referrals: dict[str, list[Json]] = field(default_factory=dict)
    status: str = "available"
    delay: float = 0.0

    @property
    def words(self) -> dict[str, str]:
        return samples.WORDS[self.language]

    def said(self, path: str) -> list[Json]:
        """What was posted to a path."""
        return [body for posted, body in self.posted if posted == path]


class Fake:
    """The server. `state` holds the strings that tests pull."""

    def __init__(self) -> None:
        self.state = State()
        self._looks = count()
        self.pages = Pages(Interface.load())
        post, get = ["POST"], ["GET"]
        one = "/console/api/conversations/{id}"
        self.app = Starlette(
            routes=[
                *static(self.pages),
                Route("/console", self.page),
                Route("/console/sign-in", self.sign_in),
                Route("/console/api/desk", self.desk),
                Route("/console/api/events", self.events),
                Route("/console/api/search", self.search),
                Route("/console/api/canned", self.canned),
                Route("/console/api/me/status", self.status, methods=post),
                Route(one, self.conversation),
                Route(one + "/closing", self.closing),
                Route(one + "/transfer", self.targets, methods=get),
                Route(one + "/partners", self.partners),
                Route(one + "/partner/{transfer}", self.went, methods=get),
                Route(one + "/{act:path}", self.act, methods=post),
                Route("/favicon.ico", lambda request: Response(status_code=204)),
            ]
        )

    def renew(self, **given: Any) -> State:
        """A fresh state, with all streams of the old one ended."""
        self.state.cuts += 1
        self.state = State(**given)
        language, words = self.state.language, self.state.words
        self.state.talks = {
            "arabic": samples.arabic_talk(words, language),
            "punjabi": samples.punjabi_talk(words, language),
            "long": samples.long_talk(language),
        }
        return self.state

    # ------------------------------------------------------------ what tests do

    def say(self, conversation: str, text: str, language: str = "ar") -> Json:
        """The person writes."""
        state = self.state
        talk = state.talks[conversation]
        beside = samples.translation(f"[{text}]", state.language, "machine")
        made = samples.message(talk[-1]["seq"] + 1, "person", text, language, 0, translation=beside)
        talk.append(made)
        state.news.append(("message", {"conversation": conversation, "message": made}))
        return made

    def tell_desk(self) -> None:
        self.state.news.append(("desk", self._desk()))

    def cut(self) -> None:
        """Ends every stream, of which there is one at least: a page that has just opened may not have begun to hear."""
        for _ in range(500):
            if self.state.streams:
                break
            sleep(0.02)
        self.state.cuts += 1

    # ------------------------------------------------------------ pages

    async def page(self, request: Request) -> Response:
        state = self.state
        html = self.pages.render(
            "desk.html", state.language, path="/console", csrf="token", modules=MODULES,
            member=Somebody(interface=state.language),
        )  # fmt: skip
        return HTMLResponse(html, headers={"Content-Security-Policy": CSP, "Cache-Control": "no-store"})

    async def sign_in(self, request: Request) -> Response:
        return HTMLResponse("<!doctype html><html lang=en><title>Sign in</title><h1>Sign in</h1>")

    # ------------------------------------------------------------ the interface

    async def desk(self, request: Request) -> Response:
        return self._refused() or JSONResponse(self._desk())

    def _refused(self) -> Response | None:
        if self.state.signed_out:
            return JSONResponse({"error": "Sign in.", "code": "signed_out"}, 401)
        if self.state.broken:
            return JSONResponse({"error": "Away."}, 503)
        return None

    def _desk(self) -> Json:
        state = self.state
        return {
            "me": {"id": "s1", "name": "Ana", "status": state.status, "capacity": 3, "holding": len(state.mine),
                   "languages": ["en", "fr"], "rights": RIGHTS, "interface": state.language},
            "queue": [self._waits(one) for one in state.waiting],
            "waiting": len(state.waiting),
            "mine": [self._holds(one) for one in state.mine],
            "watched": [
                {**self._about(one), "raised": True, "holder": "Ben"} for one in sorted(state.raised - set(state.mine))
            ],
            "danger_open": len(state.ringing & set(state.waiting)),
            "sound": "ring" if state.ringing & set(state.waiting) or state.raised else None,
            "now": (samples.NOW + timedelta(milliseconds=next(self._looks))).isoformat(timespec="milliseconds"),
        }  # fmt: skip

    def _about(self, conversation: str) -> Json:
        words = self.state.words
        language = {"arabic": "ar", "punjabi": "pa", "long": "fr"}[conversation]
        name = {"ar": words["arabic"], "pa": words["punjabi"], "fr": words["french"]}[language]
        door = ("good2talk", words["students"]) if conversation == "long" else ("211", words["door"])
        return {
            "conversation": conversation, "door": door[0], "door_name": door[1], "channel": self._channel(conversation),
            "language": language, "language_name": name,
            "risk": samples.risk(3 if conversation == "arabic" else 0, words),
            "came": self.state.came.get(conversation),
        }  # fmt: skip

    def _channel(self, conversation: str) -> str:
        return "sms" if conversation == "punjabi" else "web"

    def _waits(self, conversation: str) -> Json:
        state, arabic = self.state, conversation == "arabic"
        last = state.talks[conversation][1 if arabic else 0]
        return {
            **self._about(conversation), "why": "risk" if arabic else "asked",
            "why_label": state.words["danger" if arabic else "asked"], "since": samples.moment(2 if arabic else 14),
            "waited_s": 150 if arabic else 845, "last_words": last["text"], "last_language": last["language"],
            "skill_fits": not arabic, "alert": "ring" if conversation in state.ringing else None,
        }  # fmt: skip

    def _holds(self, conversation: str) -> Json:
        last = self.state.talks[conversation][-1]
        return {
            **self._about(conversation), "since": samples.moment(4), "unread": self.state.unread.get(conversation, 0),
            "last_words": last["text"], "last_rtl": last["rtl"], "person_online": True,
            "raised": conversation in self.state.raised,
        }  # fmt: skip

    async def events(self, request: Request) -> Response:
        refused = self._refused()
        if refused:
            return refused
        return StreamingResponse(self.stream(self.state), media_type="text/event-stream")

    async def stream(self, state: State) -> AsyncIterator[str]:
        # Like the desk's own: what nobody was there to hear is not lost for who comes next.
        cuts, told = state.cuts, state.told
        state.streams += 1
        try:
            yield _event("desk", self._desk())
            while state.cuts == cuts and not state.broken:
                for kind, data in state.news[told:]:
                    told += 1
                    yield _event(kind, data)
                    state.told = max(state.told, told)
                await asyncio.sleep(0.02)
        finally:
            state.streams -= 1

    async def conversation(self, request: Request) -> Response:
        refused = self._refused()
        if refused:
            return refused
        id = request.path_params["id"]
        if id not in self.state.talks:
            return JSONResponse({"error": "Gone.", "code": "gone"}, 404)
        talk = self.state.talks[id]
        limit = int(request.query_params.get("limit", 100))
        before = int(request.query_params.get("before", talk[-1]["seq"] + 1))
        shown = [one for one in talk if one["seq"] < before][-limit:]
        if "before" in request.query_params:
            return JSONResponse({"messages": shown})
        return JSONResponse(self._detail(id, shown))

    def _detail(self, id: str, shown: list[Json]) -> Json:
        state, words, about = self.state, self.state.words, self._about(id)
        none = about["language"] == "pa"
        line = {"line": "211-ontario", "name": "211 Ontario", "phone": "2-1-1", "hours": None, "note": None}
        warnings = [{"code": "no_translation", "label": words["no_translation"]}] if none else []
        if state.opted_out:
            warnings.append({"code": "opted_out", "label": words["opted_out"]})
        history = [{"at": samples.moment(9), "third_person": False, **samples.risk(3, words)}] if id == "arabic" else []
        needs = [("food.pantry", words["need"]), ("housing.rent", words["need2"])]
        return {
            "conversation": {
                **about, "id": id, "rtl": about["language"] == "ar", "mine": id in state.mine,
                "owner": "held" if id in state.mine else "waiting", "holder": "s1" if id in state.mine else None,
                "holder_name": "Ana" if id in state.mine else None, "may_write": id in state.mine,
                "created": samples.moment(20), "risk": {**about["risk"], "history": history},
                "needs": [{"code": code, "label": label, "at": samples.moment(8)} for code, label in needs],
                "place": None, "place_known": True,
                "intake": [{"question": words["question"], "answer": "Georgian College"}] if id == "long" else [],
                "consents": [{"code": "keep", "label": words["consent"], "at": samples.moment(19)}],
                "warnings": warnings,
                "translation": {"reads": "none" if none else "machine", "writes": "none" if none else "machine",
                                "interpreter": line if none else None},
            },
            "summary": words["summary"],
            "further": [
                {"code": "plan", "label": words["plan"], "href": None},
                {"code": "situation", "label": words["table"],
                 "href": f"/console/situations/rmt/new?conversation={id}"},
            ],
            "messages": shown,
            "more": shown[0]["seq"] > 1,
            "notes": state.notes.get(id, []),
            "listings_shown": [
                {"listing": f"listing-{n}", "name": f"Northside Food Bank {n}", "need": "food.pantry",
                 "need_label": words["need"], "at": samples.moment(7)} for n in (1, 2)
            ],
            "referrals": state.referrals.get(id, []),
            "earlier": [
                {"id": "old", "at": samples.moment(50_000), "door_name": words["door"], "channel": "web",
                 "needs": [{"code": "money.debt", "label": words["need2"]}],
                 "outcome": {"met": [words["need2"]], "unmet": [], "follow_up": False}},
            ],
        }  # fmt: skip

    async def search(self, request: Request) -> Response:
        q = request.query_params.get("q", "")
        if q == "nothing":
            return JSONResponse({"results": [], "widened_to_km": None})
        found = [samples.card(self.state.words, n, stale=n == 3) for n in (1, 2, 3)]
        return JSONResponse({"results": found, "widened_to_km": 50})

    async def canned(self, request: Request) -> Response:
        q, french = request.query_params.get("q", ""), self.state.language == "fr"
        replies = {
            "hello": ("Bonjour", "Bonjour, je suis une personne.") if french else ("Hello", "Hello, I am a person."),
            "safe": ("Sécurité", "Êtes-vous en sécurité?") if french else ("Safety", "Are you safe right now?"),
        }
        return JSONResponse([
            {"id": name, "shortcut": name, "phase": "opening", "title": title, "text": text,
             "language": self.state.language, "how": "none"}
            for name, (title, text) in replies.items() if q in name
        ])  # fmt: skip

    async def status(self, request: Request) -> Response:
        self.state.status = (await request.json())["status"]
        self.tell_desk()
        return JSONResponse({"status": self.state.status})

    async def closing(self, request: Request) -> Response:
        words = self.state.words
        levels = [
            {"code": n, "label": label}
            for n, label in enumerate((words["none"], "—", words["high"], words["emergency"]))
        ]
        needs = [{"code": "food.pantry", "label": words["need"]}]
        return JSONResponse({
            "needs": needs, "all_needs": [*needs, {"code": "housing.rent", "label": words["need2"]}],
            "reasons": [{"code": "no_service", "label": words["reason_no"]}],
            "risk": {"required": request.path_params["id"] == "arabic", "levels": levels},
            "fields": [{"id": "outcome", "kind": "choice", "label": words["outcome"], "required": True,
                        "choices": [{"code": "advised", "label": words["advised"]}]}],
            "follow_up": {"offered": True}, "referrals": [], "referral_states": [],
        })  # fmt: skip

    async def targets(self, request: Request) -> Response:
        return JSONResponse({
            "staff": [{"id": "s2", "name": "Ben", "status": "available", "languages": ["en"]}],
            "skills": [{"code": "housing", "label": "Housing"}], "languages": [{"code": "ar", "label": "Arabic"}],
        })  # fmt: skip

    async def went(self, request: Request) -> Response:
        return JSONResponse({"state": self.state.partner_went})

    async def partners(self, request: Request) -> Response:
        words = self.state.words
        line = {
            "id": "line-1",
            "name": "Sample line",
            "phone": "1-800-555-0100",
            "text": None,
            "hours": "24/7",
            "languages": ["en", "fr"],
        }
        return JSONResponse({
            "lines": [line],
            "fields": [{"code": "language", "label": words["share"]}, {"code": "needs", "label": words["share2"]}],
            "sharing": {
                "rule": {"version": "1", "title": words["share"], "text": [words["share2"]]},
                "grounds": [{"code": "consent", "label": words["said_yes"]}], "kinds": [], "reasons": [],
                "agreed": {"line-1": {"fields": ["language", "needs"], "grounds": ["consent"], "kind": None,
                                      "until": "2027-11-23T00:00:00+00:00"}},
                "exclusions": [], "overrides": [],
            },
        })  # fmt: skip

    # ------------------------------------------------------------ what changes something

    async def act(self, request: Request) -> Response:
        refused = self._refused()
        if refused:
            return refused
        if request.headers.get("x-csrf-token") != "token":
            return JSONResponse({"error": "csrf"}, 403)
        id, act = request.path_params["id"], request.path_params["act"].replace("/", "_")
        body = await request.json()
        self.state.posted.append((act, body))
        if self.state.delay:
            await asyncio.sleep(self.state.delay)
        answer: Response = getattr(self, f"_{act}")(id, body)
        return answer

    def _claim(self, id: str, body: Json) -> Response:
        state = self.state
        if state.taken_by:
            by, state.taken_by = state.taken_by, None
            state.waiting.remove(id)
            self.tell_desk()
            return JSONResponse({"error": state.words["taken"], "code": "taken", "by": by}, 409)
        if id in state.waiting:
            state.waiting.remove(id)
            state.mine.append(id)
        self.tell_desk()
        return JSONResponse({"conversation": id, "fresh": True})

    def _leaves(self, id: str, body: Json) -> Response:
        self.state.mine.remove(id)
        self.tell_desk()
        return JSONResponse({"conversation": id})

    _close = _return = _release = _transfer = _leaves

    def _partner(self, id: str, body: Json) -> Response:
        words = self.state.words
        packet = [{"field": "language", "label": words["share"], "value": words["arabic"]}]
        line = {"id": "line-1", "name": "Sample line", "phone": "1-800-555-0100", "text": None}
        made = {"transfer": "t1", "line": line, "packet": packet if body["share"] else []}
        return JSONResponse({**made, "ring": self.state.in_call}, 201)

    def _partner_ring(self, id: str, body: Json) -> Response:
        return JSONResponse({**body, "state": "offered"}, 202)

    def _partner_ended(self, id: str, body: Json) -> Response:
        return JSONResponse(body)

    def _preview(self, id: str, body: Json) -> Response:
        if self._about(id)["language"] == "pa":
            return JSONResponse({
                "text": body["text"], "language": "en", "to_language": "pa", "how": "none", "sure": True, "back": None,
                "parts": [body["text"], "x"], "reason": "no_package", "reason_label": "—",
            })  # fmt: skip
        return JSONResponse(self._draft(body["text"]))

    def _draft(self, text: str) -> Json:
        sure = not self.state.unsure
        return {"text": f"‏ترجمة: {text}", "language": "ar", "to_language": "ar", "how": "machine", "sure": sure,
                "back": f"Back: {text}", "parts": ["x"], "reason": None if sure else "numbers",
                "reason_label": None if sure else self.state.words["doubt"]}  # fmt: skip

    def _messages(self, id: str, body: Json) -> Response:
        talk = self.state.talks[id]
        if self.state.unsure and not body.get("confirmed"):
            return JSONResponse({"error": "?", "code": "confirm", "preview": self._draft(body["text"])}, 409)
        if not any(one["id"] == body["id"] for one in talk):
            made = samples.message(
                talk[-1]["seq"] + 1, "specialist", self._draft(body["text"])["text"], "ar", 0, author_name="Ana",
                translation=samples.translation(body["text"], self.state.language, "machine"),
                delivery={"state": "sent", "code": None, "label": "Sent", "reason": None},
            ) | {"id": body["id"]}  # fmt: skip
            talk.append(made)
            self.state.news.append(("message", {"conversation": id, "message": deepcopy(made)}))
        return JSONResponse({"id": body["id"], "messages": [body["id"]]}, 202)

    def _back(self, id: str, body: Json) -> Response:
        return JSONResponse({"text": "I am here with you.", "language": "en", "how": "machine", "sure": True})

    def _typing(self, id: str, body: Json) -> Response:
        return Response(status_code=204)

    def _danger(self, id: str, body: Json) -> Response:
        self.state.raised.discard(id)
        return JSONResponse({"seen": True})

    def _place(self, id: str, body: Json) -> Response:
        return JSONResponse({"place": {"name": "Barrie", "kind": "town"}})

    def _plan(self, id: str, body: Json) -> Response:
        return JSONResponse({"plan": "p1", "owner": "s1", "next_at": f"{body['next_at']}T09:00:00-05:00"}, 201)

    def _notes(self, id: str, body: Json) -> Response:
        note = {"id": body["id"], "author": "s1", "author_name": "Ana", "at": samples.moment(0), "text": body["text"]}
        self.state.notes.setdefault(id, []).append(note)
        return JSONResponse(note, 201)

    def _listings(self, id: str, body: Json) -> Response:
        talk, words = self.state.talks[id], self.state.words
        number = int(body["listing"].rsplit("-", 1)[1])
        given = samples.card(words, number)
        made = samples.message(
            talk[-1]["seq"] + 1, "specialist", given["name"], "ar", 0, author_name="Ana", cards=[given],
            translation=samples.translation(given["name"], self.state.language, "catalogue"),
        )  # fmt: skip
        talk.append(made)
        row = {"id": f"r{number}", "listing": body["listing"], "name": given["name"], "need": "food.pantry",
               "state": "given", "state_label": words["given"], "at": samples.moment(0)}  # fmt: skip
        self.state.referrals.setdefault(id, []).append(row)
        self.state.news.append(("message", {"conversation": id, "message": deepcopy(made)}))
        return JSONResponse({"id": body.get("id"), "messages": [made["id"]], "referral": row}, 202)


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


if __name__ == "__main__":
    fake = Fake()
    fake.renew(language=sys.argv[2] if len(sys.argv) > 2 else "en")
    uvicorn.run(fake.app, port=int(sys.argv[1]) if len(sys.argv) > 1 else 8002)

"""A stand-in for the gateway: speaks the web chat's HTTP interface from canned data.

Run alone:  python -m tests.browser.chat.fake_server [port]
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import segno
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.doors.loading import common
from bot.doors.texts import joined
from bot.language.catalogue import Catalogue
from bot.language.names import CORE, endonym
from bot.web import pages
from tests.browser.chat import canned
from tests.browser.chat.fake_talk import RTL, Talk

LANGUAGES = [(code, endonym(code)) for code in CORE]
DOORS = {"211": "211 Ontario", "good2talk": "Good2Talk"}
LINES = pages.Lines(
    emergency=pages.Number("9-1-1", "tel:911"),
    suicide=pages.Number("9-8-8", "tel:988", "sms:988"),
    helpline=pages.Number("2-1-1", "tel:211"),
)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors *"
)
LONGEST = 4000  # characters
LINES_NOW = [("9-1-1", "9-1-1", "911"), ("211 Ontario", "2-1-1", "211")]

CARRY = ["To go on by text message, send 204 517 to 555-555-0100.", "The code works once, for 30 minutes."]


class Fake:
    """The server and the strings that tests pull."""

    def __init__(self, exit_url: str = "https://exit.test/") -> None:
        self.talks: dict[str, Talk] = {}
        self.received: list[str] = []  # every text that arrived, repeats included
        self.pause = 0.0  # seconds between a message and its answer
        self.callbacks: list[dict[str, Any]] = []  # requests to be called back
        self.typed: list[bool] = []  # signs that the person writes
        self.forgetful = False  # streams begin at the first message whatever the client has seen
        self.words = joined(Catalogue.load(), (), common())
        self.pages = pages.Pages(
            self.words.say,
            languages=LANGUAGES,
            is_rtl=RTL.__contains__,
            lines=LINES,
            exit_url=exit_url,
            sample=True,
        )
        self.app = Starlette(
            routes=[
                Route("/api/conversations", self.begin, methods=["POST"]),
                Route("/api/messages", self.receive, methods=["POST"]),
                Route("/api/messages", self.poll),
                Route("/api/events", self.events),
                Route("/api/language", self.language, methods=["POST"]),
                Route("/api/phone-code", self.phone_code, methods=["POST"]),
                Route("/api/waiting/leave", self.leave, methods=["POST"]),
                Route("/api/callback", self.call_back, methods=["POST"]),
                Route("/api/typing", self.person_types, methods=["POST"]),
                Route("/api/conversation", self.erase, methods=["DELETE"]),
                Route("/chat/{door}", self.form, methods=["POST"]),
                Route("/widget.js", self.widget),
                Mount(f"/static/{self.pages.version}", StaticFiles(directory=pages.STATIC)),
                Route("/favicon.ico", lambda request: Response(status_code=204)),
                Route("/", self.page),
                Route("/{door}", self.page),
            ],
            exception_handlers={HTTPException: self.problem},
        )

    # ------------------------------------------------------------ what tests do

    @property
    def talk(self) -> Talk:
        """The newest conversation."""
        return list(self.talks.values())[-1]

    def cut(self) -> None:
        """Ends every open stream."""
        for talk in self.talks.values():
            talk.cuts += 1

    def wait(self, talk: Talk, *, danger: bool = False, on_duty: bool = True) -> None:
        """The person waits for a specialist from now on."""
        talk.owner = "waiting"
        place = self.words.say("handoff_place", talk.language, ahead="3", minutes="10")
        nobody = self.words.say("handoff_nobody_on", talk.language)
        call = self.words.say("listing_verb_call", talk.language)
        lines = [{"label": f"{name}: {call} {number}", "href": f"tel:{digits}"} for name, number, digits in LINES_NOW]
        talk.waiting = {
            "sentences": [place if on_duty else nobody],
            "lines": lines if danger or not on_duty else [],
            "callback": None if danger else "offer",
            "danger": danger,
        }

    def hold(self, name: str | None = None) -> None:
        """A specialist joins the newest conversation and writes."""
        self.talk.owner, self.talk.waiting = "held", None
        self.talk.person = {"name": name} if name else None
        self.talk.add({**canned.translated(canned.known(self.talk.language)), "author_name": name})

    def let_go(self, owner: str) -> None:
        """The specialist gives it back to the assistant, to the queue, or closes it."""
        self.talk.owner, self.talk.person, self.talk.waiting = owner, None, None
        if owner == "waiting":
            self.wait(self.talk)

    # ------------------------------------------------------------ the interface

    async def begin(self, request: Request) -> Response:
        asked = await request.json()
        talk = self.start(asked["door"], asked["language"] or "en")
        return _json({"token": talk.token, "language": talk.language, "rtl": talk.language in RTL}, 201)

    def start(self, door: str, language: str) -> Talk:
        talk = Talk(door, language)
        for message in canned.greeting(canned.known(language)):
            talk.add(message)
        self.talks[talk.token] = talk
        return talk

    async def receive(self, request: Request) -> Response:
        talk, sent = self.find(request), await request.json()
        if len(sent["text"]) > LONGEST:
            return Response(status_code=413)
        self.received.append(sent["text"])
        if not any(message["id"] == sent["id"] for message in talk.messages):
            await self.take(talk, sent["text"], sent["id"])
        return _json({"id": sent["id"]}, 202)

    async def take(self, talk: Talk, text: str, id: str | None = None) -> None:
        talk.add(canned.message(text, talk.language, author="person"), id)
        if talk.owner == "held":
            return
        kind = next((k for k, marks in canned.TRIGGERS.items() if any(m in text.lower() for m in marks)), "other")
        if kind == "switch":
            talk.language = "fr"
        if kind in ("crisis", "waiting"):
            self.wait(talk, danger=kind == "crisis")
        answers = canned.answers(kind, text, canned.known(talk.language))
        if not self.pause:
            for answer in answers:
                talk.add(answer)
            return
        talk.typing = True
        asyncio.get_running_loop().call_later(self.pause, self.answer, talk, answers)

    def answer(self, talk: Talk, answers: list[dict[str, Any]]) -> None:
        talk.typing = False
        for one in answers:
            talk.add(one)

    async def poll(self, request: Request) -> Response:
        talk = self.find(request)
        return _json({"messages": talk.messages[_after(request) :], **talk.state()})

    async def events(self, request: Request) -> Response:
        talk = self.find(request)
        return StreamingResponse(
            self.stream(talk, 0 if self.forgetful else _after(request)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def stream(self, talk: Talk, after: int) -> AsyncIterator[str]:
        cuts, state, typing, writes = talk.cuts, None, False, False
        yield ": hello\n\n"
        while talk.cuts == cuts:
            if talk.deleted:
                yield _event("deleted", {})
                return
            if talk.typing != typing:
                typing = talk.typing
                yield _event("typing", {"on": typing})
            if talk.writes != writes:
                writes = talk.writes
                yield _event("typing", {"on": writes, "by": "specialist"})
            for message in talk.messages[after:]:
                after = message["seq"]
                yield _event("message", message, after)
            if talk.state() != state:
                state = talk.state()
                yield _event("state", state)
            await asyncio.sleep(0.02)

    async def language(self, request: Request) -> Response:
        talk = self.find(request)
        talk.language = (await request.json())["language"]
        return _json({"language": talk.language, "rtl": talk.language in RTL})

    async def phone_code(self, request: Request) -> Response:
        talk = self.find(request)
        cards = [card for message in talk.messages for card in message["cards"]]
        text = "\n".join(f"{card['name']} {card['phones'][0]['display']}" for card in cards)
        svg = segno.make(text or "-").svg_inline(scale=4)
        return _json({"svg": svg, "text": text, "sms_href": "sms:?&body=list", "carry": CARRY if cards else []})

    async def leave(self, request: Request) -> Response:
        talk = self.find(request)
        self.stop(talk)
        return Response(status_code=204)

    def stop(self, talk: Talk) -> None:
        talk.owner, talk.waiting = "bot", None
        talk.add(canned.message(self.words.say("handoff_left", talk.language), talk.language, author="system"))

    async def call_back(self, request: Request) -> Response:
        talk, form = self.find(request), await request.json()
        if sum(sign.isdigit() for sign in form["number"]) != 10:
            return Response(status_code=422)
        self.callbacks.append(form)
        if talk.waiting:
            done = self.words.say("handoff_callback_done", talk.language, line_911="9-1-1")
            talk.waiting = {**talk.waiting, "callback": "asked", "sentences": [*talk.waiting["sentences"], done]}
        return Response(status_code=202)

    async def person_types(self, request: Request) -> Response:
        self.find(request)
        self.typed.append((await request.json())["on"])
        return Response(status_code=204)

    async def erase(self, request: Request) -> Response:
        self.find(request).deleted = True
        return Response(status_code=204)

    # ------------------------------------------------------------ pages

    async def page(self, request: Request) -> Response:
        door = request.path_params.get("door", "211")
        if door not in DOORS:
            raise HTTPException(404)
        talk = self.talks.get(request.cookies.get("porchlight_chat", ""))
        if talk is not None and (talk.deleted or talk.door != door):
            talk = None
        language = request.query_params.get("lang") or (talk.language if talk else "en")
        page = self.pages.chat(
            pages.Door(door, DOORS[door]),
            language,
            messages=talk.messages if talk else canned_start(language),
            token=talk.token if talk else None,
            embed="embed" in request.query_params,
            owner=talk.owner if talk else "bot",
            panel={"waiting": talk.waiting, "person": talk.person} if talk else None,
            problem="handoff_callback_wrong" if "callback" in request.query_params else None,
        )
        return _html(page)

    async def form(self, request: Request) -> Response:
        door, form = request.path_params["door"], await request.form()
        talk = self.talks.get(request.cookies.get("porchlight_chat", ""))
        action, text, language = (str(form.get(name, "")) for name in ("action", "text", "language"))
        if action == "delete":
            if talk:
                talk.deleted = True
            response = _html(self.pages.deleted(pages.Door(door, DOORS[door]), talk.language if talk else "en"))
            response.delete_cookie("porchlight_chat")
            return response
        if action == "leave" and talk:
            self.stop(talk)
        if action == "callback" and talk:
            self.callbacks.append(dict(form))
        if len(text) > LONGEST:
            raise HTTPException(413)
        answer: Response = RedirectResponse(f"/{door}", 303)
        if action == "forget":
            answer = Response(status_code=204)
            answer.delete_cookie("porchlight_chat")
            return answer
        if talk is None or talk.deleted:
            talk = self.start(door, language or "en")
            answer.set_cookie("porchlight_chat", talk.token, httponly=True, samesite="strict")
        if language:
            talk.language = language
        if text.strip():
            self.received.append(text)
            await self.take(talk, text)
        return answer

    async def widget(self, request: Request) -> Response:
        return Response(self.pages.widget(), media_type="text/javascript; charset=utf-8")

    async def problem(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if request.url.path.startswith("/api/"):
            return _json({"error": error.status_code}, error.status_code)
        language = request.query_params.get("lang", "en")
        return _html(self.pages.error(error.status_code, language), error.status_code)

    def find(self, request: Request) -> Talk:
        talk = self.talks.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if talk is None or talk.deleted:
            raise HTTPException(404)
        return talk


def canned_start(language: str) -> list[dict[str, Any]]:
    """The greeting as a page without a conversation shows it."""
    talk = Talk("211", language)
    for message in canned.greeting(canned.known(language)):
        talk.add(message)
    return talk.messages


def _after(request: Request) -> int:
    return int(request.headers.get("last-event-id") or request.query_params.get("after") or 0)


def _event(name: str, data: dict[str, Any], id: int | None = None) -> str:
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"


def _json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers={"Content-Security-Policy": CSP, "Cache-Control": "no-store"})


class Running:
    """The stand-in on a free port, in a thread."""

    def __init__(self, fake: Fake, port: int = 0) -> None:
        config = uvicorn.Config(fake.app, port=port, log_level="warning", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        _wait(lambda: self.server.started)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *problem: object) -> None:
        self.server.should_exit = True
        self.thread.join(5)


def _wait(done: Callable[[], bool]) -> None:
    for _ in range(500):
        if done():
            return
        threading.Event().wait(0.01)
    raise TimeoutError("the stand-in did not start")


if __name__ == "__main__":
    uvicorn.run(Fake().app, port=int(sys.argv[1]) if len(sys.argv) > 1 else 8001)

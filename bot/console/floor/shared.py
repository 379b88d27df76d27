"""What the pages of the floor have in common: who asks, how a form is read, how times are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from babel.dates import format_date, format_time
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked, asked_of
from bot.console.pages import page
from bot.conversations.models import Conversation
from bot.staff.gate import form_of

LOCALES = {"en": "en_CA", "fr": "fr_CA"}
Form = dict[str, str]


def shown(endpoint: Callable[[Request, Asked], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A page that reads the database: runs in a thread."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        return await to_thread.run_sync(endpoint, request, asked_of(request))

    return answer


def posted(endpoint: Callable[[Request, Asked, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A form that was sent: its fields, without signs that no database takes; runs in a thread."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        form = {name: value.replace("\x00", "") for name, value in (await form_of(request)).items()}
        return await to_thread.run_sync(endpoint, request, asked_of(request), form)

    return answer


def show(request: Request, asked: Asked, template: str, *, status: int = 200, **facts: Any) -> Response:
    """A page with the words and times of the reader. `done` in the address names what has just been done."""
    done = request.query_params.get("done", "")
    message = f"floor_done_{done}"
    return page(
        request,
        template,
        status=status,
        labels=asked.labels,
        when=Times(asked.language, asked.now),
        done=message if done and asked.interface.has(message) else None,
        **facts,
    )


def back(path: str, **query: str) -> RedirectResponse:
    """To a page after a form, so that loading it again sends nothing twice."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def conversation_for(session: Session, asked: Asked, conversation_id: str) -> Conversation:
    """A conversation at one of the reader's doors.

    Raises:
        HTTPException: 404; one at another door is not even confirmed to exist.
    """
    found = session.get(Conversation, conversation_id)
    if found is None or not asked.member.at(found.door):
        raise HTTPException(404, "This conversation is not there (any more).")
    return found


def doors_of(asked: Asked) -> dict[str, str]:
    """The doors at which the reader works, by id, with their names."""
    return {code: asked.labels.door(code) for code in asked.service.doors if asked.member.at(code)}


def reading(asked: Asked) -> Session:
    """A session that only reads."""
    return Session(asked.service.ledger.reader)


class Times:
    """Times and lengths as the reader writes them, in Toronto's time."""

    def __init__(self, language: str, now: datetime) -> None:
        self._locale = LOCALES[language]
        self.today = now.astimezone(TORONTO).date()

    def time(self, moment: datetime) -> str:
        return str(format_time(moment, "short", tzinfo=TORONTO, locale=self._locale))

    def moment(self, moment: datetime | None) -> str:
        """Day and time; the time alone today."""
        if moment is None:
            return "–"
        local = moment.astimezone(TORONTO)
        if local.date() == self.today:
            return self.time(moment)
        return f"{self.day(local.date(), 'd MMM y')}, {self.time(moment)}"

    def day(self, day: date | str, form: str = "d MMM") -> str:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return str(format_date(day, form, locale=self._locale))

    def length(self, seconds: float | None) -> str:
        return length(seconds)


def length(seconds: float | None, *, fine: bool = False) -> str:
    """A length of time in both languages alike: "40 s", "12 min", "2 h 05"; `fine` keeps seconds up to ten minutes."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if fine and minutes < 10 and whole % 60:
        return f"{minutes} min {whole % 60} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def fine_length(seconds: float | None) -> str:
    """As `length`, with seconds up to ten minutes."""
    return length(seconds, fine=True)

"""What the pages of sharing have in common: forms whose fields come several times, and names of recipients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked, asked_of
from bot.sharing.desk_api import said
from bot.staff.gate import pairs_of
from directory_client.lines import lines

Fields = dict[str, list[str]]


def sent(endpoint: Callable[[Request, Asked, Fields], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A form that was sent, every value of every field, without signs that no database takes; runs in a thread."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        fields: Fields = {}
        for name, value in await pairs_of(request):
            fields.setdefault(name, []).append(value.replace("\x00", ""))
        return await to_thread.run_sync(endpoint, request, asked_of(request), fields)

    return answer


def one(fields: Fields, name: str) -> str:
    """The first value of a field, or nothing."""
    return next(iter(fields.get(name, ())), "").strip()


def recipient(asked: Asked, name: str) -> str:
    """Who was told, in the reader's language: a line, a door's service, an agency at a table, a program.

    Its id, where nothing of that name is known any more.
    """
    if known := lines().get(name):
        return known.name_in(asked.language)
    kind, _, rest = name.partition(":")
    if kind == "door":
        return asked.labels.door(rest)
    if kind == "agency":
        door, _, agency = rest.partition(":")
        table = asked.service.doors[door].table if door in asked.service.doors else None
        label = table.agencies.get(agency) if table else None
        return label.get(asked.language, label["en"]) if label else rest
    if kind == "listing":
        return said(asked, "to_program", listing=rest)
    return name


def labelled(asked: Asked, what: str, codes: object) -> dict[str, str]:
    """Codes of the rule with their labels."""
    return {str(code): said(asked, f"{what}_{code}") for code in codes}  # type: ignore[attr-defined]

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


def recipient(asked: Asked, line: str) -> str:
    """The name of a line in the reader's language; its id when the directory has it no longer."""
    known = lines().get(line)
    return known.name_in(asked.language) if known else line


def labelled(asked: Asked, what: str, codes: object) -> dict[str, str]:
    """Codes of the rule with their labels."""
    return {str(code): said(asked, f"{what}_{code}") for code in codes}  # type: ignore[attr-defined]

"""Taking, holding and letting go, as the page asks for it. The changes themselves are `bot.handoff.claims`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import answers
from bot.console.api.asked import Asked, Problem, body_of
from bot.console.api.drafts import NO_PACKAGE
from bot.conversations.models import Conversation
from bot.handoff import claims, presence
from bot.handoff.calls import claim_call
from bot.handoff.claims import Claimed, Done, Refused, To
from bot.handoff.models import STATUSES
from bot.handoff.saying import tell
from bot.language.names import endonym
from bot.named_lines import LINE_211
from bot.staff.rights import Right

_STATUS = {"not_your_door": 403}
OPENING = "handoff_opening"


async def claim(request: Request, asked: Asked) -> Response:
    """Takes somebody who waits; the person learns who is here, and who translates. For a caller on the line the
    specialist's own telephone rings."""
    conversation = request.path_params["id"]

    def opening(session: Session) -> None:
        _tell_who_translates(session, asked, conversation)

    return _answer(await claim_call(asked.service, conversation, asked.member, also=opening))


async def release(request: Request, asked: Asked) -> Response:
    """Back to those who wait."""
    return await _done(request, asked, claims.release)


async def give_back(request: Request, asked: Asked) -> Response:
    """Back to the bot. `seen` is the number of the last message that the page shows."""
    seen = _seen((await body_of(request)).get("seen"))
    conversation = request.path_params["id"]
    return _answer(
        await to_thread.run_sync(lambda: claims.give_back(asked.service, conversation, asked.member, seen=seen))
    )


async def take_over(request: Request, asked: Asked) -> Response:
    """A supervisor takes it from whoever holds it."""
    _must(asked, Right.TAKE_OVER)
    return await _done(request, asked, claims.take_over)


async def join(request: Request, asked: Asked) -> Response:
    """A supervisor writes beside the holder."""
    _must(asked, Right.TAKE_OVER)
    return await _done(request, asked, claims.join)


async def transfer(request: Request, asked: Asked) -> Response:
    """Hands it to a colleague, or to whoever has a skill or a language: exactly one of "to", "skill", "language"."""
    body = await body_of(request)
    given = {name: body.get(name) for name in ("to", "skill", "language") if body.get(name)}
    if len(given) != 1 or not all(isinstance(value, str) and len(value) <= 36 for value in given.values()):
        raise Problem(400, "transfer")
    to = To(staff=given.get("to"), skill=given.get("skill"), language=given.get("language"))
    conversation = request.path_params["id"]
    return _answer(await to_thread.run_sync(lambda: claims.transfer(asked.service, conversation, asked.member, to)))


async def danger_seen(request: Request, asked: Asked) -> Response:
    """The holder has seen a danger that rose while they held it."""
    conversation = request.path_params["id"]
    done = await to_thread.run_sync(lambda: claims.danger_seen(asked.service, conversation, asked.member))
    return JSONResponse({"seen": done})


async def status(request: Request, asked: Asked) -> Response:
    """What somebody does now: available, busy, away, offline."""
    wanted = (await body_of(request)).get("status")
    if wanted not in STATUSES:
        raise Problem(400, "status")

    def change() -> None:
        with asked.service.ledger.writing() as session:
            presence.set_status(session, asked.member.id, str(wanted), asked.now)

    await to_thread.run_sync(change)
    asked.service.bus.ring("desk", "presence", by=asked.member.id)
    return JSONResponse({"status": wanted})


def raised(refused: Refused) -> Problem:
    """A refusal as the page gets it: 409 with who it is about."""
    beside = {"by": refused.by} if refused.by else {}
    code = refused.reason
    if code == "not_yours":
        code = "not_held"  # type: ignore[assignment]  # the same to whoever writes or lets go
    if code == "full" and refused.by:
        return Problem(409, "full_colleague", by=refused.by, beside=beside)
    return Problem(_STATUS.get(code, 409), code, by=refused.by or "–", beside=beside)


async def _done(request: Request, asked: Asked, change: Callable[..., Any]) -> Response:
    conversation = request.path_params["id"]
    return _answer(await to_thread.run_sync(lambda: change(asked.service, conversation, asked.member)))


def _answer(came: Claimed | Done | Refused) -> Response:
    if isinstance(came, Refused):
        raise raised(came)
    if isinstance(came, Claimed):
        return JSONResponse({"conversation": came.conversation, "fresh": came.fresh})
    return JSONResponse({"conversation": came.conversation, "to": came.to})


def _must(asked: Asked, right: Right) -> None:
    if not asked.member.may(right):
        raise Problem(403, "right")


def _seen(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _tell_who_translates(session: Session, asked: Asked, conversation_id: str) -> None:
    """Said once, when a specialist who does not know the person's language takes the conversation."""
    conversation = session.get_one(Conversation, conversation_id)
    member, language = asked.member, conversation.language
    if language == asked.language or language in member.languages:
        return
    pairs = asked.service.translator.pairs
    both = (asked.language, language) in pairs and (language, asked.language) in pairs
    sentence = OPENING if both else NO_PACKAGE
    if sentence not in asked.service.catalogue.sources:
        return
    piece = answers.say(sentence, language_name=endonym(asked.language), line_211=LINE_211)
    tell(asked.service, session, conversation_id, [piece], asked.now)

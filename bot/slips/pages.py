"""/console/slips: a paramedic writes a slip, prints it, and sees what came of the slips. No field takes a name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from anyio import to_thread
from babel.dates import format_date
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cards import locale_for
from bot.clock import TORONTO
from bot.console.api.asked import Asked, asked_of
from bot.console.floor.protection import written
from bot.console.floor.shared import back, reading, show, shown
from bot.doors.door import Door
from bot.intake.labels import said
from bot.language.catalogue import RTL
from bot.language.names import CORE, endonym
from bot.slips.figures import figures
from bot.slips.models import ReferralSlip
from bot.slips.writing import NothingNoted, write
from bot.staff.gate import console_route, pairs_of
from bot.staff.record import record
from bot.staff.rights import Right
from directory_client.lines import EMERGENCY, HELPLINE, lines

HOME = "/console/slips"
LAST = 20
DAYS = (30, 90, 365)
SENTENCES = (
    "title", "about", "yours", "code", "web", "text", "call", "danger", "noted", "until",
)  # fmt: skip


def _doors(asked: Asked) -> list[Door]:
    """The reader's doors to which slips lead."""
    doors = asked.service.doors.values()
    return [door for door in doors if door.entry.signs and door.entry.signs.slips and asked.member.at(door.id)]


def _door(asked: Asked, door_id: str | None) -> Door:
    doors = _doors(asked)
    found = next((door for door in doors if door_id in (None, "", door.id)), None)
    if found is None:
        raise HTTPException(404, "There is no door with slips here.")
    return found


def _reasons(asked: Asked, door: Door) -> list[tuple[str, list[tuple[str, str]]]]:
    """The two questions, each with its options that stand for a need, in the reader's language."""
    slips = door.entry.signs.slips if door.entry.signs else None
    found = []
    for name in (slips.social, slips.health) if slips else ():
        question = door.asked(name) if name else None
        if question is not None:
            options = [
                (f"{question.id}.{one.id}", next(said(door, one.label, asked.language), one.id))
                for one in question.choices
                if one.need
            ]
            found.append((next(said(door, question.short or question.ask, asked.language), question.id), options))
    return found


def _page(request: Request, asked: Asked, *, problem: str | None = None, chosen: tuple[str, ...] = ()) -> Response:
    door = _door(asked, request.query_params.get("door"))
    with reading(asked) as session:
        mine = session.scalars(
            select(ReferralSlip)
            .where(ReferralSlip.door == door.id, ReferralSlip.written_by == asked.member.id)
            .order_by(ReferralSlip.created_at.desc())
            .limit(LAST)
        ).all()
    tongues = [(code, endonym(code)) for code in CORE]
    return show(
        request, asked, "slips.html", status=422 if problem else 200, door=door, name=asked.labels.door(door.id),
        reasons=_reasons(asked, door), mine=mine, tongues=tongues, problem=problem, chosen=chosen,
    )  # fmt: skip


@shown
def form(request: Request, asked: Asked) -> Response:
    """The form, and the last slips of the reader."""
    return _page(request, asked)


async def make(request: Request) -> Response:
    """Writes a slip and leads to its page."""
    pairs, asked = await pairs_of(request), asked_of(request)
    reasons = tuple(value for name, value in pairs if name == "reason")
    language = next((value for name, value in pairs if name == "language" and value in CORE), "en")

    def done() -> Response:
        door = _door(asked, request.query_params.get("door"))
        try:
            with asked.service.ledger.writing() as session:
                slip = write(session, door, language=language, reasons=reasons, by=asked.member.id, now=asked.now)
                record(session, asked.member.id, "slip_written", door=door.id, at=asked.now, slip=slip.id)
                slip_id = slip.id
        except NothingNoted:
            return _page(request, asked, problem="slips_nothing", chosen=reasons)
        return back(f"{HOME}/{slip_id}")

    return await to_thread.run_sync(done)


@shown
def one(request: Request, asked: Asked) -> Response:
    """A slip to print, in the patient's language."""
    with reading(asked) as session:
        slip = session.get(ReferralSlip, request.path_params["slip"])
        if slip is None or slip.written_by != asked.member.id:
            raise HTTPException(404, "This slip is not there, or somebody else wrote it.")
    door = _door(asked, slip.door)
    return show(request, asked, "slip.html", slip=slip, door=door, **_printed(asked, door, slip))


def _printed(asked: Asked, door: Door, slip: ReferralSlip) -> dict[str, Any]:
    """What stands on the paper. A sentence that the language lacks is in English, and marked so for reading aloud."""
    service, language = asked.service, slip.language
    say = service.catalogue.say
    assert door.entry.signs is not None and door.entry.signs.slips is not None
    known = lines()
    facts = {f"line_{n}": str(known[line].voice or "") for n, line in _NUMBERS.items()}
    own = all(service.catalogue.has(f"{door.id}/slip_{name}", language) for name in SENTENCES)
    spoken = language if own or language == "en" else "en"
    wanted = {name: say(f"{door.id}/slip_{name}", spoken, **_used(door, f"slip_{name}", facts)) for name in SENTENCES}
    word = door.entry.signs.words[0]
    address = f"{service.settings.public_url.rstrip('/')}{door.entry.web}?slip={slip.code}"
    noted = []
    slips = door.entry.signs.slips
    for name, values in ((slips.social, slip.social), (slips.health, slip.health)):
        question = door.asked(name) if name else None
        options = [question.option(value) for value in values] if question else []
        noted += [say(option.label, spoken) for option in options if option]
    ours = [number.number for number in service.numbers.by_address.values() if number.texts]
    here = [number.number for number in service.numbers.by_address.values() if number.texts and number.door == door.id]
    return {
        "said": wanted, "spoken": spoken, "direction": "rtl" if spoken in RTL else "ltr", "address": address,
        "code": slip.code, "text": f"{word} {slip.code}", "number": next(iter((*here, *ours)), None), "noted": noted,
        "until": format_date(slip.expires_at.astimezone(TORONTO).date(), "long", locale=str(locale_for(spoken))),
        "square": square(address), "lacks": endonym(language) if spoken != language else None,
    }  # fmt: skip


_NUMBERS = {"911": EMERGENCY, "211": HELPLINE}


def _used(door: Door, text: str, facts: dict[str, str]) -> dict[str, str]:
    english = door.texts["en"].get(text, "")
    return {name: value for name, value in facts.items() if f"{{{name}}}" in english}


def square(address: str) -> str:
    """The address as a code to scan, a picture within the page."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


@shown
def report(request: Request, asked: Asked) -> Response:
    """Made, used, and by reason."""
    door = _door(asked, request.query_params.get("door"))
    days = next((one for one in DAYS if str(one) == request.query_params.get("days")), DAYS[1])
    with reading(asked) as session:
        found = figures(session, door, asked.now - timedelta(days=days), asked.now)

    def label(option: str) -> str:
        for question in door.intake:
            if (one := question.option(option)) is not None:
                return next(said(door, one.label, asked.language), option)
        return option

    return show(
        request, asked, "slips_report.html", door=door, name=asked.labels.door(door.id), found=found, days=days,
        choices=DAYS, label=label, written=written,
    )  # fmt: skip


routes = [
    console_route(HOME, form, right=Right.SLIPS),
    console_route(HOME, make, right=Right.SLIPS, methods=("POST",)),
    console_route(f"{HOME}/report", report, right=Right.SLIPS),
    console_route(f"{HOME}/{{slip}}", one, right=Right.SLIPS),
]

"""What holds for a door: status, hours and its own settings, with history and a preview of what people are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor import hours, values
from bot.console.floor.door_settings import CannotWithdraw, change_setting, history, setting_in_force, withdraw
from bot.console.floor.hours import ALWAYS, BadSetting
from bot.console.floor.models import DoorSetting
from bot.console.floor.shared import Form, back, doors_of, posted, reading, show, shown
from bot.doors.door import Door
from bot.doors.world import situation, world_of
from bot.handoff.people import first_name
from bot.intake.ending import facts_of
from bot.staff.gate import console_route
from bot.staff.rights import Right

HOME = "/console/hours"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that can be set. `value` holds now; `own` says that staff have set it, not the door's file."""

    key: str
    kind: str
    note: str
    value: Mapping[str, Any]
    own: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody who comes at a moment is told, in English and French. No texts: nothing beside the greeting."""

    open: bool
    opens: datetime | None
    texts: Mapping[str, str]


def _door(request: Request, asked: Asked) -> Door:
    door = asked.service.doors.get(request.path_params["door"])
    if door is None or not asked.member.at(door.id):
        raise HTTPException(404, "There is no such door here.")
    return door


def usual(door: Door, key: str) -> dict[str, Any]:
    """What the door's own file says of a matter."""
    if key == "status":
        return {"state": door.status.state}
    if key == "hours":
        if door.hours is None:
            return {"open": ALWAYS, "holidays": "open", "except": {}}
        single = {day.isoformat(): text for day, text in door.hours.except_.items()}
        return {"open": door.hours.open, "holidays": door.hours.holidays, "except": single}
    return {"value": door.settings[key].value}


def matters(session: Session, door: Door, now: datetime) -> list[Matter]:
    """Everything that can be set at a door, as it holds now."""
    kinds = {"status": ("status", ""), "hours": ("hours", "")}
    kinds |= {name: (setting.kind, setting.note) for name, setting in door.settings.items()}
    found = []
    for key, (kind, note) in kinds.items():
        own = setting_in_force(session, door.id, key, now)
        found.append(Matter(key, kind, note, own or usual(door, key), own is not None))
    return found


def told(asked: Asked, door: Door, status: Mapping[str, Any], value: Mapping[str, Any], at: datetime) -> Told:
    """What is said at the door at a moment, with these hours and this status."""
    closed = status["state"] == "closed"
    here = not closed and hours.is_open(value, at)
    say = door.status.say if closed else door.hours.say if door.hours and not here else None
    texts = {}
    for language in ("en", "fr") if say else ():
        here_now = situation(None, door, at, language=language, channel="web", memory={})
        said = door.say(say or "", **facts_of(door, world_of(door, here_now, at)))
        pieces = asked.service.words.replies([said], language, _no_listing, at)
        texts[language] = "\n".join(piece.text for piece in pieces)
    return Told(here, None if closed else hours.next_opening(value, at), texts)


def _no_listing(listing: str, shown: Mapping[str, Any] | None) -> None:
    """Sentences about hours name no listing."""


@shown
def listed(request: Request, asked: Asked) -> Response:
    """Every door of the reader, and how it stands now."""
    with reading(asked) as session:
        rows = []
        for code, name in doors_of(asked).items():
            door = asked.service.doors[code]
            known = {one.key: one for one in matters(session, door, asked.now)}
            now = told(asked, door, known["status"].value, known["hours"].value, asked.now)
            planned = [row for row in history(session, code) if row.effective_from > asked.now and not row.withdrawn_at]
            rows.append((code, name, known["status"].value["state"], now, len(planned)))
    return show(request, asked, "hours.html", rows=rows)


@shown
def one(request: Request, asked: Asked) -> Response:
    """A door: what holds now, what is planned, what held before."""
    return _page(request, asked, _door(request, asked))


def _page(
    request: Request,
    asked: Asked,
    door: Door,
    *,
    key: str = "",
    form: Mapping[str, str] | None = None,
    problem: BadSetting | None = None,
    preview: Mapping[str, Any] | None = None,
) -> Response:
    with reading(asked) as session:
        known = matters(session, door, asked.now)
        rows = history(session, door.id)
        names = {row.author: first_name(session, row.author) for row in rows}
    by_key = {one.key: one for one in known}
    status, week = by_key["status"].value, by_key["hours"].value
    at = asked.now
    if preview is not None and not problem:
        at = max(asked.now, effective_from(form or {}, asked.now))
        status, week = (preview, week) if key == "status" else (status, preview) if key == "hours" else (status, week)
    return show(
        request, asked, "hours_door.html", status=422 if problem else 200, door=door, name=asked.labels.door(door.id),
        matters=known, history=rows, names=names, key=key, form=form or {}, problem=problem, preview=preview,
        previewed=told(asked, door, status, week, at), at=at, days=hours.DAYS, states=values.STATES,
        fields={one.key: hours.fields_of(one.value) for one in known if one.kind == "hours"}, now=asked.now,
        grouped=hours.grouped, today=asked.now.astimezone(TORONTO),
    )  # fmt: skip


def effective_from(form: Mapping[str, str], now: datetime) -> datetime:
    """When a change begins: `from_day` and `from_time` in Toronto, at once when empty.

    Raises:
        BadSetting: for a day or time that does not exist, or is more than three years away.
    """
    day, time = form.get("from_day", "").strip(), form.get("from_time", "").strip() or "00:00"
    if not day:
        return now
    try:
        moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=TORONTO)
    except ValueError:
        raise BadSetting("from_day", "day_unread") from None
    if moment > now + hours.LONGEST_AHEAD:
        raise BadSetting("from_day", "day_far")
    return moment


def _read(door: Door, key: str, form: Form, now: datetime) -> dict[str, Any]:
    if key == "status":
        return values.read_status(form)
    if key == "hours":
        return hours.read_hours(form, now.astimezone(TORONTO).date())
    return values.read_value(form, door.settings[key].kind)


@posted
def change(request: Request, asked: Asked, form: Form) -> Response:
    """Shows what a change would do, or makes it."""
    door = _door(request, asked)
    key = request.path_params["key"]
    if key not in ("status", "hours", *door.settings):
        raise HTTPException(404, "This door has no such setting.")
    try:
        value = {} if form.get("do") == "usual" else _read(door, key, form, asked.now)
        begins = effective_from(form, asked.now)
    except BadSetting as problem:
        return _page(request, asked, door, key=key, form=form, problem=problem)
    if form.get("do") == "preview":
        return _page(request, asked, door, key=key, form=form, preview=value)
    with asked.service.ledger.writing() as session:
        change_setting(session, door.id, key, value, author=asked.member.id, effective_from=begins, now=asked.now)
    return back(f"{HOME}/{door.id}", done="saved")


@posted
def take_back(request: Request, asked: Asked, form: Form) -> Response:
    """Withdraws a change that has not begun."""
    door = _door(request, asked)
    with asked.service.ledger.writing() as session:
        row = session.get(DoorSetting, form.get("setting", ""))
        try:
            if row is None or row.door != door.id:
                raise CannotWithdraw
            withdraw(session, row.id, author=asked.member.id, now=asked.now)
        except CannotWithdraw:
            return back(f"{HOME}/{door.id}", done="not_withdrawn")
    return back(f"{HOME}/{door.id}", done="withdrawn")


routes = [
    console_route(HOME, listed, right=Right.HOURS),
    console_route(f"{HOME}/{{door}}", one, right=Right.HOURS),
    console_route(f"{HOME}/{{door}}/withdraw", take_back, right=Right.HOURS, methods=("POST",)),
    console_route(f"{HOME}/{{door}}/{{key}}", change, right=Right.HOURS, methods=("POST",)),
]

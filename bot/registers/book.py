"""Writing a household into the register of a season, in the transaction of the turn.

What looks like a household that is there already becomes "unclear" and waits for a person. The words to the one who
registers are the same, so that nobody learns from them who else has registered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.registers.household import household_keys
from bot.registers.models import Registration, RegistrationKey
from bot.registers.places import season_of

if TYPE_CHECKING:
    from bot.doors.door import Door
    from bot.intake.store import Where


def registered(session: Session, where: Where, one: Mapping[str, Any], keys: Keys | None, now: datetime) -> str:
    """Writes a registration down and gives its state. Whoever registers again from the same talk corrects the first.

    Args:
        one: {"door", "state" (registered or waiting), "answers" (those that may be shared)}.
    """
    from bot.doors.loading import door_named

    door = door_named(str(one["door"]))
    register = door.registration
    assert register is not None
    told, given = str(one["state"]), dict(one["answers"])
    answers = {name: given[name] for name in register.answers if given.get(name) is not None}
    season = season_of(setting(session, door, register.season, now), now)
    made = household_keys(door.id, season, register.same, answers, keys) if keys else []
    row = session.scalars(
        select(Registration)
        .where(
            Registration.conversation_id == where.conversation_id, Registration.door == door.id,
            Registration.season == season, Registration.state != "withdrawn",
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        row = Registration(
            conversation_id=where.conversation_id, door=door.id, season=season, state=told, told=told,
            language=where.language, channel=where.channel, created_at=now,
        )  # fmt: skip
        session.add(row)
    row.counts, row.size, row.changed_at = counts_of(door, given), size_of(door, given), now
    row.answers = keys.sealed(json.dumps(answers, ensure_ascii=False)) if keys else None
    session.flush()
    session.execute(delete(RegistrationKey).where(RegistrationKey.registration_id == row.id))
    if alike(session, door.id, season, made, but=row.id) or not made:
        row.state = "unclear"
    session.add_all(RegistrationKey(registration_id=row.id, household_key=key) for key in made)
    session.flush()
    return row.state


def alike(session: Session, door: str, season: str, made: list[str], *, but: str) -> list[Registration]:
    """Other registrations with one of these keys."""
    same = exists().where(RegistrationKey.registration_id == Registration.id, RegistrationKey.household_key.in_(made))
    rows = session.scalars(
        select(Registration)
        .where(
            same, Registration.door == door, Registration.season == season, Registration.id != but,
            Registration.state != "withdrawn",
        )
        .order_by(Registration.created_at)
    )  # fmt: skip
    return list(rows)


def keys_of(session: Session, registration: str) -> list[str]:
    """The keys of a registration."""
    wanted = select(RegistrationKey.household_key).where(RegistrationKey.registration_id == registration)
    return list(session.scalars(wanted))


def withdrawn(session: Session, registration: Registration, now: datetime) -> None:
    """Takes a household out: what is known of it goes, the count stays."""
    registration.state, registration.answers, registration.changed_at = "withdrawn", None, now
    session.execute(delete(RegistrationKey).where(RegistrationKey.registration_id == registration.id))
    session.flush()


def forgotten(session: Session, conversation_id: str, now: datetime) -> None:
    """Somebody has their data deleted: their registrations are withdrawn."""
    mine = select(Registration.id).where(Registration.conversation_id == conversation_id)
    session.execute(delete(RegistrationKey).where(RegistrationKey.registration_id.in_(mine)))
    session.execute(
        update(Registration)
        .where(Registration.conversation_id == conversation_id)
        .values(state="withdrawn", answers=None, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def setting(session: Session, door: Door, name: str, now: datetime) -> Any:
    """A setting of the door as it holds now."""
    from bot.console.floor.door_settings import setting_in_force  # the console knows the doors, and needs them first

    staff = setting_in_force(session, door.id, name, now) or {}
    return staff.get("value", door.settings[name].value)


def counts_of(door: Door, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is counted: numbers as they are; for questions asked once for each, how often each answer came."""
    found: dict[str, Any] = {}
    for name in door.registration.counts if door.registration else ():
        question, value = door.asked(name), answers.get(name)
        if question is None or value is None:
            continue
        if question.nth is None:
            found[name] = value
        else:
            base = name.removesuffix(f"_{question.nth}")
            of = found.setdefault(base, {})
            said = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
            of[said] = of.get(said, 0) + 1
    return found


def size_of(door: Door, answers: Mapping[str, Any]) -> int:
    """Places that a registration takes."""
    value = answers.get(door.registration.size) if door.registration and door.registration.size else 1
    return max(1, int(value)) if isinstance(value, int | float) else 1


def answers_of(registration: Registration, keys: Keys) -> dict[str, Any]:
    """What the program may read of a household."""
    return dict(json.loads(keys.opened(registration.answers))) if registration.answers else {}

"""A gateway with a situation table: a specialist who refers, and members of its agencies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.doors.loading import door_named
from bot.tables.models import Situation
from bot.tables.referring import Referred, read_referral
from tests.bot.console.floor.conftest import House, Visitor, house

__all__ = ["house"]

DOOR = "rmt-sudbury"
PLANTED = "Wilhelmina Okonkwo-Tremblay"
REACH = "705-555-0142"
Member = Callable[..., Visitor]


@pytest.fixture
def member(house: House) -> Member:
    """Makes a member of the table."""

    def one(agency: str | None, **facts: Any) -> Visitor:
        skills = (f"agency_{agency}",) if agency else ()
        return house.enter("table_member", doors=(DOOR,), skills=skills, **facts)

    return one


def referral(**changed: str) -> dict[str, Any]:
    """The fields of a referral that is taken."""
    return {
        "danger": "no", "factor": ["harm_to_self", "homelessness"], "age": "adult", "area": "city", "consent": "given",
        "why": "Housing alone cannot help while nobody sees to the illness.", "name": PLANTED, "reach": REACH,
        "excluded": ["police"], **changed,
    }  # fmt: skip


def given() -> Referred:
    """The same as it was read."""
    table = door_named(DOOR).table
    assert table is not None
    return read_referral(
        [(name, one) for name, value in referral().items() for one in ([value] if isinstance(value, str) else value)],
        table,
    )


async def refers(house: House, specialist: Visitor, expect: int = 303, **changed: Any) -> str:
    """Refers a situation; gives its id, or the page of the refusal."""
    answer = await house.client.post(
        f"/console/situations/{DOOR}/new", data=referral(**changed), headers=specialist.headers
    )
    assert answer.status_code == expect, answer.text
    if expect != 303:
        return answer.text
    return str(house.read(lambda s: s.scalars(select(Situation.id).order_by(Situation.created_at.desc())).first()))


def situation(house: House, one: str) -> Situation:
    return house.read(lambda s: s.get(Situation, one))


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())

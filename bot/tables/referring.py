"""A specialist refers a situation to a table: what the form says, checked, and written down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.conversations.models import new_id
from bot.doors.door import Door
from bot.doors.tables import Table
from bot.intake.labels import folded
from bot.intake.models import DoorEvent
from bot.sharing.passing import kept_from
from bot.staff.record import record
from bot.tables.models import AGE_GROUPS, CONSENTS, Situation

CONSENT_VERSION = "table-1"
"""The wording of tables_consent in locales/console/tables.yml. A new wording gets a new name."""
LONGEST_WHY, LONGEST_NAME, LONGEST_REACH = 600, 120, 200
_NUMBER = re.compile(r"(?:\d[\s().-]*){7,}")


class BadReferral(ValueError):
    """A form that cannot be taken. `code` names the sentence: tables_bad_<code>."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Referred:
    """A referral as it was checked. Name and way to reach are apart from all else."""

    factors: tuple[str, ...]
    why: str
    age_group: str
    area: str
    consent: str
    ground: str | None
    excluded: tuple[str, ...]
    danger_now: bool
    name: str
    reach: str


def read_referral(pairs: Sequence[tuple[str, str]], table: Table) -> Referred:
    """The fields of the form.

    Raises:
        BadReferral: when something is missing, unknown, or would tell at the table who it is.
    """
    one: Mapping[str, str] = {name: value.replace("\x00", "").strip() for name, value in pairs}
    many = {
        kind: tuple(dict.fromkeys(value for name, value in pairs if name == kind)) for kind in ("factor", "excluded")
    }
    factors = many["factor"]
    if not factors or any(factor not in table.factors for factor in factors):
        raise BadReferral("factors")
    if any(agency not in table.agencies for agency in many["excluded"]):
        raise BadReferral("excluded")
    if one.get("age") not in AGE_GROUPS or one.get("area") not in table.areas:
        raise BadReferral("who")
    if one.get("danger") not in ("yes", "no"):
        raise BadReferral("danger")
    consent, ground = one.get("consent", ""), one.get("ground") or None
    if consent not in CONSENTS or ground not in (None, "life"):
        raise BadReferral("consent")
    if consent != "given" and ground != "life":
        raise BadReferral("ground")
    why, name, reach = one.get("why", ""), one.get("name", ""), one.get("reach", "")
    if not 10 <= len(why) <= LONGEST_WHY:
        raise BadReferral("why")
    if not name or len(name) > LONGEST_NAME or len(reach) > LONGEST_REACH:
        raise BadReferral("name")
    if tells(why, name, reach):
        raise BadReferral("tells")
    return Referred(
        factors, why, one["age"], one["area"], consent, ground if consent != "given" else None, many["excluded"],
        one["danger"] == "yes", name, reach,
    )  # fmt: skip


def tells(why: str, name: str, reach: str) -> bool:
    """Whether the reason for the table would say who it is: by a part of the name, or by a number to reach them."""
    said = set(folded(why).split())
    parts = {part for part in folded(name).split() if len(part) > 2}
    return bool(parts & said) or bool(_NUMBER.search(why)) or bool(reach and folded(reach) in folded(why))


def refer(
    session: Session,
    door: Door,
    given: Referred,
    by: str,
    keys: Keys,
    now: datetime,
    *,
    conversation: str | None = None,
    language: str = "en",
    channel: str = "console",
) -> str:
    """Writes the referral down and gives its id. Who it is stands sealed from the first moment on.

    An agency whose kind the person has excluded at the desk is excluded here too, ticked or not.
    """
    assert door.table is not None
    excluded = sorted({*given.excluded, *kept_from(session, conversation, door)})
    row = Situation(
        id=new_id(), door=door.id, conversation_id=conversation, state="referred", danger_now=given.danger_now,
        age_group=given.age_group, area=given.area, factors=list(given.factors), excluded=excluded,
        consent=given.consent, consent_version=CONSENT_VERSION, ground=given.ground, why=keys.sealed(given.why),
        identity=keys.sealed(json.dumps({"name": given.name, "reach": given.reach}, ensure_ascii=False)),
        referred_by=by, names_until=now + timedelta(days=door.table.names_days), created_at=now,
    )  # fmt: skip
    session.add(row)
    event = DoorEvent(
        door=door.id, event="situation", code="referred", language=language[:8], channel=channel[:16], created_at=now
    )
    session.add(event)
    record(
        session, by, "situation_referred", conversation=conversation, door=door.id, at=now, situation=row.id,
        consent=given.consent, ground=given.ground, danger=given.danger_now,
    )  # fmt: skip
    session.flush()
    return row.id

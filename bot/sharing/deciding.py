"""May this be shared? Pure: the wish, the agreement, what the person has excluded, and the rule."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sharing.rule import Rule

CONNECT = "connect"
"""The purpose of a warm transfer: a partner is told whom it is about to speak with."""
UNAGREED_DAYS = 30
"""How long what was told without an agreement, because a life was in danger, may be used."""
_FIELD = re.compile(r"[a-z0-9_]{1,40}(?::[a-z0-9_]{1,40})?")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to tell a partner. `consented`: the person has said yes to exactly these fields."""

    recipient: str
    purpose: str
    fields: tuple[str, ...]
    ground: str
    consented: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement with a partner, as it stands for one purpose."""

    id: str
    kind: str
    fields: Collection[str]
    grounds: Collection[str]
    keep_days: int
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody who must not know: a kind of recipients, or one of them."""

    kind: str | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be shared, and used by the partner until `ends_at`."""

    ends_at: datetime
    agreement: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not. `code`: purpose, ground, never, consent, no_agreement, expired, fields, excluded."""

    code: str
    fields: tuple[str, ...] = ()


def decided(
    wish: Wish, terms: Terms | None, excluded: Sequence[Excluded], *, overridden: bool, rule: Rule, now: datetime
) -> Allowed | Refused:
    """Whether the wish may be carried out now.

    Args:
        terms: the latest agreement with this partner for this purpose, in force or not; None: there never was one.
        excluded: what the person has excluded and not lifted.
        overridden: a second person has agreed to go against the exclusion for this partner and these fields.
    """
    if wish.purpose not in rule.purposes:
        return Refused("purpose")
    if wish.ground not in rule.grounds:
        return Refused("ground")
    never = tuple(
        one
        for one in wish.fields
        if not _FIELD.fullmatch(one) or one in rule.never or one.partition(":")[2] in rule.never
    )
    if never or not wish.fields:
        return Refused("never", never)
    if wish.ground == "consent" and not wish.consented:
        return Refused("consent")
    urgent = wish.ground == "risk_to_life" and wish.recipient in rule.without_agreement
    if not (urgent and (terms is None or not terms.holds(now))):
        if terms is None:
            return Refused("no_agreement")
        if not terms.holds(now):
            return Refused("expired")
        if wish.ground not in terms.grounds:
            return Refused("ground")
        if beyond := tuple(one for one in wish.fields if one not in terms.fields):
            return Refused("fields", beyond)
        ends_at, agreement = now + timedelta(days=terms.keep_days), terms.id
    else:
        if beyond := tuple(one for one in wish.fields if one not in rule.fields):
            return Refused("fields", beyond)
        ends_at, agreement = now + timedelta(days=UNAGREED_DAYS), None
    kind = terms.kind if terms else None
    hit = any(
        (one.recipient is not None and one.recipient == wish.recipient) or (one.kind is not None and one.kind == kind)
        for one in excluded
    )
    # A yes to exactly this recipient cannot be had against what the same person has excluded: they lift it first.
    if hit and (wish.ground == "consent" or not overridden):
        return Refused("excluded")
    return Allowed(ends_at, agreement)

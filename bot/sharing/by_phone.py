"""What a partner is told on the phone before it takes a caller: after a yes, within the agreement, and on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.conversations.models import Conversation
from bot.sharing import agreements, checking
from bot.sharing.checking import NotShared
from bot.sharing.deciding import CONNECT, Wish
from bot.sharing.models import Disclosure

CONSENT = "phone-1"
"""The wording that the caller says yes to: the message `voice_summary_ask`. A new wording gets a new name."""
NEEDED = frozenset(("language", "needs"))
"""What a partner must have agreed to be told: with less there is nothing to whisper."""
BY = "system"


def partners(session: Session, now: datetime) -> frozenset[str]:
    """Ids of the lines that are told about a caller before they take the call: an agreement in force says so."""
    return frozenset(
        row.recipient
        for row in agreements.in_force(session, now)
        if row.purpose == CONNECT and "consent" in row.grounds and set(row.fields) >= NEEDED
    )


def told(
    session: Session,
    conversation: Conversation,
    line: str,
    facts: Mapping[str, str],
    keys: Keys,
    leg: str,
    now: datetime,
) -> frozenset[str]:
    """Puts on record what a partner is about to hear, after the caller's yes, in the caller's transaction.

    Args:
        line: id of the partner's line.
        facts: what there is to tell, worded, by the name of the field.
        leg: id of the call to the partner; asked about it twice, it is told and recorded once.

    Returns:
        The fields that may be told; none where the rule refuses: the agreement has ended meanwhile, or the person has
        excluded this partner.
    """
    known = session.get(Disclosure, leg)
    if known is not None:
        return frozenset(known.fields)
    terms = agreements.terms_of(agreements.latest(session, line, CONNECT, now))
    fields = tuple(name for name in facts if terms is not None and name in terms.fields)
    wish = Wish(line, CONNECT, fields, "consent", consented=True)
    packet = [{"field": name, "value": facts[name]} for name in fields]
    try:
        checking.share(
            session, conversation, wish, by=BY, now=now, keys=keys, packet=packet, wording=CONSENT, known_as=leg
        )
    except NotShared as problem:
        checking.note_refusal(session, conversation.id, conversation.door, wish, problem.refused, BY, now)
        return frozenset()
    return frozenset(fields)

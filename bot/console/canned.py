"""Canned replies: a set that ships with the product, changed by supervisors in the database, with history.

Each stands in the database once, under an id made of its shortcut, so that several gateways put in the same rows and a
reply that was retired stays retired.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.console.models import CannedReply, CannedVersion
from bot.language.catalogue import Catalogue
from bot.yaml_text import parsed

FILE = Path(__file__).parent / "data" / "canned.yml"
PHASES = ("opening", "listening", "danger", "searching", "waiting", "closing")
SHIPPED = "shipped"
"""Author of the versions that come with the product."""
_SPACE = uuid.UUID("6f1d2f2e-3c57-4c0c-9b64-5d9f2b0a7c11")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A reply of the file. With `message` its words are those of the catalogue."""

    shortcut: str
    phase: str
    door: str | None
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    message: str | None

    @property
    def id(self) -> str:
        return str(uuid.uuid5(_SPACE, f"{self.door or '*'}/{self.shortcut}"))


@dataclass(frozen=True, slots=True)
class Canned:
    """A reply as it is now: its newest words by language."""

    id: str
    door: str | None
    phase: str
    shortcut: str
    message: str | None
    titles: Mapping[str, str]
    texts: Mapping[str, str]


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """The replies of the file. Raises ValueError for one that cannot be used."""
    found = []
    for shortcut, entry in parsed(FILE.read_text(encoding="utf-8")).items():
        one = Shipped(
            str(shortcut), entry["phase"], entry.get("door"), entry["title"], entry.get("text") or {},
            entry.get("message"),
        )  # fmt: skip
        if one.phase not in PHASES or not (one.message or {"en", "fr"} <= one.texts.keys()):
            raise ValueError(f"canned.yml: {shortcut} needs a phase of the list, and a text in en and fr or a message")
        found.append(one)
    return tuple(found)


def stock(session: Session, catalogue: Catalogue, now: datetime) -> None:
    """Puts in the replies of the file that the database has not yet seen; a change of theirs is left alone."""
    known = set(session.scalars(select(CannedReply.id)))
    for one in shipped():
        if one.id in known:
            continue
        try:
            with session.begin_nested():
                session.add(
                    CannedReply(
                        id=one.id, door=one.door, phase=one.phase, shortcut=one.shortcut, message=one.message,
                        created_at=now,
                    )
                )  # fmt: skip
                session.flush()
                for language, title in one.titles.items():
                    text = catalogue.say(one.message, language) if one.message else one.texts[language]
                    session.add(
                        CannedVersion(
                            canned_id=one.id, language=language, title=title, text=text, author=SHIPPED, created_at=now
                        )
                    )
                session.flush()
        except IntegrityError:  # another gateway was quicker
            continue


def current(session: Session, door: str | None) -> Sequence[Canned]:
    """The replies of a door and those of all doors, as they are now, by phase and shortcut; two statements."""
    replies = session.scalars(
        select(CannedReply).where(
            CannedReply.retired_at.is_(None), or_(CannedReply.door.is_(None), CannedReply.door == door)
        )
    ).all()
    order = {phase: at for at, phase in enumerate(PHASES)}
    found = _with_words(session, replies)
    return sorted(found, key=lambda one: (order.get(one.phase, len(order)), one.shortcut))


def by_id(session: Session, canned_id: str) -> Canned | None:
    """One reply, also a retired one: somebody may just have chosen it."""
    row = session.get(CannedReply, canned_id)
    return _with_words(session, [row])[0] if row else None


def _with_words(session: Session, replies: Sequence[CannedReply]) -> list[Canned]:
    versions = session.scalars(
        select(CannedVersion)
        .where(CannedVersion.canned_id.in_([reply.id for reply in replies]))
        .order_by(CannedVersion.created_at, CannedVersion.id)
    )
    newest: dict[str, dict[str, CannedVersion]] = {}
    for version in versions:
        newest.setdefault(version.canned_id, {})[version.language] = version
    return [
        Canned(
            reply.id, reply.door, reply.phase, reply.shortcut, reply.message,
            {code: version.title for code, version in newest.get(reply.id, {}).items()},
            {code: version.text for code, version in newest.get(reply.id, {}).items()},
        )
        for reply in replies
    ]  # fmt: skip


def worded(one: Canned, language: str, reader: str, catalogue: Catalogue) -> tuple[str, str, str]:
    """The words for a person of a language: (text, language, how).

    `how` is "catalogue" for a reviewed sentence in their language, "written" for words that staff wrote in it, "none"
    for words in the reader's language that are still to be translated.
    """
    edited = one.message is not None and any(
        text != catalogue.say(one.message, code) for code, text in one.texts.items()
    )
    if one.message and not edited and catalogue.has(one.message, language):
        return catalogue.say(one.message, language), language, "catalogue"
    if language in one.texts:
        return one.texts[language], language, "written"
    code = reader if reader in one.texts else next(iter(one.texts), "en")
    return one.texts.get(code, ""), code, "none"

"""Canned replies: written, changed, retired. A change adds a version with author and time; none is ever lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.models import CannedReply, CannedVersion
from bot.staff.record import record

PHASES = ("opening", "listening", "danger", "searching", "waiting", "closing")
LANGUAGES = ("en", "fr")
"""Languages in which staff write. What a person gets in another is translated when it is sent, through the gate."""
LONGEST_TITLE, LONGEST_TEXT = 120, 1500
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


class BadReply(ValueError):
    """A reply that cannot be kept. `field` names the field of the form, `code` the reason."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a reply in one language, and whose they are."""

    language: str
    title: str
    text: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """A canned reply as it is now. `versions` holds all its wordings, the newest first."""

    id: str
    door: str | None
    phase: str
    shortcut: str
    created_at: datetime
    retired_at: datetime | None
    versions: Sequence[Wording]

    def now(self, language: str) -> Wording | None:
        """Its words in a language; None when nobody has written them."""
        return next((one for one in self.versions if one.language == language), None)

    @property
    def title(self) -> str:
        return next((one.title for code in LANGUAGES if (one := self.now(code))), self.shortcut)


def replies(session: Session, *, retired: bool = False, reply_id: str | None = None) -> list[Reply]:
    """The replies in use, or the retired ones, by door, phase and shortcut; one alone if it is named."""
    wanted = select(CannedReply).order_by(CannedReply.door, CannedReply.phase, CannedReply.shortcut)
    if reply_id is not None:
        wanted = wanted.where(CannedReply.id == reply_id)
    else:
        wanted = wanted.where(CannedReply.retired_at.isnot(None) if retired else CannedReply.retired_at.is_(None))
    rows = list(session.scalars(wanted))
    versions: dict[str, list[Wording]] = {row.id: [] for row in rows}
    found = select(CannedVersion).where(CannedVersion.canned_id.in_(versions)).order_by(CannedVersion.created_at.desc())
    for one in session.scalars(found):
        versions[one.canned_id].append(Wording(one.language, one.title, one.text, one.author, one.created_at))
    return [
        Reply(row.id, row.door, row.phase, row.shortcut, row.created_at, row.retired_at, versions[row.id])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as a form gave it, checked. `words` holds title and text by language."""

    door: str | None
    phase: str
    shortcut: str
    words: Mapping[str, tuple[str, str]]


def read_reply(form: Mapping[str, str], doors: Sequence[str]) -> Draft:
    """A reply from a form: `door`, `phase`, `shortcut`, `title_en`, `text_en`, `title_fr`, `text_fr`.

    Raises:
        BadReply: for a field that cannot be used. At least one language is needed, each with title and text.
    """
    door = form.get("door", "") or None
    if door is not None and door not in doors:
        raise BadReply("door", "door_unknown")
    if form.get("phase") not in PHASES:
        raise BadReply("phase", "phase_unknown")
    shortcut = form.get("shortcut", "").strip().lower().removeprefix("/")
    if not _SHORTCUT.fullmatch(shortcut):
        raise BadReply("shortcut", "shortcut_unread")
    words = {}
    for language in LANGUAGES:
        title = " ".join(form.get(f"title_{language}", "").split())
        text = form.get(f"text_{language}", "").replace("\r\n", "\n").strip()
        if not title and not text:
            continue
        if not title or not text:
            raise BadReply(f"title_{language}" if text else f"text_{language}", "words_half")
        if len(title) > LONGEST_TITLE:
            raise BadReply(f"title_{language}", "title_long")
        if len(text) > LONGEST_TEXT:
            raise BadReply(f"text_{language}", "text_long")
        words[language] = (title, text)
    if not words:
        raise BadReply("text_en", "words_none")
    return Draft(door, form["phase"], shortcut, words)


def add(session: Session, draft: Draft, *, author: str, now: datetime) -> str:
    """Keeps a new reply and gives its id.

    Raises:
        BadReply: when a reply in use has the shortcut.
    """
    _shortcut_free(session, draft.shortcut, None)
    row = CannedReply(door=draft.door, phase=draft.phase, shortcut=draft.shortcut, created_at=now)
    session.add(row)
    session.flush()
    _write(session, row.id, draft.words, author, now)
    record(session, author, "canned_added", door=draft.door, at=now, reply=row.id, languages=list(draft.words))
    return row.id


def change(session: Session, reply_id: str, draft: Draft, *, author: str, now: datetime) -> None:
    """Gives a reply other words, or another place. Only words that differ make a version.

    Raises:
        BadReply: when it is gone or retired, or another reply in use has the shortcut.
    """
    row = session.get(CannedReply, reply_id)
    if row is None or row.retired_at is not None:
        raise BadReply("shortcut", "reply_gone")
    _shortcut_free(session, draft.shortcut, reply_id)
    row.door, row.phase, row.shortcut = draft.door, draft.phase, draft.shortcut
    [before] = replies(session, reply_id=reply_id)
    new = {
        language: words
        for language, words in draft.words.items()
        if (had := before.now(language)) is None or (had.title, had.text) != words
    }
    _write(session, reply_id, new, author, now)
    record(session, author, "canned_changed", door=draft.door, at=now, reply=reply_id, languages=list(new))


def retire(session: Session, reply_id: str, *, author: str, now: datetime, back: bool = False) -> None:
    """Takes a reply out of use, or `back` into it. Its words and versions stay.

    Raises:
        BadReply: when it is gone, or its shortcut was given away meanwhile.
    """
    row = session.get(CannedReply, reply_id)
    if row is None:
        raise BadReply("shortcut", "reply_gone")
    if back:
        _shortcut_free(session, row.shortcut, reply_id)
    row.retired_at = None if back else (row.retired_at or now)
    record(session, author, "canned_restored" if back else "canned_retired", door=row.door, at=now, reply=reply_id)


def _shortcut_free(session: Session, shortcut: str, reply_id: str | None) -> None:
    taken = select(CannedReply.id).where(CannedReply.shortcut == shortcut, CannedReply.retired_at.is_(None))
    if any(found != reply_id for found in session.scalars(taken)):
        raise BadReply("shortcut", "shortcut_taken")


def _write(session: Session, reply_id: str, words: Mapping[str, tuple[str, str]], author: str, now: datetime) -> None:
    for language, (title, text) in words.items():
        session.add(
            CannedVersion(canned_id=reply_id, language=language, title=title, text=text, author=author, created_at=now)
        )

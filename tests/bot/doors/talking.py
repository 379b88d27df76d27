"""Dialogues with doors as data: tests/conversations/doors/<door>.yml, each held over HTTP.

One dialogue:

    - name: what it shows
      language: en                 # of the person
      channel: web                 # or sms; web when left out
      door: dso-toronto            # the file's name when left out
      enter: "RAIL 12"             # sms: the text that comes in; web: {sign: "12"} or {from: from_911}
      settings: {season: "11-01..12-15"}   # what staff have set at the door
      greeting: [hello, ask_age]   # sentences of the first answer, in this order
      turns:
        - say: "1"                 # or several, one after the other: [yes, "2"]
          says: [ask_place]        # sentences that are in the answer (the door's own, common/…, or the catalogue's)
          order: true              # …in this order
          never: [consent]         # sentences that are not
          text: ["9-1-1"]          # words that are in it
          never_text: ["your name"]
          lines: ["1-866-925-5454"]
          kind: crisis             # of the first message
          owner: waiting           # of the conversation afterwards
          door: calgary-911        # where the conversation is afterwards
          cards: true              # whether services are shown
          stored: {case_file: 1, report: 0, consent: 1}        # rows of tables, in all
          verdict: too_young       # rule that has decided
          outcome: passed_on       # outcome that was counted last
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.console.floor.door_settings import change_setting
from bot.conversations.models import Base, Conversation
from bot.intake.models import DoorEvent
from bot.language.catalogue import Catalogue
from tests.bot.conftest import Resident
from tests.bot.sms.conftest import Texter

FOLDER = Path(__file__).resolve().parents[2] / "conversations" / "doors"


def dialogues(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All dialogues of a folder; the file's name is the door where a dialogue names none."""
    return [
        {"door": path.stem, **dialogue}
        for path in sorted(folder.glob("*.yml"))
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@dataclass
class Talk:
    """A dialogue that is being held."""

    app: Starlette
    client: httpx.AsyncClient
    dialogue: dict[str, Any]
    said: list[str] = field(default_factory=list)

    @property
    def catalogue(self) -> Catalogue:
        catalogue: Catalogue = self.app.state.service.catalogue
        return catalogue

    async def hold(self) -> None:
        """Holds the whole dialogue and checks everything that it says."""
        dialogue = self.dialogue
        service = self.app.state.service
        with service.ledger.writing() as session:
            for key, value in (dialogue.get("settings") or {}).items():
                now = service.clock()
                change_setting(
                    session, dialogue["door"], key, {"value": value}, author="test", effective_from=now, now=now
                )
        if dialogue.get("channel", "web") == "sms":
            await self._by_text()
        else:
            await self._in_chat()

    async def _in_chat(self) -> None:
        dialogue = self.dialogue
        resident = Resident(self.app, self.client)
        body = {"door": dialogue["door"], "language": dialogue["language"], **(dialogue.get("enter") or {})}
        response = await self.client.post("/api/conversations", json=body)
        assert response.status_code == 201, response.text
        resident.token = response.json()["token"]
        self._check({"says": dialogue.get("greeting", []), "order": True}, await resident.news(), "(comes in)")
        for turn in dialogue["turns"]:
            messages: list[dict[str, Any]] = []
            says = turn["say"] if isinstance(turn["say"], list) else [turn["say"]]
            for text in says:
                messages = await resident.say(str(text))
            self._check(turn, messages, str(turn["say"]), (await resident.state())["owner"])

    async def _by_text(self) -> None:
        dialogue = self.dialogue
        phone = Texter(self.app, self.client, number=dialogue.get("number", "+14165550123"))
        texts = await phone.text(str(dialogue.get("enter") or ""))
        self._check({"says": dialogue.get("greeting", []), "order": True}, _as_messages(texts), "(comes in)")
        for turn in dialogue["turns"]:
            says = turn["say"] if isinstance(turn["say"], list) else [turn["say"]]
            for text in says:
                texts = await phone.text(str(text))
            self._check(turn, _as_messages(texts), str(turn["say"]), self._conversation().owner)

    def _check(self, wanted: dict[str, Any], messages: list[dict[str, Any]], said: str, owner: str = "") -> None:
        text = plain("\n".join(message["text"] for message in messages))
        shown = f"\n> {said}\n{text}"
        language = wanted.get("language", self.dialogue["language"])
        places = []
        for message in wanted.get("says", ()):
            found = self._find(text, message, language)
            assert found is not None, f"lacks {message}:{shown}"
            places.append(found)
        if wanted.get("order"):
            assert places == sorted(places), f"not in this order: {wanted['says']}:{shown}"
        for message in wanted.get("never", ()):
            assert self._find(text, message, language) is None, f"has {message}:{shown}"
        for words in (*wanted.get("text", ()), *wanted.get("lines", ())):
            assert words in text, f"lacks {words}:{shown}"
        for words in wanted.get("never_text", ()):
            assert words not in text, f"has {words}:{shown}"
        if "kind" in wanted:
            assert messages[0]["kind"] == wanted["kind"], shown
        if "owner" in wanted:
            assert owner == wanted["owner"], shown
        if "cards" in wanted:
            assert any(message.get("cards") for message in messages) == wanted["cards"], shown
        if "door" in wanted:
            assert self._conversation().door == wanted["door"], shown
        for name, count in wanted.get("stored", {}).items():
            assert self._count(name) == count, f"rows of {name}:{shown}"
        for event in ("verdict", "outcome"):
            if event in wanted:
                assert self._event(event) == wanted[event], shown

    def _find(self, text: str, message: str, language: str) -> int | None:
        """Where a sentence stands in the text, whatever its facts are."""
        own = f"{self.dialogue['door']}/{message}"
        sources = self.catalogue.sources
        base = own if own in sources else message
        forms = [base]
        if self.dialogue.get("channel") == "sms":
            forms.insert(0, f"sms_{base}")
        known = [one for one in forms if one in sources]
        assert known, f"there is no sentence {message}"
        for one in known:
            has = language != "en" and self.catalogue.has(one, language)
            words = self.catalogue.translations[language][one].text if has else sources[one].text
            pattern = ".*?".join(_words(part) for part in re.split(r"\{\w+\}", plain(words)))
            if found := re.search(pattern, _squeezed(text), re.DOTALL):
                return found.start()
        return None

    def _conversation(self) -> Conversation:
        with Session(self.app.state.service.ledger.reader) as session:
            return session.scalars(select(Conversation).order_by(Conversation.created_at.desc()).limit(1)).one()

    def _count(self, table: str) -> int:
        with Session(self.app.state.service.ledger.reader) as session:
            return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0

    def _event(self, event: str) -> str | None:
        with Session(self.app.state.service.ledger.reader) as session:
            last = session.scalars(
                select(DoorEvent).where(DoorEvent.event == event).order_by(DoorEvent.created_at.desc()).limit(1)
            ).one_or_none()
        return None if last is None else last.detail if event == "verdict" else last.code


def plain(text: str) -> str:
    """Without the marks that isolate facts in right-to-left text."""
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


def _squeezed(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def _words(part: str) -> str:
    return re.escape(" ".join(part.replace("’", "'").split())) if part.strip() else r"\s?"


def _as_messages(texts: list[str]) -> list[dict[str, Any]]:
    return [{"text": text, "kind": "text"} for text in texts]

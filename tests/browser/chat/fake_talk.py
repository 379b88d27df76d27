"""What the stand-in keeps: conversations, and the words of the pages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.language.catalogue import (
    Catalogue,
    Source,
    Translation,
    languages_in,
    read_sources,
    read_translations,
)
from bot.web import pages

RTL = {"ar"}


def words() -> Catalogue:
    """The catalogue, with the words of the web pages that are not merged into it yet."""
    sources = read_sources()
    translations = {code: read_translations(code) for code in languages_in() if code != "en"}
    for path in sorted(Path(pages.__file__).parent.glob("MESSAGES*.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        language = path.stem.partition(".")[2]
        if language:
            drafts = {key: Translation(text, True) for key, text in entries.items()}
            translations[language] = drafts | translations.get(language, {})
        else:
            sources = {
                key: Source(key, e["text"], e["note"], e.get("facts", {})) for key, e in entries.items()
            } | sources
    return Catalogue(sources, translations)


@dataclass
class Talk:
    """One conversation."""

    door: str
    language: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    owner: str = "bot"
    typing: bool = False
    deleted: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    cuts: int = 0  # raised to end the open streams

    def add(self, message: dict[str, Any], id: str | None = None) -> None:
        seq = len(self.messages) + 1
        self.messages.append({"seq": seq, "id": id or f"m{seq}", "time": "2026-11-21T15:00:00-05:00"} | message)

    def state(self) -> dict[str, Any]:
        return {"owner": self.owner, "language": self.language, "rtl": self.language in RTL}

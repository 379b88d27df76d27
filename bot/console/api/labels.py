"""Codes as words that staff read: needs, risk, reasons, languages, channels, doors. Nothing is worded freely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.console.interface import Interface
from bot.doors.door import Door
from bot.language.catalogue import Catalogue
from bot.language.names import english_name, french_name
from bot.safety import Level
from directory_client.needs import NEEDS

_PATTERN, _CLASSIFIER, _TRANSLATED = "pattern:", "classifier:", "translated:"


@dataclass(frozen=True, slots=True)
class Labels:
    """Words for codes in the language of somebody's interface."""

    interface: Interface
    catalogue: Catalogue
    doors: Mapping[str, Door]
    language: str

    def say(self, message: str, /, **facts: object) -> str:
        """A sentence of the area "api", whose ids all begin so."""
        return self.interface.say(f"api_{message}", self.language, **facts)

    def known(self, message: str, code: str) -> str:
        """The words of an id, or the code itself with its marks as spaces: a new code is shown rather than hidden."""
        return self.say(message) if self.interface.has(f"api_{message}") else code.replace("_", " ")

    def known_or(self, message: str, otherwise: str) -> str:
        """The words of an id, or other words where the interface has none."""
        return self.say(message) if self.interface.has(f"api_{message}") else otherwise

    def door(self, code: str) -> str:
        door = self.doors.get(code)
        return door.name(self.language) if door else code

    def came(self, door: str, mark: str | None, sign: str | None) -> dict[str, str | None] | None:
        """How somebody came in, where that tells more than the door: by a mark of it, by a sign."""
        if not mark and not sign:
            return None
        entry = self.doors[door].entry if door in self.doors else None
        names = next((one.label for one in entry.marks if one.id == mark), None) if entry else None
        label = names.get(self.language, names["en"]) if names else mark
        place = entry.signs.places.get(sign) if entry and entry.signs and sign else None
        return {"mark": mark, "mark_label": label, "sign": sign, "sign_place": place}

    def language_name(self, code: str) -> str:
        if code == "und":
            return self.say("language_unknown")
        return french_name(code) if self.language == "fr" else english_name(code)

    def need(self, code: str) -> str:
        return self.catalogue.say(f"need_{code.replace('.', '_')}", self.language) if code in NEEDS else code

    def channel(self, code: str) -> str:
        return self.known(f"channel_{code}", code)

    def level(self, level: int) -> str:
        return self.say(f"risk_{Level(min(max(level, 0), 3)).label}")

    def kind(self, code: str | None) -> str | None:
        return self.known(f"kind_{code}", code) if code else None

    def reasons(self, codes: Iterable[str]) -> list[dict[str, str]]:
        """Each sentence once: in French several patterns of a kind read the same."""
        once: dict[str, str] = {}
        for code in codes:
            once.setdefault(self.reason(code), code)
        return [{"code": code, "label": label} for label, code in once.items()]

    def reason(self, code: str) -> str:
        """What the screen found, in words: which idea, in which language, or how sure the classifier was."""
        if code.startswith(_TRANSLATED):
            return self.say("reason_translated", reason=self.reason(code.removeprefix(_TRANSLATED)))
        if code.startswith(_PATTERN):
            return self._pattern(code.removeprefix(_PATTERN))
        if code.startswith(_CLASSIFIER):
            _, label, share = (*code.split(":"), "", "")[:3]
            try:
                level, percent = Level.named(label), round(float(share) * 100)
            except ValueError:
                return code
            return self.say("reason_classifier", level=self.level(level), percent=percent)
        return self.known(f"reason_{code.replace(':', '_')}", code)

    def _pattern(self, code: str) -> str:
        name, _, guard = code.partition(":")
        language, kind, what = (*name.split(".", 2), "", "")[:3]
        facts = {
            "language": self.language_name(language.partition("_")[0]),
            "kind": self.kind(kind) or kind,
            "what": what.replace("_", " "),
        }
        # A pattern's name is English; other interfaces say its kind.
        detailed = bool(what) and self.language == "en"
        said = self.say("reason_pattern" if detailed else "reason_pattern_kind", **facts)
        return self.say("reason_lowered", reason=said, guard=guard.replace("_", " ")) if guard else said

    def why(self, code: str) -> str:
        """Why somebody waits, from the code of the handoff."""
        kind, _, rest = code.partition(":")
        if kind == "risk" and rest in ("concern", "high", "emergency"):
            return self.say("why_risk", level=self.say(f"risk_{rest}"))
        if kind == "language" and rest:
            return self.say("why_language", language=self.language_name(rest))
        return self.known(f"why_{kind}", kind)

    def delivery(self, state: str) -> str:
        return self.known(f"delivery_{state}", state)

    def risk(self, level: int, kind: str | None, reasons: Iterable[str] = ()) -> dict[str, Any]:
        return {
            "level": level,
            "label": self.level(level),
            "kind": kind,
            "kind_label": self.kind(kind),
            "reasons": self.reasons(reasons),
        }

"""Keys of reports in words that the reader knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.console.api.labels import Labels as Codes
from bot.console.floor.shared import Times
from bot.console.interface import Interface
from bot.doors.door import Door
from bot.reports.areas import ELSEWHERE
from bot.reports.counts import NONE
from bot.reports.tables import ALL
from directory_client.lines import lines


@dataclass(frozen=True, slots=True)
class Labels:
    """Words for the keys of each way of counting, in the language of the interface."""

    codes: Codes
    interface: Interface
    language: str
    doors: Mapping[str, Door]
    when: Times

    def say(self, message: str, /, **facts: object) -> str:
        return self.interface.say(message, self.language, **facts)

    def key(self, by: str, key: str) -> str:
        """The words of a key; the key itself where there are none."""
        if by in ("day", "week", "month"):
            return self.when.day(f"{key}-01", "LLLL y") if by == "month" else self.when.day(key)
        if key == ALL:
            return self.say("reports_key_hidden")
        if key in (NONE, ELSEWHERE):
            return self.say(f"reports_key_{key}")
        match by:
            case "door":
                return self.codes.door(key)
            case "language":
                return self.codes.language_name(key)
            case "channel":
                return self.codes.channel(key)
            case "need":
                return self.codes.need(key)
            case "risk":
                return self.codes.level(int(key)) if key.isdigit() else key
            case "line":
                line = lines().get(key)
                return (line.name_fr if self.language == "fr" and line.name_fr else line.name) if line else key
            case "door_outcome" | "field" | "rule" | "mark":
                return self._of_door(by, key)
            case "area":
                return key
        plain = key.replace(":", "_")
        for message in (f"reports_key_{by}_{plain}", f"reports_key_{plain}"):
            if self.interface.has(message):
                return self.say(message)
        return self._plain(key)

    def _of_door(self, by: str, key: str) -> str:
        """A code of a door's file, with the door's name before it."""
        door_id, _, rest = key.partition(":")
        door = self.doors.get(door_id)
        said = self._plain(rest)
        if door and by == "door_outcome":
            labels = next((one.label for one in door.outcomes if one.id == rest), None)
            said = labels.get(self.language, said) if labels else said
        elif door and by == "field":
            name, _, choice = rest.partition(":")
            field = next((one for one in door.closing if one.id == name), None)
            if field:
                chosen = field.choices.get(choice, {}).get(self.language, self._plain(choice))
                said = f"{field.label.get(self.language, name)}: {chosen}"
        elif door and by == "mark":
            mark = next((one for one in door.entry.marks if one.id == rest), None)
            said = mark.label.get(self.language, said) if mark and mark.label else said
            sign = rest.removeprefix("sign:")
            if sign != rest:
                said = self.say("reports_sign", sign=sign)
        return f"{self.codes.door(door_id)}: {said}"

    def _plain(self, code: str) -> str:
        return code.replace("_", " ").replace(":", ": ")

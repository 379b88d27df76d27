"""Log files of the processes: rotated by size, and without people's words.

The gateway writes ids by itself. Rasa and its SDK do not know that rule: when an action fails they
log the whole conversation. What they print goes through `scrubbed` before it reaches the disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 2**20
_LONGEST = 500  # characters of one line; a tracker that is dumped into the log is far longer

# A quotation starts after something that is not a letter (so that "can't" opens none) and ends with the
# same mark, or never when the line was cut.
_QUOTED = re.compile(r"""(?<![^\W_])(?P<mark>["'])(?P<inside>(?:\\.|(?!(?P=mark)).)*)(?P<end>(?P=mark)|$)""")
# Seven digits or more, but for the date at the beginning of a line of a log.
_NUMBER = re.compile(r"\+?(?<!\d)(?!\d{4}-\d\d-\d\d\b)\d(?:[ ().-]{0,2}\d){6,}")
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+")
_PLAIN = re.compile(r"[\w./:@-]*", re.ASCII)


def scrubbed(line: str) -> str:
    """The line without what a person may have said: quotations of more than one plain word, letters
    of other scripts, telephone numbers, mail addresses. Names of files and actions stay readable."""

    def quotation(match: re.Match[str]) -> str:
        mark, inside = match["mark"], match["inside"]
        return match[0] if match["end"] and _PLAIN.fullmatch(inside) and len(inside) < 60 else f"{mark}…{mark}"

    line = _QUOTED.sub(quotation, line[: 4 * _LONGEST])
    line = _ADDRESS.sub("…", _NUMBER.sub("…", line))
    line = re.sub(r"[^\x00-\x7f…]+", "…", line)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


class LogFile:
    """Lines appended to a file that is renamed to .1, .2 … when it has grown to `limit` bytes.

    Arguments:
        path: the file.
        limit: bytes after which a new file is begun.
        keep: how many old files stay.
        clean: what is done to each line before it is written.

    A full disk loses lines, never the process: `trouble` then holds the error until a line is written again.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit: int = 5 * MEGABYTE,
        keep: int = 3,
        clean: Callable[[str], str] = lambda line: line,
    ) -> None:
        self.path = path
        self.trouble: OSError | None = None
        self._limit = limit
        self._keep = keep
        self._clean = clean

    def write(self, line: str) -> None:
        """Appends one line, given without its end."""
        try:
            self._rotate_when_full()
            with self.path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(self._clean(line) + "\n")
            self.trouble = None
        except OSError as error:
            self.trouble = error

    def tail(self, lines: int = 12) -> list[str]:
        """The last lines, for a person who has to find out why a process ended."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")[-20_000:]
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip()][-lines:]

    def _rotate_when_full(self) -> None:
        try:
            if self.path.stat().st_size < self._limit:
                return
        except FileNotFoundError:
            return
        for number in range(self._keep, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)

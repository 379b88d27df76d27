"""When not to answer: reactions, automatic texts, and two robots that answer each other for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.safety import Level
from bot.sms.folding import letters
from bot.sms.reactions import quotes
from bot.sms.reading import Texted

SAME = 4
"""After so many same exchanges in a row the next same text is not answered."""
SAME_IN_DANGER = 12
"""The same when the texts are about danger: a robot may say so too ("if this is an emergency…"), but hardly ever."""
_PERIODS = (1, 2, 3)
"""Robots may take turns with two or three texts."""
LOOK_BACK = 120
"""Messages of a conversation, in and out, that hold the longest loop that is looked for and the silence after it."""

Exchange = tuple[str, str]
"""(what came, what we answered to it; empty where nothing was sent)."""


def needs_answer(texted: Texted, said: Iterable[str], risk: Level = Level.NONE) -> bool:
    """Whether a person waits for an answer to this.

    Args:
        said: what we have sent in this conversation. A "reaction" that quotes anything else is a person's own words.
        risk: what the screen says about the text. Danger is answered, whatever the text looks like; but what a
            reaction quotes of ours ("are you thinking about hurting yourself?") is not the person's danger.
    """
    if texted.kind == "reaction":
        return not quotes(texted.quote, said)
    if texted.kind == "auto":
        return risk >= Level.CONCERN
    return True


def looping(previous: Sequence[Exchange], text: str, risk: Level = Level.NONE) -> bool:
    """Whether a text continues a loop: the same texts got the same answers at least four times in a row.

    Args:
        previous: the exchanges of the conversation before this text, newest last.
        text: what has come now.
        risk: of the text; in danger it takes longer until nothing is answered.
    """
    enough = SAME_IN_DANGER if risk >= Level.HIGH else SAME
    # Most texts continue nothing, and say so at the first look back.
    came = _Plain([one for one, _ in previous] + [text])
    went = _Plain([one for _, one in previous])
    return bool(came[len(came) - 1]) and any(_loops(came, went, period, enough) for period in _PERIODS)


def told(previous: Sequence[Exchange], risk: Level = Level.NONE) -> bool:
    """Whether the last text was part of a loop already, so that the person has been told and staff know."""
    return bool(previous) and looping(previous[:-1], previous[-1][0], risk)


class _Plain:
    """Texts in their plain form, each brought to it when it is looked at."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._plain: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, place: int) -> str:
        if place not in self._plain:
            self._plain[place] = letters(self._texts[place])
        return self._plain[place]


def _loops(came: _Plain, went: _Plain, period: int, enough: int) -> bool:
    """Looks at the run of repeated texts at the end. Within it the answers must have been the same often enough.

    Once we have stopped, answers are missing at the end of the run; the loop lasts as long as the same texts come.
    Texts without any answer make no loop: somebody may write the same five times before the first answer is there.
    """
    start = len(came) - period
    while start > 0 and came[start - 1] == came[start - 1 + period]:
        start -= 1
    wanted = enough * period
    same = period  # the first round is compared with the second
    for place in range(start + period, len(went)):
        same = same + 1 if went[place] and went[place] == went[place - period] else period
        if same >= wanted:
            return True
    return False

"""Dialogues by text and by phone as data files, like those of the web chat.

    - name: food in Ajax
      channel: voice                    # or sms
      language: es
      number: "+14165550142"            # who calls; optional
      lines: {"+14165550150": busy}     # how dialled numbers answer: busy, no-answer, failed, canceled, or seconds
      turns:
      - dial: true                      # the first turn of a call, when something is asked of the greeting
        says: [voice_menu]              # ids of the catalogue that have to be heard
      - press: "2"
      - say: necesito comida
        confidence: 0.4
        has: [Ajax]                     # words that have to be heard
        never: [results_none]           # ids and
        never_text: [https]             # words that may not
        wants: input                    # input, message, queue, conference, over
      - wait: true
      - record: 12                      # seconds
      - hang_up: true
        dialled: ["+14165550150"]       # everybody who was dialled up to here

By text a turn is `say`, `again: true` (the same webhook once more), `media: [image/jpeg]` or `place: [43.8, -79.0]`;
`texts: 2` says how many messages the answer has (0: none comes), `segments: 1` how many of a text's size at most.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml

from tests.peers.caller import Caller
from tests.peers.lines import Line
from tests.peers.texter import Texter

Holds = Callable[[str, str, str], bool]
"""Whether a text holds a message of the catalogue: text, id, language."""
ACTS = {
    "voice": ("dial", "press", "say", "wait", "record", "hang_up"),
    "sms": ("say", "again", "media", "place"),
}
_WISHES = {"says", "has", "never", "never_text", "language"}
_MORE = {
    "voice": {"confidence", "early", "wants", "dialled"},
    "sms": {"texts", "segments"},
}
_FIELDS = {"name", "channel", "language", "door", "number", "lines", "turns"}


def load(path: Path) -> list[dict[str, Any]]:
    """The dialogues of a file.

    Raises:
        ValueError: names the dialogue and the word that is not known, so that no wish is passed over.
    """
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for dialogue in found:
        channel = dialogue.get("channel")
        if channel not in ACTS or not dialogue.get("turns"):
            raise ValueError(f"{path.name}, {dialogue.get('name')}: channel is voice or sms, and turns are needed")
        known = {*ACTS[channel], *_WISHES, *_MORE[channel]}
        unknown = set(dialogue) - _FIELDS
        for turn in dialogue["turns"]:
            unknown |= set(turn) - known
            if not set(turn) & set(ACTS[channel]):
                raise ValueError(f"{path.name}, {dialogue['name']}: a turn does nothing: {turn}")
        if unknown:
            raise ValueError(f"{path.name}, {dialogue['name']}: {', '.join(sorted(unknown))} is not known")
    return found


def lines(dialogue: dict[str, Any]) -> dict[str, Line]:
    """How the numbers of a dialogue answer."""
    given = dialogue.get("lines", {})
    return {number: Line(seconds=how) if isinstance(how, int) else Line(how) for number, how in given.items()}


async def call(caller: Caller, dialogue: dict[str, Any], holds: Holds) -> None:
    """Holds a dialogue by phone. Raises AssertionError with the transcript."""
    turns = dialogue["turns"]
    if "dial" not in turns[0]:
        await caller.dial()
    for turn in turns:
        await _act(caller, turn)
        _compare(caller.words, turn, dialogue, holds, caller.transcript)
        if "wants" in turn:
            wants = "over" if caller.over else caller.wants
            assert wants == turn["wants"], f"wants {wants}, not {turn['wants']}:\n{caller.transcript}"
        if "dialled" in turn:
            dialled = [number for number, _ in caller.dialled]
            assert dialled == turn["dialled"], f"dialled {dialled}:\n{caller.transcript}"


async def _act(caller: Caller, turn: dict[str, Any]) -> None:
    early = bool(turn.get("early"))
    acts: dict[str, Callable[[Any], Awaitable[None]]] = {
        "dial": lambda _: caller.dial(),
        "press": lambda keys: caller.press(str(keys), early=early),
        "say": lambda words: caller.say(words, turn.get("confidence", 0.9), early=early),
        "wait": lambda _: caller.wait(),
        "record": caller.record,
        "hang_up": lambda _: caller.hang_up(),
    }
    for name in ACTS["voice"]:
        if name in turn:
            await acts[name](turn[name])


async def text(texter: Texter, dialogue: dict[str, Any], holds: Holds, *, quiet: float = 0.5) -> None:
    """Holds a dialogue by text. Raises AssertionError with the transcript.

    Args:
        quiet: seconds without another message after which an answer is taken for whole.
    """
    for turn in dialogue["turns"]:
        if "again" in turn:
            answer = await texter.again()
        else:
            place = turn.get("place")
            at = (float(place[0]), float(place[1])) if place else None
            answer = await texter.send(turn.get("say", ""), media=turn.get("media", ()), place=at)
        assert answer.is_success, f"the webhook answered {answer.status_code}:\n{texter.transcript}"
        wanted = turn.get("texts")
        came = await texter.hears(wanted or 1, timeout=quiet if wanted == 0 else 20)
        while more := await texter.hears(timeout=quiet):
            came += more
        if wanted is not None:
            assert len(came) == wanted, f"{len(came)} texts, not {wanted}:\n{texter.transcript}"
        _compare("\n".join(came), turn, dialogue, holds, texter.transcript)
        longest = max((message.segments for message in texter.received()[-len(came) :]), default=0) if came else 0
        assert longest <= turn.get("segments", longest), f"a text of {longest} segments:\n{texter.transcript}"


def _compare(heard: str, turn: dict[str, Any], dialogue: dict[str, Any], holds: Holds, transcript: object) -> None:
    language = turn.get("language", dialogue["language"])
    for message in turn.get("says", ()):
        assert holds(heard, message, language), f"lacks {message}:\n{transcript}"
    for words in turn.get("has", ()):
        assert str(words) in heard, f"lacks {words!r}:\n{transcript}"
    for message in turn.get("never", ()):
        assert not holds(heard, message, language), f"has {message}:\n{transcript}"
    for words in turn.get("never_text", ()):
        assert str(words) not in heard, f"has {words!r}:\n{transcript}"

"""What is said about waiting for a person, talking with one and the end, as pieces for `bot.words`. Pure.

No time is promised anywhere. In danger nobody is offered a call back in place of 9-1-1 and 9-8-8.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.answers import PERSON, Choice, Fact, Piece, choice, say
from bot.doors.door import Door
from bot.language.names import endonym
from bot.named_lines import LINE_211, LINE_911, LINE_988
from bot.waiting.lines import lines_pieces
from bot.waiting.names import first_name

LEAVE, CALLBACK = "wait_leave", "wait_callback"
"""What the choices of somebody who waits mean (`given.intent`)."""
ASKED = frozenset(("person_waiting", "asked_person_again"))
"""Sentences that say that a person has been asked for."""
HOURS = ("any", "morning", "afternoon", "evening")
"""When it is safe to call, as `callback.safe_hours` keeps it; the same on the telephone (`bot.voice.callbacks`)."""
LINES: dict[str, Fact] = {"line_911": LINE_911, "line_988": LINE_988}


class Place(Protocol):
    """A place in line, as `bot.handoff.place.place_of` gives it."""

    @property
    def ahead(self) -> int: ...
    @property
    def minutes(self) -> int | None: ...
    @property
    def specialists_on(self) -> int: ...


def place_pieces(place: Place) -> list[Piece]:
    """The place in line and the honest time: none where nobody can say. Empty when nobody is on duty."""
    if place.specialists_on <= 0:
        return []
    if place.minutes:
        return [say("handoff_place", ahead=str(place.ahead), minutes=str(place.minutes))]
    if place.ahead > 0:
        return [say("handoff_place_ahead", ahead=str(place.ahead))]
    return [say("handoff_place_first")]


def waiting_pieces(
    place: Place | None,
    door: Door,
    language: str,
    now: datetime,
    *,
    danger: bool = False,
    called_back: bool = False,
    offer: bool = True,
) -> list[Piece]:
    """What somebody who waits is told beside that they wait.

    Args:
        place: None when it is not known.
        danger: they are in danger: the crisis words have named the lines; only the place is said.
        called_back: they have asked to be called back already.
        offer: whether to name what they can do by number; a page has buttons for it.
    """
    pieces = place_pieces(place) if place else []
    if danger:
        return pieces
    if place is not None and place.specialists_on <= 0:
        pieces = [say("handoff_nobody_on"), *lines_pieces(door, language, now)]
    return [*pieces, offer_piece(called_back=called_back)] if offer else pieces


def offer_piece(*, called_back: bool = False) -> Piece:
    """The choices of somebody who waits: to be called back, to stop waiting."""
    choices = [] if called_back else [CALLBACK_CHOICE]
    return say("handoff_callback_offer", [*choices, LEAVE_CHOICE])


def claimed_pieces(name: str, *, language: str = "en", writes: str = "en", translated: bool = False) -> list[Piece]:
    """A specialist is there.

    Args:
        name: of their account; the person is told the first name alone.
        language: of the person.
        writes: the language in which the specialist writes.
        translated: a machine translates between the two.
    """
    pieces = [say("handoff_claimed", name=first_name(name))]
    if writes == language:
        return pieces
    return [*pieces, opening_piece(writes, translated=translated)]


def opening_piece(writes: str, *, translated: bool) -> Piece:
    """In which language the specialist writes, and that a machine translates, or that none can."""
    own = endonym(writes)
    if translated:
        return say("handoff_opening", language_name=own)
    return say("handoff_no_translation", language_name=own, line_211=LINE_211)


def joined_pieces(name: str) -> list[Piece]:
    """A second specialist writes beside the first."""
    return [say("handoff_joined", name=first_name(name))]


def released_pieces() -> list[Piece]:
    """The specialist is gone; the person waits again."""
    return [say("handoff_released")]


def transferred_pieces() -> list[Piece]:
    """Passed on to another specialist or to whoever has a skill."""
    return [say("handoff_transferred")]


def returned_pieces() -> list[Piece]:
    """The assistant answers again."""
    return [say("handoff_returned")]


def closed_pieces() -> list[Piece]:
    """It is over; they can write again."""
    return [say("handoff_closed")]


def left_pieces() -> list[Piece]:
    """They do not wait any longer."""
    return [say("handoff_left")]


def unanswered_pieces(
    door: Door, language: str, now: datetime, *, danger: bool = False, called_back: bool = False
) -> list[Piece]:
    """Nobody came: the lines that answer now and, but in danger, the offer to be called back. Never nothing.

    Args:
        called_back: they have asked for it already.
    """
    pieces = [say("handoff_unanswered"), *lines_pieces(door, language, now, danger=danger)]
    if danger or called_back:
        return pieces
    # They do not wait any more: to leave is no choice, to ask once more is.
    return [*pieces, say("handoff_callback_offer", [CALLBACK_CHOICE, PERSON])]


def callback_this_piece() -> Piece:
    """Whether to call the number that they text from."""
    choices = [_given("yes", "wait_number"), _given("other_number", CALLBACK, other=True), _given("no", "wait_no_call")]
    return say("handoff_callback_this", choices)


def callback_number_piece(*, wrong: bool = False) -> Piece:
    return say("handoff_callback_wrong" if wrong else "handoff_callback_number")


def callback_when_piece() -> Piece:
    """When it is safe."""
    return say(
        "handoff_callback_when",
        [choice({"message": f"handoff_hours_{hours}"}, "wait_hours", hours=hours) for hours in HOURS],
    )


def callback_message_piece() -> Piece:
    """Whether a message may be left."""
    return say(
        "handoff_callback_message", [_given("yes", "wait_message", may=True), _given("no", "wait_message", may=False)]
    )


def callback_pieces() -> list[Piece]:
    """A call back has been noted."""
    return [say("handoff_callback_done", line_911=LINES["line_911"])]


def _given(label: str, intent: str, **entities: object) -> Choice:
    return choice({"message": f"handoff_choice_{label}"}, intent, **entities)


LEAVE_LABEL = "handoff_choice_leave"
CALLBACK_CHOICE = _given("callback", CALLBACK)
LEAVE_CHOICE = choice({"message": LEAVE_LABEL}, LEAVE)

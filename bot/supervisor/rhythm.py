"""How patient the supervisor is. All times in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Times and counts; tests use shorter ones.

    Arguments:
        first_pause, longest_pause: before a program that died is started again; doubled each time.
        reset_after: time in good health after which the pauses begin at the first again.
        look_every: between two looks at a program that is not well yet.
        health_every, health_timeout, health_failures: how often a running program is asked whether it is
            well, how long it may take, and how many times in a row it may fail. Rasa's event loop is
            busy for seconds under load, so a slow answer must not count as death.
        start_limit: until a program has to be well after its start.
        tries: deaths before the first readiness after which the start as a whole has failed.
        ready_limit: until a first message has to be answered.
        answer_limit: until the answer to one test message has to come.
        grace: between asking a program to end and ending it.
    """

    first_pause: float = 1.0
    longest_pause: float = 60.0
    reset_after: float = 300.0
    look_every: float = 0.25
    health_every: float = 10.0
    health_timeout: float = 10.0
    health_failures: int = 3
    start_limit: float = 180.0
    tries: int = 3
    ready_limit: float = 300.0
    answer_limit: float = 15.0
    grace: float = 10.0


class Pauses:
    """Growing pauses: 1, 2, 4 … 60 seconds, from the beginning again after a long time in good health."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._next = rhythm.first_pause

    def after(self, well_for: float) -> float:
        """The pause to make now, after the program was well for so many seconds."""
        if well_for >= self._rhythm.reset_after:
            self._next = self._rhythm.first_pause
        pause = self._next
        self._next = min(pause * 2, self._rhythm.longest_pause)
        return pause

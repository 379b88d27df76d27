"""A list of tokens with a place in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory_client.hours_text.tokens import Token

END = Token("end")


class Unsure(Exception):
    """A part of the text is not understood with certainty: the whole text stays text."""


@dataclass(slots=True)
class Reader:
    """Reads tokens one by one; those who look further put `at` back where it was."""

    tokens: Sequence[Token]
    at: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token that comes next, or one after it, without taking it."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    def take(self, *kinds: str) -> Token | None:
        """The next token when it is of one of these kinds."""
        token = self.peek()
        if token.kind not in kinds:
            return None
        self.at += 1
        return token

    def skip(self, *kinds: str) -> bool:
        """Pass over tokens of these kinds; whether there was one."""
        start = self.at
        while self.take(*kinds):
            pass
        return self.at > start

"""What the carrier heard at one step of a call, read from its form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 4_000
"""Characters of speech that are kept; a minute of fast speech has less than a quarter of that."""
LOW = 0.5
"""Below this confidence a person is asked whether they said that."""
_KEYS = re.compile(r"[^0-9*#]")


@dataclass(frozen=True, slots=True)
class Heard:
    """Keys or words. Neither means silence."""

    keys: str = ""
    words: str = ""
    confidence: float = 1.0

    @property
    def silence(self) -> bool:
        return not self.keys and not self.words

    @property
    def sure(self) -> bool:
        return self.confidence >= LOW

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Heard:
        """From `Digits`, `SpeechResult` and `Confidence`. Never raises.

        A confidence that is missing or no number counts as sure: some models of the carrier send none, and asking
        after every sentence would tire people out. Source: https://www.twilio.com/docs/voice/twiml/gather
        """
        words = form.get("SpeechResult", "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        try:
            confidence = float(form.get("Confidence") or 1.0)
        except ValueError:
            confidence = 1.0
        return cls(
            keys=_KEYS.sub("", form.get("Digits", ""))[:32],
            words=" ".join(words.split())[:LONGEST],
            confidence=confidence if math.isfinite(confidence) else 1.0,
        )

"""Which numbers a text may go to."""

from __future__ import annotations

import pytest

from bot.voice.texting import mobile


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+14165550142", True),  # North America does not tell mobile from landline
        ("+33612345678", True),
        ("+33142685300", False),
        ("+18005550199", False),
        ("+19005550199", False),
        ("anonymous", False),
        ("+1", False),
        ("", False),
    ],
)
def test_texts_go_to_numbers_that_may_be_mobile_and_to_no_other(number: str, may: bool) -> None:
    assert mobile(number) is may

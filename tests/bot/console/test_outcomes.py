"""What an outcome may hold: codes, numbers and days, and nothing that somebody could have written about a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.api.outcomes import UNMET, Ended, NotClosed, Wanted, ended
from directory_client.needs import NEEDS

KNOWN = tuple(NEEDS)


@dataclass(frozen=True)
class Asked:
    id: str
    kind: str
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    required: bool = True
    label: dict[str, str] = field(default_factory=dict)


FIELDS = (
    Asked("who", "choice", {"person": {}}),
    Asked("age", "number", required=False),
    Asked("why", "text", required=False),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def test_words_of_a_field_are_kept_apart_from_the_counts() -> None:
    came = ended({"fields": {"who": "person", "why": "She was afraid."}}, Wanted((), False, FIELDS), KNOWN)
    assert came.fields == {"who": "person", "why": True} and came.words == {"why": "She was afraid."}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "field"),
        ({"fields": {"who": "somebody"}}, "field"),
        ({"fields": {"who": "person", "age": "ten"}}, "field"),
        ({"fields": {"who": "person"}, "met": ["food.nothing"]}, "request"),
        ({"fields": {"who": "person"}, "follow_up": {"asked": False, "consented": True}}, "follow_up"),
        ({"fields": {"who": "person"}, "risk_end": 7}, "risk_end"),
    ],
)
def test_what_is_missing_or_wrong_is_named(body: dict[str, Any], code: str) -> None:
    with pytest.raises(NotClosed) as refused:
        ended(body, Wanted((), False, FIELDS), KNOWN)
    assert refused.value.code == code


@given(
    st.fixed_dictionaries(
        {},
        optional={name: ANYTHING for name in ("met", "unmet", "risk_end", "follow_up", "fields")},
    )
)
def test_whatever_is_sent_gives_codes_or_a_refusal(body: dict[str, Any]) -> None:
    try:
        came = ended(body, Wanted(("food.pantry",), True, FIELDS), KNOWN)
    except NotClosed:
        return
    assert isinstance(came, Ended) and came.risk_end is not None
    assert all(one in NEEDS for one in came.met)
    assert all(one["need"] in NEEDS and one["reason"] in UNMET for one in came.unmet)

"""What goes between gateways: small, readable again, and never a reason to fail."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bus import LOOK, News
from bot.bus.wire import LARGEST, look_all, packed, sign_of_life, unpacked

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=40)


@given(topic=st.text(max_size=60), kind=st.text(max_size=20), data=st.dictionaries(st.text(max_size=10), VALUES))
def test_small_news_arrive_as_they_were(topic: str, kind: str, data: dict[str, object]) -> None:
    said = unpacked(packed("here", 1, News(topic, kind, data)))
    assert said is not None
    assert said.origin == "here"
    assert said.news == News(topic, kind, data) or len(json.dumps(data)) > 6_000


@given(st.text(max_size=30_000))
def test_no_payload_is_larger_than_the_database_takes(text: str) -> None:
    assert len(packed("here", 1, News(text, "kind", {"x": text})).encode()) <= LARGEST


@pytest.mark.parametrize("data", [{"text": "x" * 9_000}, {"what": object()}, {"what": {1, 2}}])
def test_what_cannot_be_sent_says_look(data: dict[str, object]) -> None:
    said = unpacked(packed("here", 1, News("a", "message", data)))
    assert said is not None and said.news == News("a", LOOK)


@given(st.text() | st.binary())
def test_foreign_payloads_are_nothing(payload: str | bytes) -> None:
    assert unpacked(payload) is None


@pytest.mark.parametrize(
    "payload", ["", "1", "null", "[]", "{}", '{"o":1,"t":2,"k":3,"d":4}', '{"o":"x","t":"a","k":"b","d":[]}', b"\xff"]
)
def test_broken_payloads_are_nothing(payload: str | bytes) -> None:
    said = unpacked(payload)
    assert said is None or (said.news is None and not said.everything)


def test_signs_are_told_apart() -> None:
    life, look = unpacked(sign_of_life("here", 1)), unpacked(look_all("here", 2))
    assert life is not None and life.news is None and not life.everything
    assert look is not None and look.everything

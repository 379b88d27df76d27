"""The measurement of the console counts what arrived and what did not, and cannot be asked for too much."""

from __future__ import annotations

import pytest

from bot.bench.console import Plan, Post, report, summed, table


@pytest.mark.parametrize(
    "much", [{"consoles": 0}, {"consoles": 101}, {"conversations": 601}, {"seconds": 601}, {"long": 5_001}]
)
def test_a_measurement_is_bounded(much: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Plan(**much)  # type: ignore[arg-type]


def test_what_arrives_is_timed_once_and_what_does_not_is_told() -> None:
    post = Post()
    one, lost = post.send(), post.send()
    for _ in range(2):  # a stream may say a message again
        post.arrive(f'data: {{"text": "hello {one}"}}')
    found = report(Plan(), post, Post(), [0.1] * 20)
    assert found["person_to_console"]["count"] == 1
    assert found["person_to_console"]["lost"] == 1
    assert list(post.sent) == [lost]
    assert "opening 500 messages" in table(found)


def test_percentiles_are_milliseconds() -> None:
    assert summed([0.001 * number for number in range(1, 101)]) == {"count": 100, "p50_ms": 50.5, "p95_ms": 96.0}
    assert summed([])["count"] == 0

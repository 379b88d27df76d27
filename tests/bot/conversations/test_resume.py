"""Codes that carry a conversation to another channel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversations import resume
from bot.conversations.ledger import Ledger
from tests.bot.conversations.test_ledger import NOW, opened


def test_a_code_works_once_and_only_for_half_an_hour(ledger: Ledger) -> None:
    conversation = opened(ledger)
    with ledger.writing() as session:
        first = resume.issue(session, conversation, NOW)
        second = resume.issue(session, conversation, NOW)
        assert resume.redeem(session, first, NOW) is None, "an earlier code has ended"
        assert resume.redeem(session, second, NOW + timedelta(minutes=29)) == conversation
        assert resume.redeem(session, second, NOW + timedelta(minutes=29)) is None
        third = resume.issue(session, conversation, NOW)
        assert resume.redeem(session, third, NOW + timedelta(minutes=31)) is None


def test_a_code_that_is_taken_is_not_given_to_somebody_else(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 8, 7])
    monkeypatch.setattr("bot.conversations.resume.secrets.randbelow", lambda _: next(drawn))
    mine, yours = opened(ledger), opened(ledger)
    with ledger.writing() as session:
        assert resume.issue(session, mine, NOW) == "000007"
        assert resume.issue(session, yours, NOW) == "000008"
        later = NOW + resume.LIFETIME
        assert resume.issue(session, yours, later) == "000007", "one that has run out is free again"


@pytest.mark.parametrize("text", ["204517", " 204 517 ", "204-517", "20.45.17"])
def test_a_code_is_read_as_people_write_it(text: str) -> None:
    assert resume.code_in(text) == "204517"


@pytest.mark.parametrize("text", ["20451", "2045170", "call 204517", "٢٠٤٥١٧", "", "20451a"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert resume.code_in(text) is None

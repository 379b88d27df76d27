"""The rule for sharing, without a database: what is allowed and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.sharing.deciding import Allowed, Excluded, Refused, Terms, Wish, decided
from bot.sharing.rule import read_rule, rule_in_force

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
RULE = rule_in_force()


def terms(**changed: Any) -> Terms:
    kept: dict[str, Any] = {
        "id": "a", "kind": "health", "fields": {"language", "needs"}, "grounds": {"consent", "risk_to_life"},
        "keep_days": 14, "since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1),
    }  # fmt: skip
    return Terms(**{**kept, **changed})


def asks(*fields: str, ground: str = "consent", consented: bool = True, line: str = "clinic", **more: Any) -> Wish:
    return Wish(line, more.get("purpose", "connect"), fields or ("needs",), ground, consented)


def decide(wish: Wish, agreement: Terms | None, *excluded: Excluded, overridden: bool = False) -> Allowed | Refused:
    return decided(wish, agreement, excluded, overridden=overridden, rule=RULE, now=NOW)


def test_what_was_agreed_and_consented_to_may_be_shared_until_its_end() -> None:
    assert decide(asks("needs"), terms()) == Allowed(NOW + timedelta(days=14), "a")


def test_without_a_yes_consent_is_no_ground() -> None:
    assert decide(asks(consented=False), terms()) == Refused("consent")


def test_nothing_is_shared_without_an_agreement_or_after_its_end_or_before_its_beginning() -> None:
    assert decide(asks(), None) == Refused("no_agreement")
    assert decide(asks(), terms(until=NOW)) == Refused("expired")
    assert decide(asks(), terms(since=NOW + timedelta(hours=1))) == Refused("expired")


def test_one_field_too_many_refuses_the_whole_and_names_it() -> None:
    assert decide(asks("needs", "place"), terms()) == Refused("fields", ("place",))


@pytest.mark.parametrize(
    "field", ["transcript", "words", "number", "answer:notes", "Needs", "needs; drop", "", "answer:"]
)
def test_words_and_numbers_are_never_shared_whatever_the_agreement_says(field: str) -> None:
    found = decide(asks(field), terms(fields={field}))
    assert isinstance(found, Refused) and found.code == "never"


def test_a_ground_that_the_agreement_does_not_name_is_refused() -> None:
    assert decide(asks(ground="other"), terms()) == Refused("ground")
    assert decide(asks(ground="because"), terms()) == Refused("ground")
    assert decide(asks(purpose="selling"), terms()) == Refused("purpose")


def test_an_exclusion_holds_by_kind_and_by_name_and_a_yes_cannot_go_around_it() -> None:
    for one in (Excluded(kind="health"), Excluded(recipient="clinic")):
        assert decide(asks(), terms(), one) == Refused("excluded")
        assert decide(asks(), terms(), one, overridden=True) == Refused("excluded")
        assert decide(asks(ground="risk_to_life"), terms(), one) == Refused("excluded")
        assert isinstance(decide(asks(ground="risk_to_life"), terms(), one, overridden=True), Allowed)
    assert isinstance(decide(asks(), terms(), Excluded(kind="police"), Excluded(recipient="school")), Allowed)


def test_the_emergency_line_may_be_told_in_danger_of_life_without_an_agreement_and_only_then() -> None:
    urgent = asks("place", ground="risk_to_life", line="emergency")
    assert decide(urgent, None) == Allowed(NOW + timedelta(days=30), None)
    assert decide(asks("place", line="emergency"), None) == Refused("no_agreement")
    assert decide(asks("answer:income", ground="risk_to_life", line="emergency"), None) == Refused(
        "fields", ("answer:income",)
    )
    assert decide(urgent, None, Excluded(recipient="emergency")) == Refused("excluded")


@given(
    some.lists(some.sampled_from([*RULE.fields, *RULE.never, "answer:age", "x y"]), max_size=6),
    some.sets(some.sampled_from([*RULE.fields, *RULE.never, "answer:age"])),
    some.sampled_from([*RULE.grounds, "none"]),
    some.booleans(),
    some.booleans(),
)
def test_what_is_allowed_is_always_agreed_and_never_of_the_forbidden(
    fields: list[str], agreed: set[str], ground: str, consented: bool, overridden: bool
) -> None:
    wish = Wish("clinic", "connect", tuple(fields), ground, consented)
    found = decided(wish, terms(fields=agreed), [], overridden=overridden, rule=RULE, now=NOW)
    if isinstance(found, Allowed):
        assert fields and set(fields) <= agreed and not set(fields) & set(RULE.never)
        assert ground != "consent" or consented


def test_the_rule_is_written_in_both_languages_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert len(RULE.words("fr")) == len(RULE.words("en")) >= 5
    text = (Path(__file__).parents[3] / "bot/sharing/data/rule.yml").read_text(encoding="utf-8")
    for change in (("  fr:", "  de:"), ("fields: [", "fields: [words, "), ("version:", "edition:")):
        broken = tmp_path / "rule.yml"
        broken.write_text(text.replace(*change, 1), encoding="utf-8")
        with pytest.raises(ValueError, match=r"[a-z]"):
            read_rule(broken)

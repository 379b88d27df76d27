"""What is done about each error of the carrier."""

from __future__ import annotations

import pytest

from bot.carrier.addresses import channel_of, for_carrier
from bot.carrier.errors import REASONS, TREATMENTS, what, why


@pytest.mark.parametrize(
    ("code", "retry", "alert"),
    [
        (30003, "later", False), (30005, "never", False), (30006, "voice", False), (30007, "never", True),
        (30032, "never", True), (21211, "never", False), (21610, "opted_out", False), (21614, "voice", False),
        (20429, "backoff", False), (63016, "window", False), (20003, "backoff", True),
    ],
)  # fmt: skip
def test_each_error_has_its_treatment(code: int, retry: str, alert: bool) -> None:
    treatment = what(code)
    assert (treatment.retry, treatment.alert) == (retry, alert)


@pytest.mark.parametrize(
    ("code", "status", "retry"),
    [
        (99999, None, "never"), (99999, 400, "never"), (None, 400, "never"), (None, None, "never"),
        (None, 429, "backoff"), (99999, 503, "backoff"), (None, 401, "backoff"),
    ],
)  # fmt: skip
def test_an_unknown_error_is_decided_by_the_status(code: int | None, status: int | None, retry: str) -> None:
    assert what(code, status).retry == retry


def test_an_unknown_error_names_its_code_and_the_page_about_it() -> None:
    assert "twilio.com/docs/api/errors/12345" in why("failed", 12345)


def test_every_reason_is_a_sentence_or_two_for_staff() -> None:
    for words in [*REASONS.values(), *(treatment.words for treatment in TREATMENTS.values())]:
        assert words[0].isupper() and words.endswith(".") and 20 < len(words) < 130


def test_what_asks_an_operator_for_help_says_so() -> None:
    for code, treatment in TREATMENTS.items():
        if treatment.alert:
            assert any(word in treatment.words for word in ("operator", "Set ", "report")), code


def test_addresses_get_the_prefix_of_their_channel_once() -> None:
    assert for_carrier("sms", "+14165550142") == "+14165550142"
    assert for_carrier("whatsapp", "+14165550142") == "whatsapp:+14165550142"
    assert for_carrier("whatsapp", "whatsapp:+14165550142") == "whatsapp:+14165550142"
    assert [channel_of(a) for a in ("+14165550142", "12345", "whatsapp:+14165550142", "messenger:77", "sip:a")] == [
        "sms", "sms", "whatsapp", "messenger", "sms",
    ]  # fmt: skip

"""What is wrong between the account and the file of numbers is found, and said with what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.carrier.account import Account, Hook, MessagingService, Sender
from bot.carrier.check import Finding, findings
from bot.carrier.numbers import Numbers, OurNumber

PUBLIC = "https://chat.example.org"
OURS = "+15550100"
AWAY = "https://fallback.example.org/crisis.xml"
SOUND = Sender(
    OURS,
    "PN1",
    can_text=True,
    can_call=True,
    texts=Hook(f"{PUBLIC}/sms/inbound", "POST", AWAY),
    calls=Hook(f"{PUBLIC}/voice/inbound#rc=2&rt=3000", "POST", AWAY),
    status=Hook(f"{PUBLIC}/voice/status", "POST"),
)
POOL = MessagingService("MG1", "Pool", Hook(), by_number=True, rewrites=False, senders=frozenset({OURS}))
LINE = OurNumber(number=OURS, voice=True)


def account(*senders: Sender, **changed: object) -> Account:
    return Account("AC1", "A helpline", "active", False, {one.address: one for one in senders}, (POOL,), **changed)  # type: ignore[arg-type]


def numbers(*entries: OurNumber) -> Numbers:
    return Numbers({one.number: one for one in entries})


def problems(found: Iterable[Finding]) -> list[str]:
    return [f"{one.level} {one.about}: {one.says} {one.do}" for one in found if one.level != "fine"]


def only(found: Iterable[Finding], *parts: str) -> bool:
    """Exactly one finding has all the parts, and it says what to do."""
    hits = [one for one in found if all(part in f"{one.level} {one.about}: {one.says}" for part in parts)]
    return len(hits) == 1 and (bool(hits[0].do) or hits[0].level == "fine")


def test_a_number_that_is_set_up_rightly_leaves_only_the_stop_words_to_look_at() -> None:
    found = list(findings(account(SOUND), numbers(LINE), f"{PUBLIC}/"))
    assert len(problems(found)) == 1
    assert "Opt-Out Management" in problems(found)[0]
    assert only(found, "fine", OURS, "Its texts come here.")
    assert only(found, "fine", OURS, "Its calls come here.")


CHANGES = [
    (replace(SOUND, can_text=False), "wrong", "cannot send or receive texts"),
    (replace(SOUND, can_call=False), "wrong", "cannot make or take calls"),
    (replace(SOUND, takes_faxes=True), "wrong", "faxes"),
    (replace(SOUND, texts=Hook("", "POST", AWAY)), "wrong", "texts go to nowhere"),
    (replace(SOUND, texts=Hook(f"{PUBLIC}/sms/inbound/", "POST", AWAY)), "wrong", "texts go to"),
    (replace(SOUND, texts=Hook(f"{PUBLIC}/sms/inbound?a=1", "POST", AWAY)), "wrong", "texts go to"),
    (replace(SOUND, texts=Hook("http://chat.example.org/sms/inbound", "POST", AWAY)), "wrong", "texts go to"),
    (replace(SOUND, texts=Hook("https://Chat.example.org/sms/inbound", "POST", AWAY)), "wrong", "texts go to"),
    (replace(SOUND, texts=Hook(f"{PUBLIC}/sms/inbound", "GET", AWAY)), "wrong", "texts come with HTTP GET"),
    (replace(SOUND, texts=Hook(f"{PUBLIC}/sms/inbound", "POST")), "look", "texts have no fallback"),
    (replace(SOUND, texts=Hook(f"{PUBLIC}/sms/inbound", "POST", f"{PUBLIC}/x")), "look", "fallback of its texts"),
    (replace(SOUND, calls=Hook("https://demo.twilio.com/welcome", "POST", AWAY)), "wrong", "calls go to https://demo"),
    (replace(SOUND, calls=Hook(through="the SIP trunk TK1")), "wrong", "calls go to the SIP trunk TK1"),
    (replace(SOUND, calls=Hook(f"{PUBLIC}/voice/inbound", "POST")), "look", "calls have no fallback"),
    (replace(SOUND, status=Hook()), "look", "end of a call is reported to nobody"),
    (replace(SOUND, looks_up_callers=True), "look", "looks up the name"),
    (replace(SOUND, state="OFFLINE"), "wrong", "sender is offline"),
]


@pytest.mark.parametrize(("sender", "level", "says"), CHANGES, ids=[says for _, _, says in CHANGES])
def test_each_fault_of_a_number_is_found_alone_and_with_its_remedy(sender: Sender, level: str, says: str) -> None:
    found = list(findings(account(sender), numbers(LINE), PUBLIC))
    assert only(found, level, OURS, says), problems(found)
    assert [line for line in problems(found) if line.startswith("wrong")] == (
        [line for line in problems(found) if says in line] if level == "wrong" else []
    )


def test_what_decides_in_place_of_the_number_is_named_where_to_change_it() -> None:
    sender = replace(SOUND, texts=Hook("https://old.example.org/", "POST", AWAY, "the application “Old”"))
    assert any("Set “A message comes in” at the application “Old” to" in line
               for line in problems(findings(account(sender), numbers(LINE), PUBLIC)))  # fmt: skip


def test_only_what_the_file_of_numbers_promises_is_looked_at() -> None:
    sender = replace(SOUND, can_call=False, calls=Hook())
    found = list(findings(account(sender), numbers(OurNumber(number=OURS, voice=False)), PUBLIC))
    assert not [line for line in problems(found) if line.startswith("wrong")]
    assert only(found, "look", "No number takes calls")


def test_numbers_that_one_side_lacks_are_named() -> None:
    stranger = replace(SOUND, address="+15550108")
    other = replace(SOUND, address="+15550109", texts=Hook("https://other.example.org/"), calls=Hook())
    found = list(findings(account(stranger, other, caller_ids=frozenset({"+15550107"})),
                          numbers(LINE, OurNumber(number="+15550107")), PUBLIC))  # fmt: skip
    assert only(found, "wrong", OURS, "does not have it")
    assert only(found, "wrong", "+15550107", "caller id")
    assert only(found, "look", "+15550108", "not in the file of numbers")
    assert not [one for one in found if one.about == "+15550109"]


def test_without_numbers_it_is_said_that_nobody_is_answered() -> None:
    assert only(findings(account(SOUND), numbers(), PUBLIC), "wrong", "neither texts nor calls")


@pytest.mark.parametrize(("state", "level"), [(None, "wrong"), ("IN_REVIEW", "wrong"), ("TWILIO_APPROVED", None)])
def test_a_toll_free_number_must_be_verified_to_text(state: str | None, level: str | None) -> None:
    line = OurNumber(number=OURS, voice=True, kind="tollfree")
    found = list(findings(account(SOUND, verified={"PN1": state} if state else {}), numbers(line), PUBLIC))
    assert only(found, "wrong", OURS, "toll-free verification is") is (level == "wrong")


def test_the_stop_words_of_the_carrier_depend_on_the_messaging_service() -> None:
    alone = replace(account(SOUND), services=())
    assert only(findings(alone, numbers(LINE), PUBLIC), "look", OURS, "in no messaging service")
    rewriting = replace(account(SOUND), services=(replace(POOL, rewrites=True),))
    assert only(findings(rewriting, numbers(LINE), PUBLIC), "look", OURS, "smart encoding")


def test_an_account_that_is_closed_or_on_trial_is_named() -> None:
    assert only(findings(replace(account(SOUND), state="suspended"), numbers(LINE), PUBLIC), "wrong", "is suspended")
    assert only(findings(replace(account(SOUND), trial=True), numbers(LINE), PUBLIC), "look", "trial account")


def test_what_could_not_be_read_is_not_taken_for_missing() -> None:
    unread = {"short codes": "HTTP 403", "WhatsApp senders": "HTTP 403", "messaging services": "HTTP 403",
              "toll-free verifications": "HTTP 403"}  # fmt: skip
    ours = numbers(
        OurNumber(number="55501", kind="short"),
        OurNumber(number="whatsapp:+15550101", kind="whatsapp"),
        OurNumber(number="messenger:page", kind="messenger"),
        OurNumber(number=OURS, voice=True, kind="tollfree"),
    )
    found = list(findings(account(SOUND, unread=unread), ours, PUBLIC))
    assert not [line for line in problems(found) if line.startswith("wrong")]
    assert all(only(found, "look", f"The {part} could not be read (HTTP 403)") for part in unread)
    assert all(only(found, f"look {one}: ") for one in ("55501", "whatsapp:+15550101", "messenger:page"))

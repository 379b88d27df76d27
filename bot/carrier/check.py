"""What is wrong between an account at the carrier and the operator's file of numbers, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bot.carrier.account import Account, Hook, Sender
from bot.carrier.numbers import Numbers, OurNumber

Level = Literal["wrong", "look", "fine"]
INBOUND = "/sms/inbound"
CALL = "/voice/inbound"
CALL_STATUS = "/voice/status"
KEYWORDS = "STOP, ARRET, ARRÊT, START, HELP, AIDE, INFO"
DOCS = "docs/twilio.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Wrong: people are not answered. Look: somebody should judge it."""

    level: Level
    about: str
    says: str
    do: str = ""


def findings(account: Account, numbers: Numbers, public_url: str) -> Iterator[Finding]:
    """Everything that can be told from the account and the file.

    Args:
        public_url: what the carrier should call, without a path of a webhook.
    """
    public_url = public_url.rstrip("/")
    yield from _account_findings(account)
    if not numbers.by_address:
        yield Finding(
            "wrong",
            "numbers",
            "No number is set up: neither texts nor calls are answered.",
            f"Write the file of numbers ({DOCS} has an example); the account has {len(account.senders)} of them.",
        )
    elif not any(one.voice for one in numbers.by_address.values()):
        yield Finding(
            "look",
            "numbers",
            "No number takes calls: nobody can be called back or put through by phone.",
            "Set voice: true at a number that can call, if the helpline should answer the phone.",
        )
    for one in numbers.by_address.values():
        yield from _number_findings(one, account, public_url)
    for sender in account.senders.values():
        if numbers.of(sender.address) is None:
            yield from _stranger_findings(sender, public_url)


def _account_findings(account: Account) -> Iterator[Finding]:
    if account.state != "active":
        state = account.state or "in no known state"
        yield Finding("wrong", "account", f"The account is {state}.", "Open it again in the console.")
    if account.trial:
        yield Finding(
            "look",
            "account",
            "This is a trial account: it texts and calls verified numbers only and puts a line of its own before.",
            "Upgrade it in the console before residents use the number.",
        )
    if account.state == "active" and not account.trial:
        yield Finding("fine", "account", "The account is active.")
    for part, reason in account.unread.items():
        yield Finding(
            "look",
            "account",
            f"The {part} could not be read ({reason}).",
            "Look at them in the console, or run this again with the token of the main account.",
        )


def _number_findings(one: OurNumber, account: Account, public_url: str) -> Iterator[Finding]:
    sender = account.senders.get(one.number)
    if sender is None:
        yield _missing(one, account)
        return
    if sender.state not in ("", "ONLINE"):
        yield Finding(
            "wrong", one.number, f"The sender is {sender.state.lower()}.",
            "Finish its registration in the console, Messaging, Senders.",
        )  # fmt: skip
    if one.sms:
        yield from _text_findings(one, sender, account, public_url)
    if one.voice:
        yield from _call_findings(one, sender, public_url)


def _missing(one: OurNumber, account: Account) -> Finding:
    if one.kind == "messenger" or (one.kind == "whatsapp" and "WhatsApp senders" in account.unread):
        return Finding(
            "look", one.number, "Its settings cannot be read from here.",
            f"Look in the console, Messaging, Senders, that incoming messages go to {INBOUND} of the public address.",
        )  # fmt: skip
    if one.kind == "short" and "short codes" in account.unread:
        return Finding("look", one.number, "Short codes could not be read.", "Look at it in the console.")
    if one.number in account.caller_ids:
        return Finding(
            "wrong", one.number, "The account may show it as a caller id but does not own it: nothing comes in there.",
            "Buy or port the number, or take it out of the file of numbers.",
        )  # fmt: skip
    return Finding(
        "wrong", one.number, "The account does not have it.",
        "Correct the file of numbers, or PORCHLIGHT_TWILIO_ACCOUNT_SID: a subaccount has an id and numbers of its own.",
    )  # fmt: skip


def _text_findings(one: OurNumber, sender: Sender, account: Account, public_url: str) -> Iterator[Finding]:
    if sender.can_text is False:
        yield Finding(
            "wrong", one.number, "It cannot send or receive texts.",
            "Take another number, or set sms: false in the file of numbers.",
        )  # fmt: skip
        return
    yield from _hook_findings(one.number, "texts", sender.texts, f"{public_url}{INBOUND}", "A message comes in")
    state = account.verified.get(sender.sid)
    if one.kind == "tollfree" and "toll-free verifications" not in account.unread and state != "TWILIO_APPROVED":
        yield Finding(
            "wrong", one.number, f"Its toll-free verification is {(state or 'missing').lower().replace('_', ' ')}: "
            "carriers drop its texts (error 30032).",
            "Submit the verification in the console, Phone Numbers, and wait for the approval.",
        )  # fmt: skip
    service = account.service_of(one.number)
    if one.kind in ("whatsapp", "messenger") or "messaging services" in account.unread:
        return
    if service is None:
        yield Finding(
            "look", one.number, "It is in no messaging service: the carrier itself knows the English stop words only.",
            "ARRET is honoured here all the same. For replies and blocking by the carrier in both languages put the "
            "number into a messaging service with Advanced Opt-Out.",
        )  # fmt: skip
        return
    yield Finding(
        "look", one.number, f"Its stop words are those of the messaging service “{service.name}”; the interface does "
        "not show them.",
        f"Look in the console, Messaging, Services, Opt-Out Management, that it is on and has {KEYWORDS}, in English "
        "and French.",
    )  # fmt: skip
    if service.rewrites:
        yield Finding(
            "look", one.number, f"The messaging service “{service.name}” replaces letters on the way (smart encoding).",
            "Switch it off: texts are worded for the network here, and what is kept should be what was sent.",
        )  # fmt: skip


def _call_findings(one: OurNumber, sender: Sender, public_url: str) -> Iterator[Finding]:
    if sender.can_call is False:
        yield Finding(
            "wrong", one.number, "It cannot make or take calls.",
            "Take another number, or set voice: false in the file of numbers.",
        )  # fmt: skip
        return
    if sender.takes_faxes:
        yield Finding("wrong", one.number, "It takes faxes, not calls.", "Set it to voice in the console.")
    yield from _hook_findings(one.number, "calls", sender.calls, f"{public_url}{CALL}", "A call comes in")
    wanted = f"{public_url}{CALL_STATUS}"
    if _bare(sender.status.url) != wanted or sender.status.method.upper() not in ("", "POST"):
        yield Finding(
            "look", one.number, f"The end of a call is reported to {sender.status.url or 'nobody'}.",
            f"Set “Call status changes” to {wanted}, HTTP POST; otherwise a call that was hung up stays open here.",
        )  # fmt: skip
    if sender.looks_up_callers:
        yield Finding(
            "look", one.number, "The carrier looks up the name of every caller, which costs money and is not used.",
            "Switch off “Caller name lookup” at the number.",
        )  # fmt: skip


def _hook_findings(about: str, what: str, hook: Hook, wanted: str, field: str) -> Iterator[Finding]:
    """Texts or calls of a number: do they come here, and what happens when this machine is down."""
    place = f"at {hook.through}" if hook.through else "at the number in the console"
    if _bare(hook.url) != wanted or "SIP trunk" in hook.through:
        goes = hook.url or (hook.through if "SIP trunk" in hook.through else "nowhere")
        yield Finding("wrong", about, f"Its {what} go to {goes}.", f"Set “{field}” {place} to {wanted}, HTTP POST.")
        return
    if hook.method.upper() not in ("", "POST"):
        yield Finding("wrong", about, f"Its {what} come with HTTP {hook.method}.", f"Set HTTP POST {place}.")
    else:
        yield Finding("fine", about, f"Its {what} come here{f' by {hook.through}' if hook.through else ''}.")
    if not hook.fallback:
        yield Finding(
            "look", about, f"Its {what} have no fallback: nobody answers while this server is down.",
            f"Host the fallback page elsewhere ({DOCS}) and set it as “Primary handler fails” {place}.",
        )  # fmt: skip
    elif _host(hook.fallback) == _host(wanted):
        yield Finding(
            "look", about, f"The fallback of its {what} is on this server, which is down when it is needed.",
            f"Host the fallback page elsewhere ({DOCS}).",
        )  # fmt: skip


def _stranger_findings(sender: Sender, public_url: str) -> Iterator[Finding]:
    """A number of the account that the file does not have, but that leads here."""
    if _host(public_url) in (_host(sender.texts.url), _host(sender.calls.url)):
        yield Finding(
            "look", sender.address, "It leads here but is not in the file of numbers: what comes in there is refused.",
            "Add it with its door, or point it elsewhere.",
        )  # fmt: skip


def _bare(url: str) -> str:
    """The address without the carrier's own overrides of time limits, which it neither sends nor signs."""
    return url.partition("#")[0]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""

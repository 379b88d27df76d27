"""The carrier's error codes: what each means for the text that it came for, and what staff are told.

Sources: the pages https://www.twilio.com/docs/api/errors/<code>, and Twilio's advice to decide by the HTTP status where
a code is not known ("Handling Twilio REST API Error Codes and Implementing Retry Logic"): 429 and 5xx pass, other 4xx
stay until somebody changes something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Retry = Literal["later", "backoff", "never", "voice", "opted_out", "window"]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What becomes of a text.

    `retry`: "later" the phone may come back, a few more tries within the hour; "backoff" the carrier or the account
    is in trouble, tried until it passes; "never"; "voice" the number takes calls only; "opted_out"; "window" the
    person has to write first. `alert` is for what an operator must mend. `words` are for staff.
    """

    retry: Retry
    alert: bool
    words: str


_MEND = "An operator has to mend it"

TREATMENTS: Mapping[int, Treatment] = {
    20003: Treatment("backoff", True, "The carrier refuses our account id or token. Set both anew; texts wait."),
    20404: Treatment("backoff", True, "The carrier does not know our account id. Set it anew; texts wait."),
    20429: Treatment("backoff", False, "The carrier asked us to send more slowly. It is tried again by itself."),
    20500: Treatment("backoff", False, "The carrier had a fault. It is tried again by itself."),
    20503: Treatment("backoff", False, "The carrier was not available. It is tried again by itself."),
    21211: Treatment("never", False, "The person's number is not a phone number that can be written to."),
    21212: Treatment("never", True, f"The carrier does not accept our number as a sender. {_MEND} in numbers.yml."),
    21408: Treatment("never", True, f"The account may not text to the person's country. {_MEND} at the carrier."),
    21602: Treatment("never", True, "The text was empty. Please report this as a fault of the software."),
    21606: Treatment("never", True, f"Our number cannot send texts. {_MEND}: numbers.yml or the carrier's console."),
    21608: Treatment("never", True, f"A trial account writes to verified numbers only. {_MEND}: upgrade it."),
    21610: Treatment("opted_out", False, "The person told the carrier STOP. Only their START opens texts again."),
    21611: Treatment(
        "backoff", False, "Too many texts of our number wait at the carrier. It is tried again by itself."
    ),
    21612: Treatment("never", True, f"Our number does not reach the person's network. {_MEND}: another may."),
    21614: Treatment("voice", False, "The person's number is a landline or not a mobile. Offer a call instead."),
    21617: Treatment("never", True, "The text was longer than the carrier takes. Please report this as a fault."),
    30001: Treatment("backoff", False, "Too many texts waited at the carrier. It is tried again by itself."),
    30002: Treatment("never", True, f"The carrier has suspended our account. {_MEND} with the carrier at once."),
    30003: Treatment("later", False, "The phone was off or out of reach. Try another way if it is urgent."),
    30004: Treatment("never", False, "The person's phone or network blocks texts from us. Try another way."),
    30005: Treatment("never", False, "The person's number is out of service or unknown."),
    30006: Treatment("voice", False, "The person's number is a landline, or its network takes no texts. Offer a call."),
    30007: Treatment("never", True, f"A carrier's filter took the text for spam. {_MEND}: see its wording."),
    30008: Treatment("later", False, "A carrier on the way failed without a reason."),
    30032: Treatment("never", True, f"Our toll-free number is not verified, so its texts are blocked. {_MEND}."),
    30034: Treatment("never", True, f"Our number is not registered for texts to the United States. {_MEND}."),
    63016: Treatment("window", False, "More than 24 hours passed since the person wrote: only they can begin again."),
}
"""By code."""

REASONS: Mapping[str, str] = {
    "no-number": "None of our numbers can send this text: the line is gone from numbers.yml, or is without sms.",
    "no-address": "The person's address is no longer kept, so nothing can be sent to them.",
    "no-words": "The text was empty. Please report this as a fault of the software.",
    "away": "The carrier could not be reached for hours, or never said whether it took the text. Try another way.",
    "opted-out": TREATMENTS[21610].words,
    "window": TREATMENTS[63016].words,
}
"""Why we ourselves gave up, by the word that stands as the status of the delivery."""


def what(code: int | None, http_status: int | None = None) -> Treatment:
    """What to do about an error.

    Args:
        code: the carrier's; None where it gave none.
        http_status: of the refused request, which decides about codes that are not in the table.
    """
    if code is not None and code in TREATMENTS:
        return TREATMENTS[code]
    named = f"error {code} (twilio.com/docs/api/errors/{code})" if code else "no reason given"
    if http_status == 429 or (http_status is not None and http_status >= 500):
        return Treatment("backoff", False, f"The carrier was too busy, {named}. It is tried again by itself.")
    if http_status in (401, 403):
        return Treatment("backoff", True, f"The carrier refuses our account, {named}. An operator has to look.")
    return Treatment("never", True, f"The carrier did not deliver the text, {named}. An operator has to look.")


def why(status: str | None, code: int | None) -> str:
    """The sentence for staff about a text that was not delivered."""
    own = REASONS.get(status or "")
    return own if own is not None and code not in TREATMENTS else what(code).words

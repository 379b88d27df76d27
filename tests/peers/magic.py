"""Numbers whose messages fail in a known way: how a test asks the fake carrier for an error.

The first group is Twilio's own ("Test credentials" in its documentation). The others are fictional numbers of the
555-01xx range, whose last digits remind of the error code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer of the REST API to a request that it does not accept."""

    status: int
    code: int
    message: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What happens to a message after it was accepted: its last status, and the error that comes with it."""

    status: str
    code: int
    first_only: bool = False
    """Only the first message to this number fails so; what is sent again arrives."""


TOO_MANY = Refusal(429, 20429, "Too Many Requests")
BROKEN = Refusal(500, 20500, "An internal server error has occurred")
AWAY = Refusal(503, 20503, "Service Unavailable")
OPTED_OUT = Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
NO_SENDER = Refusal(400, 21606, "The From phone number is not a valid, SMS-capable number of this account")
NO_RECIPIENT = Refusal(400, 21604, "A 'To' phone number is required")
NO_BODY = Refusal(400, 21602, "Message body is required")
TOO_LONG = Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")
INVALID_TO = Refusal(400, 21211, "Invalid 'To' Phone Number")
NOT_FOUND = Refusal(404, 20404, "The requested resource was not found")
UNAUTHORISED = Refusal(401, 20003, "Authenticate")

REFUSED: dict[str, Refusal] = {
    "+15005550001": INVALID_TO,
    "+15005550002": Refusal(400, 21612, "The 'To' phone number is not reachable via SMS from this sender"),
    "+15005550003": Refusal(400, 21408, "Permission to send an SMS to this region has not been enabled"),
    "+15005550004": OPTED_OUT,
    "+15005550009": Refusal(400, 21614, "'To' number is not a valid mobile number"),
    "+14165550129": TOO_MANY,
    "+14165550150": BROKEN,
    "+14165550153": AWAY,
}
"""By the number written to."""

REFUSED_SENDERS: dict[str, Refusal] = {
    "+15005550001": Refusal(400, 21212, "The 'From' number is not a valid phone number"),
    "+15005550007": NO_SENDER,
    "+15005550008": Refusal(429, 21611, "This 'From' number has exceeded the maximum number of queued messages"),
}

LOST: dict[str, Undelivered] = {
    "+14165550103": Undelivered("undelivered", 30003),
    "+14165550133": Undelivered("undelivered", 30003, first_only=True),
    "+14165550105": Undelivered("undelivered", 30005),
    "+14165550106": Undelivered("undelivered", 30006),
    "+14165550107": Undelivered("undelivered", 30007),
    "+14165550132": Undelivered("undelivered", 30032),
    "+14165550108": Undelivered("failed", 30008),
    "whatsapp:+14165550116": Undelivered("undelivered", 63016),
}
"""By the number written to: accepted at first, reported by the status callback later."""

WINDOW_CLOSED = Undelivered("undelivered", 63016)

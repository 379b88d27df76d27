"""What the fake carrier keeps of messages, calls and conferences, and how the REST API shows it.

The fields are those of the schemas in Twilio's OpenAPI description; a test compares them with it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

VERSION = "2010-04-01"
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """Segments of a text by 3GPP TS 23.038: 160 or 153 septets, 70 or 67 units of UTF-16."""
    if set(body) <= _GSM | _GSM_TWICE:
        units, alone, each = sum(2 if letter in _GSM_TWICE else 1 for letter in body), 160, 153
    else:
        units, alone, each = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= alone else -(-units // each)


def new_sid(kind: str) -> str:
    """An identifier of a kind: SM for a message, CA a call, CF a conference, PN a number."""
    return kind + uuid.uuid4().hex


def date(at: float | None) -> str | None:
    return None if at is None else formatdate(at, usegmt=False).replace("-0000", "+0000")


@dataclass
class Message:
    sid: str
    from_: str
    to: str
    body: str
    created: float
    callback: str | None = None
    direction: str = "outbound-api"
    status: str = "queued"
    error: int | None = None
    sent: float | None = None
    segments: int = 1

    @property
    def outgoing(self) -> bool:
        return self.direction != "inbound"

    def shown(self, account: str) -> dict[str, Any]:
        uri = f"/{VERSION}/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account,
            "api_version": VERSION,
            "body": self.body,
            "date_created": date(self.created),
            "date_sent": date(self.sent),
            "date_updated": date(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(self.segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }

    def callback_form(self, account: str) -> dict[str, str]:
        """The parameters of a status callback ("Track the message status of outbound messages")."""
        form = {
            "ApiVersion": VERSION,
            "MessageStatus": self.status,
            "SmsSid": self.sid,
            "SmsStatus": self.status,
            "To": self.to,
            "From": self.from_,
            "MessageSid": self.sid,
            "AccountSid": account,
        }
        if self.error is not None:
            form["ErrorCode"] = str(self.error)
        if ":" in self.to:
            form["ChannelPrefix"], form["ChannelToAddress"] = self.to.split(":", 1)
        return form


@dataclass
class Call:
    sid: str
    from_: str
    to: str
    created: float
    direction: str = "outbound-api"
    status: str = "queued"
    url: str | None = None
    twiml: str | None = None
    method: str = "POST"
    callback: str | None = None
    events: tuple[str, ...] = ("completed",)
    timeout: int = 60
    parent: str | None = None
    started: float | None = None
    ended: float | None = None
    changed: bool = False
    """New instructions came over the API: who follows the call takes `url` or `twiml` up."""

    @property
    def over(self) -> bool:
        return self.status in ("completed", "busy", "failed", "no-answer", "canceled")

    def form(self, account: str) -> dict[str, str]:
        """The parameters that every request about a call carries ("TwiML voice: Twilio's request to your app")."""
        form = {
            "CallSid": self.sid,
            "AccountSid": account,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.status,
            "ApiVersion": VERSION,
            "Direction": self.direction,
        }
        if self.parent:
            form["ParentCallSid"] = self.parent
        return form

    def shown(self, account: str) -> dict[str, Any]:
        uri = f"/{VERSION}/Accounts/{account}/Calls/{self.sid}"
        length = None if self.started is None or self.ended is None else str(round(self.ended - self.started))
        return {
            "account_sid": account,
            "annotation": None,
            "answered_by": None,
            "api_version": VERSION,
            "caller_name": None,
            "date_created": date(self.created),
            "date_updated": date(self.ended or self.started or self.created),
            "direction": self.direction,
            "duration": length,
            "end_time": date(self.ended),
            "forwarded_from": None,
            "from": self.from_,
            "from_formatted": self.from_,
            "group_sid": None,
            "parent_call_sid": self.parent,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": date(self.started),
            "status": self.status,
            "subresource_uris": {"events": f"{uri}/Events.json", "recordings": f"{uri}/Recordings.json"},
            "to": self.to,
            "to_formatted": self.to,
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }


@dataclass
class Participant:
    call: str
    label: str | None = None
    muted: bool = False
    hold: bool = False
    coaching: str | None = None
    ends_it: bool = False
    starts_it: bool = True
    status: str = "connected"


@dataclass
class Conference:
    sid: str
    name: str
    created: float
    status: str = "init"
    ended_because: str | None = None
    callback: str | None = None
    events: frozenset[str] = frozenset()
    told: int = 0
    participants: dict[str, Participant] = field(default_factory=dict)

    def shown(self, account: str) -> dict[str, Any]:
        uri = f"/{VERSION}/Accounts/{account}/Conferences/{self.sid}"
        return {
            "account_sid": account,
            "api_version": VERSION,
            "call_sid_ending_conference": None,
            "date_created": date(self.created),
            "date_updated": date(self.created),
            "friendly_name": self.name,
            "reason_conference_ended": self.ended_because,
            "region": "us1",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"participants": f"{uri}/Participants.json", "recordings": f"{uri}/Recordings.json"},
            "uri": f"{uri}.json",
        }

    def shown_participant(self, account: str, one: Participant) -> dict[str, Any]:
        return {
            "account_sid": account,
            "call_sid": one.call,
            "call_sid_to_coach": one.coaching,
            "coaching": one.coaching is not None,
            "conference_sid": self.sid,
            "date_created": date(self.created),
            "date_updated": date(self.created),
            "end_conference_on_exit": one.ends_it,
            "hold": one.hold,
            "label": one.label,
            "muted": one.muted,
            "queue_time": None,
            "start_conference_on_enter": one.starts_it,
            "status": one.status,
            "uri": f"/{VERSION}/Accounts/{account}/Conferences/{self.sid}/Participants/{one.call}.json",
        }

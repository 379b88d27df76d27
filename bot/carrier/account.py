"""What an account at the carrier holds: numbers and where each leads, messaging services, verified caller ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hook:
    """Where the carrier turns to when something comes in.

    `through` names what decides it in place of the number: an application, a messaging service, a trunk.
    """

    url: str = ""
    method: str = ""
    fallback: str = ""
    through: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """A number, short code or channel address of the account. None: the interface does not say."""

    address: str
    sid: str = ""
    can_text: bool | None = None
    can_call: bool | None = None
    texts: Hook = Hook()
    calls: Hook = Hook()
    status: Hook = Hook()
    looks_up_callers: bool = False
    takes_faxes: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class MessagingService:
    """A pool of senders with settings of its own, which come before those of the numbers."""

    sid: str
    name: str
    texts: Hook
    by_number: bool
    """True when the address set at the number is used."""
    rewrites: bool
    """Smart encoding: letters are replaced on the way."""
    senders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Account:
    """All of it. `unread` has what could not be read, with the reason."""

    sid: str
    name: str
    state: str
    trial: bool
    senders: Mapping[str, Sender]
    services: tuple[MessagingService, ...] = ()
    caller_ids: frozenset[str] = frozenset()
    verified: Mapping[str, str] = field(default_factory=dict)
    """State of a toll-free number's verification, by the number's id."""
    unread: Mapping[str, str] = field(default_factory=dict)

    def service_of(self, address: str) -> MessagingService | None:
        return next((one for one in self.services if address in one.senders), None)

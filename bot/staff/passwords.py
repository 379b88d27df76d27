"""Passwords: hashed with argon2id, checked in the same time whether or not the account exists."""

from __future__ import annotations

import functools
import secrets
import threading

from pwdlib import PasswordHash

SHORTEST = 12
"""Characters. Length is what protects; there are no rules about kinds of characters (NIST SP 800-63B)."""
LONGEST = 200
# No i, l, o, 0, 1: a password that is read from a screen and typed.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# Each hash takes 64 MiB on purpose: some at a time, so that a flood of sign-ins does not take the machine.
_AT_ONCE = threading.Semaphore(2)


@functools.cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@functools.cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def hashed(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(password)


def matches(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether the password is the kept one, and a hash to keep instead when the kept one is of an older kind.

    Without a kept hash the same work is done for nothing, so that time does not tell which accounts exist.
    """
    with _AT_ONCE:
        right, better = _hasher().verify_and_update(password[:LONGEST], kept or _nobody())
    return (right and kept is not None), better


def weakness(password: str, *of_account: str) -> str | None:
    """Why a password cannot be taken: "short", "long", "plain", "named"; None when it can.

    Args:
        of_account: login and name, which it must not repeat.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if len(set(password.casefold())) < 5:
        return "plain"
    small = password.casefold()
    if any(len(part) > 3 and part.casefold() in small for word in of_account for part in word.split()):
        return "named"
    return None


def made_up() -> str:
    """A password of 80 bits that can be read out: four groups of four letters."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))

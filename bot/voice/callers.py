"""Which numbers are nobody's, and which may be dialled at all.

Only two forms are ever dialled: a ten-digit number of North America, and 9-8-8. Everything else of three digits
depends on where the telephone stands (9-1-1 goes to the place that is registered for our number, 2-1-1 may
come back to us), so the caller is told to dial it.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

WITHHELD = frozenset(
    ("+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533", "anonymous", "restricted", "unknown", "")
)
"""What the carrier writes for a caller who hides the number: "anonymous" and the like, spelled on the keys.

Source: Twilio's support pages on calls from unknown numbers; research note on Twilio.
"""
_DIALLED = re.compile(r"\+1(?![2-9]11)[2-9]\d{2}(?!\d11)[2-9]\d{6}|988", re.ASCII)
_CALLED_BACK = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
)


def withheld(number: str | None) -> bool:
    """Whether the caller's number is hidden: such callers share nothing, not even with themselves."""
    known = (number or "").strip().lower()
    return known in WITHHELD or not re.fullmatch(r"\+[1-9]\d{6,14}", known, re.ASCII)


def safe_to_dial(number: str | None) -> bool:
    """Whether the system may dial a number. Never true for 9-1-1 in any spelling."""
    return bool(number) and _DIALLED.fullmatch(number or "") is not None


def typed_number(digits: str) -> str | None:
    """E.164 of a number of Canada or the United States entered on the keys; None for anything else.

    Numbers that cost the one who calls them, or that lie elsewhere under +1, are not called back.
    """
    bare = re.sub(r"[\s()#*.-]", "", digits)
    if not re.fullmatch(r"1?\d{10}", bare, re.ASCII):
        return None
    try:
        number = phonenumbers.parse(bare, "CA")
    except NumberParseException:
        return None
    code = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(number)
    toll_free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    if not safe_to_dial(code) or not (region in ("CA", "US") or toll_free):
        return None
    return code if phonenumbers.number_type(number) in _CALLED_BACK else None

"""Telephone numbers that nobody can dial, or that are of another kind than the record says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import phonenumbers

from directory_client.checks.facts import Number, ServiceFacts
from directory_client.checks.finding import Told
from directory_client.phones import dialled, kind_of
from directory_client.words import fold

_TEXTS = re.compile(r"\b(sms|texts?|texting|texto|textos|textez|text message|message texte|messagerie texte)\b")
_CALLS = re.compile(r"\b(calls?|calling|phones?|telephon\w+|voice|talk|appel\w*|voix|tty|ats)\b")
_EXTENSION = re.compile(r"(\b(ext|extension|poste|local)\b\.?:?\s*#?\d+|\d\s*(x|ext|#)\.?\s*\d+\s*$)", re.IGNORECASE)
_WHOLE = re.compile(r"(?<!\d)(?:\+?1[\s.-]*)?\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4}(?!\d)")
_BETWEEN = re.compile(r"\d{3}\D*(?:[;/|,&]|\b(?:or|and|ou|et)\b)\D*1?\D*\d{3}", re.IGNORECASE)
_SERVICE_CODE = re.compile(r"[2-9]11|988")
"""N11 codes and the suicide crisis line: all of three digits that a telephone in Canada knows."""


def is_short_code(number: str) -> bool:
    """Five or six digits: takes text messages, cannot be called."""
    return re.fullmatch(r"\d{5,6}", re.sub(r"[\s-]", "", number)) is not None


def text_as_voice(phone: Number, today: date) -> Iterator[Told]:
    if kind_of(phone.type) != "voice":
        return
    said = fold(f"{phone.description or ''} {phone.description_fr or ''}")
    if is_short_code(phone.number):
        yield "type", "a short code for text messages"
    elif _TEXTS.search(said) and not _CALLS.search(said):
        yield "type", "its description speaks of text messages alone"


def undialable(phone: Number, today: date) -> Iterator[Told]:
    if kind_of(phone.type) is None:
        return  # nobody is given a fax
    if is_short_code(phone.number) and kind_of(phone.type) != "tty":
        return  # of a text number it is right, of a voice number another check speaks
    if reason := problem(phone.number):
        yield "number", reason


@lru_cache(maxsize=50_000)
def problem(number: str) -> str | None:
    """Why a telephone could not dial this text; None when it could."""
    digits = re.sub(r"\D", "", number)
    if not digits:
        return "no digit in it"
    if len(_WHOLE.findall(number)) > 1 or (_BETWEEN.search(number) and len(digits) > 10):
        return "two numbers in one field"
    if len(digits) > 6 and _EXTENSION.search(number):
        return "an extension inside the number"
    code = dialled(number)
    if _SERVICE_CODE.fullmatch(code):
        return None
    if _WHOLE.search(number) and re.search(r"[^\W\d_]{2}", number):
        return "words beside the number"
    if not code.startswith("+"):
        return _unfinished(code, has_letters=bool(re.search(r"[^\W\d_]", number)))
    try:
        parsed = phonenumbers.parse(code, None)
    except phonenumbers.NumberParseException:
        return "no number of any country"
    if phonenumbers.is_valid_number(parsed):
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.TOO_SHORT:
        return "too short"
    return "not in use in any numbering plan"


def _unfinished(code: str, *, has_letters: bool) -> str:
    """What is wrong with digits that are neither a service code nor a number of North America."""
    if has_letters:
        return "letters that make no number"
    if code.startswith(("011", "00")):
        return "a number of another country without its +"
    if len(code) == 7:
        return "no area code"
    return "too short" if len(code) < 10 else "too many digits, or another country without its +"


def fax_only(service: ServiceFacts, today: date) -> Iterator[Told]:
    if service.phones and not any(kind_of(type_) for type_ in service.phones):
        yield "phones", f"{len(service.phones)} of a kind that nobody can call ({_kinds(service)})"


def _kinds(service: ServiceFacts) -> str:
    return ", ".join(sorted({(type_ or "").strip().lower()[:20] for type_ in service.phones}))

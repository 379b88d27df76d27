"""Names and descriptions as people would see them, and the ways to reach a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from directory_client.checks.facts import OrganizationFacts, PlaceFacts, ServiceFacts, TermFacts
from directory_client.checks.finding import Told
from directory_client.checks.professionals import is_professional
from directory_client.phones import kind_of
from directory_client.words import fold

_HTML = re.compile(
    r"</?(?:p|br|div|span|a|li|ul|ol|b|i|u|strong|em|script|style|table|tr|td|th|h[1-6]|img|iframe|font)\b[^<>]{0,500}>"
    r"|&(?:nbsp|amp|lt|gt|quot|apos|[a-z]{1,8}(?:acute|grave|circ|cedil|dash|quo)|#\d{2,5}|#x[0-9a-f]{2,4});",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}")
_CODE = re.compile(r"[A-Z]{1,3}(?:-?\d{2,5}(?:\.\d{2,5})*(?:-\d{1,5})*)?")
# Names of streets begin with a capital: "24 families on the way" is none.
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?(?:-\d{1,5})?,?\s+(?:"
    r"(?:[A-ZÀ-Þ][\w'’.-]*\s+){1,4}(?i:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|crescent|cres"
    r"|court|ct|way|terrace|circle|parkway|highway|hwy|trail|line|sideroad|concession)\b"
    r"|(?i:rue|avenue|boul|boulevard|chemin|route|rang|ruelle|promenade|place|croissant)\b\.?\s+"
    r"(?:(?:de|du|des|la|le|les|d'|l')\s*)*[A-ZÀ-Þ0-9])"
)
_NAMES = ("name", "name_fr")
_LETTERS = 12
"""Fewer may well be acronyms: "CMHA YRSS"."""


def french_missing(service: ServiceFacts, today: date) -> Iterator[Told]:
    if is_professional(*service.texts.values()):
        return  # the law gives the public texts in French, not a line between clinics
    fields = [field for field in ("name_fr", "description_fr") if not (getattr(service, field) or "").strip()]
    if not (service.description or "").strip():
        fields = [field for field in fields if field == "name_fr"]
    if fields:
        yield ", ".join(fields), "no French text"


def unreachable(service: ServiceFacts, today: date) -> Iterator[Told]:
    ways = (service.url, service.url_fr, service.website, service.email)
    if service.has_address or any(map(kind_of, service.phones)) or any((way or "").strip() for way in ways):
        return
    if not service.phones:  # those that have a fax alone are told elsewhere
        yield "phones, address, url", "no number, no address, no website and no e-mail"


def malformed(record: ServiceFacts | OrganizationFacts, today: date) -> Iterator[Told]:
    for field, text in record.addresses.items():
        reason = (email_problem if field == "email" else url_problem)(text.strip()) if text else None
        if reason:
            yield field, reason


def email_problem(text: str) -> str | None:
    """What is wrong with an e-mail address; None when nothing is."""
    if _EMAIL.fullmatch(text):
        return None
    if text.count("@") > 1:
        return "several addresses, or more than one @"
    return "no @ in it" if "@" not in text else "blanks or words beside the address" if " " in text else "no address"


def url_problem(text: str) -> str | None:
    """What is wrong with an address of the web; None when nothing is."""
    if re.search(r"\s", text):
        return "blanks, words or a second address in it"
    if re.match(r"(?:javascript|data|mailto|file|tel):", text, re.IGNORECASE):
        return "neither http nor https"
    if _EMAIL.fullmatch(text):
        return "an e-mail address"
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "no address of the web"
    if parts.scheme not in ("", "http", "https"):
        return "neither http nor https"
    return None if _HOST.fullmatch(host) else "no address of the web"


def capitals(record: ServiceFacts | OrganizationFacts | PlaceFacts, today: date) -> Iterator[Told]:
    for field in _NAMES:
        words = re.findall(r"[^\W\d_]{4,}", record.texts.get(field) or "")
        if len(words) > 1 and len("".join(words)) >= _LETTERS and (record.texts[field] or "").isupper():
            yield field, "all in capitals"


def html_left(record: ServiceFacts | OrganizationFacts | PlaceFacts, today: date) -> Iterator[Told]:
    for field, text in record.texts.items():
        if text and ("<" in text or "&" in text) and (found := _HTML.findall(text)):
            yield field, f"{len(found)} tags or entities"


def street_told(place: PlaceFacts, today: date) -> Iterator[Told]:
    if not place.confidential:
        return
    own = _letters(place.street)
    for field, text in (place.told or {}).items():
        if text and (_STREET.search(text) or (len(own) > 5 and own in _letters(text))):
            yield field, "a street stands in it"


def term_unnamed(term: TermFacts, today: date) -> Iterator[Told]:
    if not term.name.strip() or (term.code and term.name.strip() == term.code.strip()):
        yield "name", "a code without a name"
    elif any(letter.isdigit() for letter in term.name) and _CODE.fullmatch(term.name.strip()):
        yield "name", "a code where the name belongs"


def _letters(text: str | None) -> str:
    return "".join(letter for letter in fold(text or "") if letter.isalnum())

"""Searches 211 Canada live and hands over what it finds, as the same rows as an import of the same records.

An answer is one record a service with agency and place in it; its fields are those of iCarol under partly other
names (the names of addresses, web page and numbers are as published clients of the API read them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from directory_client.feeds.api211 import Api211
from directory_client.feeds.feed import FeedError, Item, Progress, Refusal
from directory_client.feeds.icarol import put_aside
from directory_client.feeds.icarol_columns import KNOWN, LEVEL, NUMBER, PARENT, PROGRAM, SITE, SLOTS, column_name
from directory_client.feeds.icarol_joined import Joined
from directory_client.feeds.shelf import Shelf

MOST_PAGES = 500
_NAMES = {
    "id": NUMBER,
    "parentid": PARENT,
    "description": "agencydescription",
    "email": "emailaddressmain",
    "website": "websiteaddress",
    "servicearea": "coverage",
    "languages": "languagesoffered",
    **{
        f"{kind}address{theirs}": f"{kind}{ours}"
        for kind in ("physical", "mailing")
        for theirs, ours in (
            ("street1", "address1"),
            ("street2", "address2"),
            ("city", "city"),
            ("province", "stateprovince"),
            ("postalcode", "postalcode"),
            ("country", "country"),
        )
    },
}
_WANTED = """
    AlternateName OfficialName ParentAgency ParentAgencyNum PhysicalAddressIsPrivate MailingAddressIsPrivate
    HoursOfOperation AgencyStatus CoverageArea Eligibility ExcludeFromWebsite DisabilitiesAccess
    PhysicalLocationDescription BusServiceAccess PublicAccessTransportation FeeStructureSource ApplicationProcess
    DocumentsRequired LanguagesOffered LanguagesOfferedList TemporaryMessage TemporaryMessageAppears
    TemporaryMessageExpires LastVerifiedOn TaxonomyTerms TaxonomyCodes Coverage LicenseAccreditation
"""
FIELDS = ",".join(_WANTED.split())
"""What is asked for beyond what every answer holds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: words or terms of the taxonomy, around a point or served communities.

    `latitude` and `longitude` with `distance_km` search around a point; with `communities`, or a point and
    `serving`, what serves them is searched.
    """

    term: str = "*"
    taxonomy: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    distance_km: float = 25.0
    communities: tuple[str, ...] = ()
    serving: bool = False
    order: str = "distance"
    page_size: int = 100
    most: int = 1_000

    def body(self, language: str, page: int) -> dict[str, Any]:
        """The question as the API wants it."""
        point = self.latitude is not None and self.longitude is not None
        if not point and not self.communities:
            raise FeedError("A search of 211 needs a point or communities. Say where.")
        body: dict[str, Any] = {"Lang": language, "PageIndex": page, "PageSize": self.page_size, "Fields": FIELDS}
        if self.taxonomy:
            body |= {"Search": "match", "MatchMode": "taxterm", "MatchTerms": "|".join(self.taxonomy)}
        else:
            body |= {"Search": "term", "Term": self.term}
        if self.communities:
            body |= {"SearchType": "coverage", "Communities": "|".join(self.communities)}
        else:
            body |= {"SearchType": "coverage" if self.serving else "proximity", "SortOrder": self.order}
            body |= {"Latitude": self.latitude, "Longitude": self.longitude, "Distance": self.distance_km}
        return body


class Search211:
    """The answer to a question as a feed; never complete, for what it leaves out is not gone.

    The same question is asked in English and in French, which not every record has. `notes` say what was cut
    off, and whether an older answer was used.
    """

    complete = False

    def __init__(
        self,
        api: Api211,
        question: Question,
        *,
        source: str = "211",
        languages: tuple[str, ...] = ("en", "fr"),
        today: Callable[[], date] = date.today,
    ) -> None:
        self.source = source
        self.notes: list[str] = []
        self._api = api
        self._question = question
        self._languages = languages
        self._today = today

    def items(self) -> Iterator[Item]:
        """Rows. Raises FeedError when the API gives no answer that can be used."""
        shelf = Shelf()
        try:
            for language in self._languages:
                yield from self._pages(language, shelf)
            yield from Joined(shelf, self._today()).items()
            self.notes += self._api.notes
        finally:
            shelf.close()

    def _pages(self, language: str, shelf: Shelf) -> Iterator[Item]:
        file, taken, total = f"211 API ({language})", 0, 0
        seen: set[str] = set()
        for page in range(MOST_PAGES):
            answer = self._api.search(self._question.body(language, page))
            records, total = answer["Records"], int(answer["RecordCount"])
            for record in records:
                taken += 1
                if not isinstance(record, Mapping):
                    yield Refusal(file, taken, "The record is no object.")
                    continue
                fields = as_icarol(record)
                if fields.get(NUMBER, "") in seen:
                    continue  # records move between pages while they are fetched
                seen.add(fields.get(NUMBER, ""))
                if refusal := put_aside(shelf, fields, language, file, taken):
                    yield refusal
            yield Progress(min(taken, total), total)
            if not records or taken >= min(total, self._question.most):
                break
        if taken < min(total, self._question.most):
            self.notes.append(f"{file}: {total} records were announced, {taken} came.")
        elif taken < total:
            self.notes.append(f"{file}: {total} records fit, the first {taken} were taken.")


def record_211(api: Api211, number: str, *, today: Callable[[], date] = date.today) -> list[Item]:
    """A single record by its number, in both languages where it has them. Raises FeedError when there is none."""
    shelf = Shelf()
    try:
        refused = put_aside(shelf, as_icarol(api.detail(number, "en", FIELDS)), "en", "211 API (en)", 1)
        with suppress(FeedError):  # not every record has a French one, and the API then answers with an error
            put_aside(shelf, as_icarol(api.detail(number, "fr", FIELDS)), "fr", "211 API (fr)", 1)
        return [*([refused] if refused else []), *Joined(shelf, today()).items()]
    finally:
        shelf.close()


def as_icarol(record: Mapping[str, Any]) -> dict[str, str]:
    """A record of the API with the columns of iCarol, all of its values as texts."""
    fields: dict[str, str] = {}
    for name, value in record.items():
        column = column_name(str(name))
        column = _NAMES.get(column, column)
        if column in KNOWN and (text := _text(value)) and column not in fields:
            fields[column] = text
    for name in (LEVEL, PROGRAM, SITE):
        fields.pop(name, None)  # it is all of them in one
    numbers = record.get("PhoneNumbers")
    for slot, phone in zip(SLOTS, numbers if isinstance(numbers, list) else (), strict=False):
        if isinstance(phone, Mapping):
            parts = {"number": "Phone", "name": "Name", "description": "Description", "type": "Type"}
            fields |= {slot + ours: text for ours, theirs in parts.items() if (text := _text(phone.get(theirs)))}
    return fields


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(text for part in value[:1_000] if not isinstance(part, list) and (text := _text(part)))
    if isinstance(value, bool | int | float | str):
        return str(value)
    return ""

"""Joins the records of iCarol that were put aside: which organization, service and place each one is or is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from directory_client.feeds.feed import Item, Progress, Refusal, Row
from directory_client.feeds.icarol_columns import inactive
from directory_client.feeds.icarol_fields import (
    Record,
    accessibility,
    contact,
    has_place,
    location,
    name_of,
    organization,
    required_document,
    schedule,
    service,
)
from directory_client.feeds.icarol_lists import areas, languages, terms
from directory_client.feeds.icarol_phones import phones
from directory_client.feeds.shelf import Kept, Shelf

_SHARED = """
    agencydescription eligibility feestructuresource applicationprocess intakeprocedure documentsrequired
    languagesoffered languagesofferedlist websiteaddress emailaddressmain licenseaccreditation custom_minimumage
    custom_maximumage temporarymessage temporarymessageappears temporarymessageexpires lastverifiedon
    eligibilityadult eligibilitychild eligibilityfamily eligibilityfemale eligibilitymale eligibilityteen
"""
_OF_PLACE = frozenset(_SHARED.split())
"""What a programme takes over from the first place where it is given, if it says nothing itself."""


class Joined:
    """The rows of all that a shelf holds."""

    def __init__(self, shelf: Shelf, today: date) -> None:
        self._shelf = shelf
        self._today = today
        self._terms: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._organizations: set[str] = set()

    def items(self) -> Iterator[Item]:
        """Rows in the order agency, site, programme, programme at site, all of them by number within."""
        total, done = self._shelf.count("en") + self._shelf.count("fr"), 0
        for level, rows in (
            ("agency", self._agency),
            ("site", self._site),
            ("program", self._program),
            ("at_site", self._at_site),
            ("", self._flat),
        ):
            for record, kept in self._records(level):
                done += 1
                if done % 500 == 0:
                    yield Progress(done, total)
                if name_of(record) is None:
                    yield Refusal(kept.file, kept.line, "The record has no name.", "PublicName", id=kept.number)
                else:
                    yield from rows(record, kept)
        yield Progress(total, total)

    def notes(self) -> list[str]:
        return [f"{count} {words}" for words, count in sorted(self._counts.items())]

    def _records(self, level: str) -> Iterator[tuple[Record, Kept]]:
        for kept in self._shelf.of_level(level, "en"):
            yield self._record(kept), kept
        for kept in self._shelf.of_level(level, "fr", besides="en"):
            yield Record(kept.fields, kept.fields, kept.file, kept.line), kept

    def _record(self, kept: Kept) -> Record:
        french = self._shelf.get(kept.number, "fr") if kept.language == "en" else None
        return Record(kept.fields, french.fields if french else {}, kept.file, kept.line)

    def _find(self, number: str) -> Kept | None:
        return self._shelf.get(number, "en") or self._shelf.get(number, "fr") if number else None

    def _agency(self, record: Record, kept: Kept) -> Iterator[Item]:
        id_ = f"agency-{kept.number}"
        row = organization(record, id_)
        if self._level(kept.parent) == "agency" and kept.parent != kept.number:
            row.values["parent_organization_id"] = f"agency-{kept.parent}"
        self._organizations.add(id_)
        yield row
        yield from phones(record, id_, "organization", id_)
        yield from contact(record, id_, "organization", id_)
        children = self._shelf.has_children(kept.number, kept.language)
        if not children and (record.fields.get("taxonomycodes") or record.fields.get("taxonomyterms")):
            yield from self._alone(record, kept, id_)

    def _site(self, record: Record, kept: Kept) -> Iterator[Item]:
        id_ = f"site-{kept.number}"
        owner = f"agency-{kept.parent}" if self._level(kept.parent) == "agency" else None
        yield from location(record, id_, owner)
        yield from phones(record, id_, "location", id_)
        yield from schedule(record, id_, "location", id_)
        yield from languages(record, id_, "location", id_)

    def _program(self, record: Record, kept: Kept) -> Iterator[Item]:
        given = list(self._shelf.at_sites(kept.number, kept.language))
        if not given:
            yield from self._alone(record, kept, self._owner(kept))
            return
        active = [one for one in given if not inactive(one.fields)]
        place = self._record(active[0] if active else given[0])
        filled = {name: text for name, text in place.fields.items() if name in _OF_PLACE} | dict(record.fields)
        french = {name: text for name, text in place.french.items() if name in _OF_PLACE} | dict(record.french)
        whole = Record(filled, french, kept.file, kept.line)
        yield from self._service(whole, kept, self._owner(kept), given=bool(active))

    def _at_site(self, record: Record, kept: Kept) -> Iterator[Item]:
        program, site = self._find(kept.program), self._find(kept.site)
        id_ = f"program-at-site-{kept.number}"
        if site is None or site.level not in ("site", "agency"):
            yield from self._alone(record, kept, self._owner(kept))
            return
        if program is None or program.level != "program":
            # Some centres keep all that there is to say in this record and no programme above it.
            service_id = f"program-{kept.number}"
            yield from self._service(record, kept, self._owner(kept))
            own: dict[str, str | None] = {}
        else:
            service_id = f"program-{program.number}"
            own = self._own_words(record, program)
            yield from terms(record, id_, service_id, self._terms)
        site_id = f"site-{site.number}" if site.level == "site" else f"place-{kept.number}"
        place = self._record(site)
        if record.confidential and not place.confidential:
            # The site may be open to all while what is given there is not: then it gets a place of its own.
            site_id = f"place-{kept.number}"
            place = Record({**place.fields, "physicaladdressisprivate": "yes"}, place.french, site.file, site.line)
        if site_id.startswith("place-"):
            yield from location(place, site_id, self._owner(kept))
        if inactive(site.fields) or inactive(kept.fields):
            self._counts["programmes at sites are inactive and were left out"] += 1
            return
        values = {"service_id": service_id, "location_id": site_id, **own}
        yield record.row("service_at_location", id_, values)
        if program is not None:
            yield from phones(record, id_, "service_at_location", id_)
            yield from schedule(record, id_, "service_at_location", id_)
            yield from areas(record, id_, "service_at_location", id_)
            yield from contact(record, id_, "service_at_location", id_)
        yield from accessibility(record, id_, site_id)

    def _flat(self, record: Record, kept: Kept) -> Iterator[Item]:
        owner = self._owner(kept)
        if owner not in self._organizations and self._level(kept.parent) != "agency":
            self._organizations.add(owner)
            name = record.line_of("parentagency") or name_of(record)
            values = {"name": name, "name_fr": record.line_fr("parentagency")}
            yield record.row("organization", owner, values)
        yield from self._alone(record, kept, owner)

    def _alone(self, record: Record, kept: Kept, owner: str) -> Iterator[Item]:
        """A service with the place that stands in the same record."""
        yield from self._service(record, kept, owner)
        if has_place(record) or record.confidential:
            place_id, service_id = f"place-{kept.number}", f"program-{kept.number}"
            yield from location(record, place_id, owner)
            values = {"service_id": service_id, "location_id": place_id}
            yield record.row("service_at_location", f"{service_id}/place", values)

    def _service(self, record: Record, kept: Kept, owner: str, *, given: bool = True) -> Iterator[Row]:
        id_ = f"program-{kept.number}"
        if owner == id_:
            owner = f"agency-{kept.number}"
        parent = self._find(kept.parent)
        active = given and not inactive(kept.fields) and not (parent is not None and inactive(parent.fields))
        if owner not in self._organizations and parent is None:
            # The importer refuses a service without its organization; better one with the name of the service.
            self._organizations.add(owner)
            self._counts["services are of an agency that is not in the export; their own name stands for it"] += 1
            name = record.line_of("parentagency") or name_of(record)
            yield record.row("organization", owner, {"name": name, "name_fr": record.line_fr("parentagency")})
        yield service(record, id_, owner, active=active, today=self._today)
        yield from phones(record, id_, "service", id_)
        yield from schedule(record, id_, "service", id_)
        yield from contact(record, id_, "service", id_)
        yield from required_document(record, id_)
        yield from terms(record, id_, id_, self._terms)
        yield from areas(record, id_, "service", id_)
        yield from languages(record, id_, "service", id_)

    def _own_words(self, record: Record, program: Kept) -> dict[str, str | None]:
        """What the place says about the programme where the programme says something else."""
        said = record.text("agencydescription")
        other = Record(program.fields).text("agencydescription")
        if said and other and said != other:
            return {"description": said}
        return {}

    def _owner(self, kept: Kept) -> str:
        parent = self._find(kept.parent)
        if parent is not None and parent.level in ("program", "site") and parent.parent:
            return f"agency-{parent.parent}"
        return f"agency-{kept.parent or kept.number}"

    def _level(self, number: str) -> str:
        found = self._find(number)
        return found.level if found else ""

"""Reads the share files of CIOC, the software of many Ontario community information centres (OpenCIOC).

A record may be an agency, a site, a service or all three; a site names the services given there. Files can be of
single records as well as of a whole database: the operator says which with `complete`. Names of contact persons
are not taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from directory_client.feeds.cioc_fields import (
    REVEALING,
    Field,
    areas,
    has_place,
    languages,
    names,
    phones,
    place,
    terms,
)
from directory_client.feeds.cioc_xml import Element, Found, elements
from directory_client.feeds.feed import FeedError, Item, Progress, Refusal
from directory_client.feeds.plain import plain_line

LONGEST_NUMBER = 40
_KINDS = frozenset(["AGENCY", "SITE", "SERVICE"])
_PRIVATE_WITHOUT_LIST = REVEALING | {
    "OFFICE_PHONE",
    "TOLL_FREE_PHONE",
    "AFTER_HRS_PHONE",
    "FAX",
    "E_MAIL",
    "MAIL_ADDRESS",
}
"""What is held back when a record names a profile of privacy that its file does not explain."""


class Cioc:
    """A share file as a feed. `today` says which records are deleted already."""

    def __init__(
        self,
        path: Path | bytes,
        *,
        source: str = "cioc",
        complete: bool = True,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.source = source
        self.complete = complete
        self.notes: list[str] = []
        self._path = path
        self._today = today
        self._file = path.name if isinstance(path, Path) else "share.xml"

    def items(self) -> Iterator[Item]:
        """Rows. Raises FeedError for a file that is no share file, is damaged or dangerous, or has no record.

        The file is read twice: first to see that it is whole, and which records refer to which.
        """
        profiles: dict[str, frozenset[str]] = {}
        agencies: set[str] = set()
        placed: set[str] = set()
        known: set[str] = set()
        for found in elements(self._path, self._file):
            if isinstance(found, Found) and found.element.name == "RECORD":
                number = plain_line(found.element.get("NUM"))
                known.add(number)
                if "AGENCY" in _kinds(found.element):
                    agencies.add(number)
                record = self._record(found, profiles)
                if _reason(found.element, number, set()) is None and (record.english or record.french):
                    placed.update(_services_at(found.element))
            elif isinstance(found, Found) and found.element.name == "PRIVACY_PROFILE_LIST":
                profiles.update(_profiles(found.element))
        if not known:
            raise FeedError(f"{self._file} has no record in it. Export it again.")
        seen: set[str] = set()
        made = _Made(agencies, placed, known, self._today())
        for found in elements(self._path, self._file):
            if isinstance(found, Progress | Refusal):
                yield found
            elif found.element.name == "RECORD":
                number = plain_line(found.element.get("NUM"))
                if reason := _reason(found.element, number, seen):
                    yield Refusal(self._file, found.line, reason, "NUM", id=number[:LONGEST_NUMBER] or None)
                    continue
                seen.add(number)
                yield from made.items(self._record(found, profiles))

    def _record(self, found: Found, profiles: dict[str, frozenset[str]]) -> Field:
        element, today = found.element, self._today().isoformat()
        profile = plain_line(element.get("PRIVACY_PROFILE"))
        hidden = profiles.get(profile, _PRIVATE_WITHOUT_LIST) if profile else frozenset[str]()
        english, french = element.get("HAS_ENGLISH") == "1", element.get("HAS_FRENCH") == "1"
        if not english and not french:  # a record that does not say has what stands in it
            english = french = True
        english = english and not _withheld(element, "V", today)
        french = french and not _withheld(element, "VF", today)
        return Field(element, self._file, found.line, frozenset(hidden), english, french)


class _Made:
    """Rows of records, one after the other."""

    def __init__(self, agencies: set[str], placed: set[str], known: set[str], today: date) -> None:
        self._agencies = agencies
        self._placed = placed
        self._known = known
        self._today = today
        self._organizations: set[str] = set()
        self._terms: set[str] = set()

    def items(self, record: Field) -> Iterator[Item]:
        active = record.english or record.french
        if not active:  # withheld in both languages: kept so that it can be closed, never shown
            record = Field(record.element, record.file, record.line, record.hidden)
        kinds = _kinds(record.element)
        number = record.number
        organization = plain_line((record.element.child("ORG_NUM") or Element("", {})).get("V"))
        owner = f"agency-{number if 'AGENCY' in kinds or organization in ('', '0') else organization}"
        if names(record, "ORG_LEVEL_1")[0] is None and "AGENCY" in kinds:
            yield Refusal(record.file, record.line, "The record has no name.", "ORG_LEVEL_1", id=number)
            return
        yield from self._organization(record, owner, "AGENCY" in kinds)
        site_id, service_id = f"site-{number}", f"service-{number}"
        if "SERVICE" in kinds:
            yield from self._service(record, service_id, owner, active)
        own_place = "SERVICE" in kinds and number not in self._placed and has_place(record)
        if own_place or ("SITE" in kinds and active and (has_place(record) or _services_at(record.element))):
            yield from place(record, site_id, owner)
            if kinds == {"SITE"}:
                yield from phones(record, site_id, "location_id")
        if own_place:
            values = {"service_id": service_id, "location_id": site_id}
            yield record.row("service_at_location", f"{service_id}/place", values)
        if "SITE" in kinds and active:
            yield from self._given_here(record, site_id)

    def _organization(self, record: Field, owner: str, agency: bool) -> Iterator[Item]:
        """The agency itself, or its name where the file has a service without its agency."""
        number = owner.removeprefix("agency-")
        if owner in self._organizations or (number in self._agencies and not agency):
            return
        self._organizations.add(owner)
        levels = ("ORG_LEVEL_1", "ORG_LEVEL_2", "ORG_LEVEL_3", "ORG_LEVEL_4", "ORG_LEVEL_5")
        name, name_fr = names(record, *(levels if agency else levels[:1]))
        if not agency:
            said = name or names(record, "SERVICE_NAME_LEVEL_1", "LOCATION_NAME")[0]
            yield record.row("organization", owner, {"name": said or number, "name_fr": name_fr})
            return
        description, description_fr = record.pair("ORG_DESCRIPTION")
        website, website_fr = record.pair("WWW_ADDRESS", line=True)
        values = {
            "name": name,
            "name_fr": name_fr,
            "alternate_name": _alternate(record),
            "description": description,
            "description_fr": description_fr,
            "email": record.pair("E_MAIL", line=True)[0],
            "website": website,
            "website_fr": website_fr,
            "external_id": record.number,
        }
        yield record.row("organization", owner, values)
        if "SERVICE" not in _kinds(record.element):
            yield from phones(record, owner, "organization_id")

    def _service(self, record: Field, id_: str, owner: str, active: bool) -> Iterator[Item]:
        name, name_fr = names(record, "SERVICE_NAME_LEVEL_1", "SERVICE_NAME_LEVEL_2")
        if name is None:
            levels = ("ORG_LEVEL_2", "ORG_LEVEL_3", "ORG_LEVEL_4", "ORG_LEVEL_5")
            name, name_fr = names(record, *levels)
            if name is None:
                name, name_fr = names(record, "ORG_LEVEL_1")
        if name is None:
            yield Refusal(record.file, record.line, "The record has no name.", "SERVICE_NAME_LEVEL_1", id=record.number)
            return
        spoken, interpretation, interpretation_fr = languages(record, id_)
        eligibility = record.child("ELIGIBILITY") or Element("", {})
        values = {
            "organization_id": owner,
            "name": name,
            "name_fr": name_fr,
            "status": "active" if active else "inactive",
        }
        for column, (text, text_fr) in {
            "description": record.pair("DESCRIPTION"),
            "application_process": record.pair("APPLICATION"),
            "fees_description": record.checklist("FEES"),
            "eligibility_description": record.both(eligibility, "N"),
            "url": record.pair("WWW_ADDRESS", line=True),
        }.items():
            values |= {column: text, f"{column}_fr": text_fr}
        more = {
            "alternate_name": _alternate(record),
            "email": record.pair("E_MAIL", line=True)[0],
            "minimum_age": plain_line(eligibility.get("MIN_AGE")) or None,
            "maximum_age": plain_line(eligibility.get("MAX_AGE")) or None,
            "interpretation_services": interpretation,
            "interpretation_services_fr": interpretation_fr,
            "assured_date": record.pair("UPDATE_DATE", line=True)[0],
            "last_modified": record.pair("MODIFIED_DATE", line=True)[0],
            "external_id": record.number,
        }
        yield record.row("service", id_, values | more)
        yield from phones(record, id_, "service_id")
        for table, field_name, column in (
            ("schedule", "HOURS", "description"),
            ("required_document", "DOCUMENTS_REQUIRED", "document"),
        ):
            text, text_fr = record.pair(field_name)
            if text:
                row = {"service_id": id_, column: text, f"{column}_fr": text_fr}
                yield record.row(table, f"{id_}/{field_name.lower()}", row)
        yield from spoken
        yield from terms(record, id_, self._terms)
        yield from areas(record, id_)

    def _given_here(self, record: Field, site_id: str) -> Iterator[Item]:
        for number in dict.fromkeys(_services_at(record.element)):
            if number not in self._known:
                reason = f"The service {number[:LONGEST_NUMBER]}, which is given here, is not in the file."
                yield Refusal(record.file, record.line, reason, "LOCATION_SERVICES", id=record.number)
                continue
            values = {"service_id": f"service-{number}", "location_id": site_id}
            yield record.row("service_at_location", f"{site_id}/{number}", values)


def _kinds(element: Element) -> frozenset[str]:
    """What a record is; one that does not say is all of it: so were all records before 2014."""
    listed = element.child("ORG_LOCATION_SERVICE")
    kinds = frozenset(one.get("V") for one in listed.all("CD")) if listed is not None else frozenset[str]()
    return (kinds & _KINDS) or (_KINDS if not kinds else frozenset(["SERVICE"]))


def _services_at(element: Element) -> list[str]:
    listed = element.child("LOCATION_SERVICES")
    return [plain_line(one.get("V")) for one in listed.all("SERVICE_NUM")] if listed is not None else []


def _profiles(element: Element) -> dict[str, frozenset[str]]:
    return {
        plain_line(profile.get("V") or profile.get("VF")): frozenset(one.get("V") for one in profile.all("FLD"))
        for profile in element.all("PR")
    }


def _reason(element: Element, number: str, seen: set[str]) -> str | None:
    """Why a record cannot be taken."""
    if not number or len(number) > LONGEST_NUMBER:
        return "The record has no number (NUM), or one that is too long."
    return "The number (NUM) is there a second time; the first record counts." if number in seen else None


def _withheld(element: Element, attribute: str, today: str) -> bool:
    """Whether a record is not public, or deleted, in one language."""
    public, deleted = element.child("NON_PUBLIC"), element.child("DELETION_DATE")
    gone = plain_line(deleted.get(attribute))[:10] if deleted is not None else ""
    return (public is not None and public.get(attribute) == "1") or bool(gone and gone <= today)


def _alternate(record: Field) -> str | None:
    listed = record.child("ALT_ORG")
    found = (plain_line(one.get("V")) for one in listed.all("NM")) if listed is not None else iter(())
    return "; ".join(dict.fromkeys(name for name in found if name)) or None

"""What search hands out: one service at one place, with all that a person wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from directory_client.geo import distance_km
from directory_client.hours import Hours, hours
from directory_client.phones import dialled, kind_of, shown
from directory_client.records import Record

STALE_AFTER = timedelta(days=365)
LOCAL_WITHIN_KM = 100.0


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to call or to write to.

    `number` is dialled (E.164, or a short code as it is), `display` is shown; `kind` is "voice", "text" or
    "tty". For a text number that wants a word, `note` is that word ("CONNECT"), `note_fr` the French one.
    """

    number: str
    display: str
    kind: str
    extension: str | None = None
    note: str | None = None
    note_fr: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One service at one place. Texts in French are None where the record has none.

    `scope` is "local" (a place to go to), "area" (serves the region of the point), "province" or "national".
    `distance_km` is None without a point, without a place, and always for a confidential address.
    `text_line` is the first number that takes text messages. `free` is None when the record does not say.
    `approximate` says that `lat`, `lon` and the distance are those of the middle of its town or postal area.
    `stale` is True when nobody confirmed the record in the last twelve months, or ever.
    """

    id: str
    name: str
    name_fr: str | None
    organization: str
    description: str
    description_fr: str | None
    scope: str
    distance_km: float | None
    phones: tuple[Phone, ...]
    text_line: str | None
    address: str | None
    city: str | None
    url: str | None
    email: str | None
    hours: Hours
    fees: str | None
    free: bool | None
    eligibility: str | None
    languages: tuple[str, ...]
    languages_note: str | None
    interpretation: bool
    accessibility: tuple[str, ...]
    assured_date: date | None
    stale: bool
    sample: bool
    needs: tuple[str, ...]
    source: str | None
    grade: str | None = None
    organization_fr: str | None = None
    postal_code: str | None = None
    lat: float | None = None
    lon: float | None = None
    url_fr: str | None = None
    fees_fr: str | None = None
    eligibility_fr: str | None = None
    languages_note_fr: str | None = None
    application: str | None = None
    application_fr: str | None = None
    accessibility_fr: tuple[str, ...] = ()
    alert: str | None = None
    alert_fr: str | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    confidential: bool = False
    approximate: bool = False


def is_stale(assured: date | None, today: date) -> bool:
    """Whether a record was last confirmed more than twelve months ago, or nobody knows when."""
    return assured is None or today - assured > STALE_AFTER


def listing_of(
    record: Record,
    *,
    at: datetime,
    today: date,
    point: tuple[float, float] | None = None,
    scope: str | None = None,
) -> Listing:
    """A listing from a record.

    `at` (aware) is the moment that the hours are told for, `today` the local date that staleness counts from,
    `point` (latitude, longitude) the place of the person, `scope` what search made of it.
    """
    service, site, place = record.service, record.site, record.place
    hidden = place is not None and place.confidential
    located = place is not None and place.latitude is not None and place.longitude is not None and not hidden
    lat, lon = (place.latitude, place.longitude) if place is not None and located else (None, None)
    away = distance_km(*point, lat, lon) if point and lat is not None and lon is not None else None
    phones = tuple(
        Phone(
            number=dialled(phone.number),
            display=shown(phone.number),
            kind=kind,
            extension=phone.extension,
            note=phone.description,
            note_fr=phone.description_fr,
        )
        for phone in record.phones
        if (kind := kind_of(phone.type))
    )
    return Listing(
        id=site.id,
        name=service.name,
        name_fr=service.name_fr,
        organization=service.organization_name,
        organization_fr=service.organization_name_fr,
        description=service.description or "",
        description_fr=service.description_fr,
        scope=scope or _scope(service.reach, place is not None, away),
        distance_km=None if away is None else round(away, 2),
        phones=phones,
        text_line=next((phone.display for phone in phones if phone.kind == "text"), None),
        address=place.street if place and not hidden else None,
        city=place.city if place else None,
        postal_code=place.postal_code if place and not hidden else None,
        lat=lat,
        lon=lon,
        url=service.url or service.website,
        url_fr=service.url_fr or service.website_fr,
        email=service.email,
        hours=hours(record.timetable, at),
        fees=service.fees_description or record.prices,
        fees_fr=service.fees_description_fr,
        free=service.free,
        eligibility=service.eligibility_description,
        eligibility_fr=service.eligibility_description_fr,
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        application=service.application_process,
        application_fr=service.application_process_fr,
        languages=tuple(service.languages.split()),
        languages_note=service.interpretation_services,
        languages_note_fr=service.interpretation_services_fr,
        interpretation=bool(service.interpretation_services),
        accessibility=tuple(english for english, _ in record.accessibility),
        accessibility_fr=tuple(french for _, french in record.accessibility if french),
        alert=service.alert,
        alert_fr=service.alert_fr,
        assured_date=service.assured_date,
        stale=is_stale(service.assured_date, today),
        sample=service.sample,
        needs=record.needs,
        source=service.source,
        grade=service.grade,
        confidential=hidden,
        approximate=bool(place and place.approximate),
    )


def _scope(reach: str, has_place: bool, away: float | None) -> str:
    """The scope of a listing that was asked for by its id."""
    if has_place and (reach == "local" or away is None or away <= LOCAL_WITHIN_KM):
        return "local"
    return reach

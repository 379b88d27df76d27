"""Makes the records of the sample directory: invented services that say so by name, the same every time.

Telephone numbers are 555-0100 to 555-0199, which are kept free for fiction, and streets are "Sample Street".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from math import cos, pi, radians, sin
from typing import Any
from zlib import crc32

from directory_client.geo import KM_PER_DEGREE, circle
from directory_client.models import (
    Accessibility,
    Address,
    Base,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from directory_client.rules import week
from directory_client.sample_data import (
    ACCESS,
    APPLY,
    AREA_NAMES,
    CITIZENS_ONLY_NEEDS,
    COMMON_NEEDS,
    CONFIDENTIAL_NEEDS,
    COURSES,
    FEES,
    HOURS,
    INTERPRETERS,
    PLAIN,
    PROVINCIAL_NEEDS,
    REGIONAL_NEEDS,
    VARIANTS,
    WHO,
    Bilingual,
    Course,
    SampleKind,
    SamplePlace,
    SampleRegion,
    Variant,
    kinds,
    places,
    regions,
)

PREFIX = "sample-"
SOURCE = "sample directory, edition 1"
TOWN_RADIUS_KM = {"large": 25.0, "medium": 20.0, "small": 40.0}
SPREAD_KM = {"large": 6.0, "medium": 3.0, "small": 1.5}

Rows = dict[type[Base], list[dict[str, Any]]]


def sample_records(today: date) -> Rows:
    """All rows by table, parents before children; dates of confirmation count back from `today`."""
    rows = _Rows(today)
    for place in places():
        for kind in kinds():
            rows.local(place, kind, PLAIN)
            if place.size == "large" and kind.need in COMMON_NEEDS:
                for variant in VARIANTS:
                    rows.local(place, kind, variant)
    by_need = {kind.need: kind for kind in kinds()}
    for place in places():
        for course in COURSES:
            if place.size in course.sizes and (course.spoken != ("fr",) or "fr" in place.languages):
                rows.course(place, by_need[course.need], course)
    for region in regions():
        for need in REGIONAL_NEEDS:
            rows.regional(region, by_need[need])
    for need in PROVINCIAL_NEEDS:
        rows.provincial(by_need[need])
    return {table: rows.by_table[table] for table in _ORDER}


_ORDER: tuple[type[Base], ...] = (
    Organization,
    Service,
    Location,
    ServiceAtLocation,
    Address,
    Accessibility,
    Phone,
    Schedule,
    Language,
    ServiceArea,
    ServiceNeed,
)


class _Rows:
    """Collects rows; every choice hangs on the id alone, so that a record never changes between runs."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.by_table: Rows = defaultdict(list)
        self._organizations: set[str] = set()

    def local(self, place: SamplePlace, kind: SampleKind, variant: Variant) -> None:
        """A service in a town, at one address or, for counselling in a large town, at two."""
        id_ = PREFIX + "-".join(part for part in (place.slug, kind.need.replace(".", "-"), variant.slug) if part)
        chance = crc32(id_.encode())
        organization = self._organization(kind, place.slug, variant.slug, (place.name, place.name_fr))
        self._service(
            id_,
            organization,
            kind,
            name=f"Sample {variant.name}{kind.name} of {place.name} (not a real service)",
            name_fr=f"{kind.name_fr} exemple{variant.name_fr} – {place.name_fr} (service fictif)",
        )
        two = kind.need == "mental.counselling" and place.size == "large" and variant is PLAIN
        for door in range(2 if two else 1):
            self._place(f"{id_}-{door + 1}", id_, organization, kind, place)
        self._phones(id_, place.area_code, kind)
        self._hours(id_, variant.hours or _choose(HOURS[kind.hours], chance >> 3))
        self._languages(id_, place.languages, chance)
        if kind.need in CITIZENS_ONLY_NEEDS:
            around = circle(place.lat, place.lon, TOWN_RADIUS_KM[place.size])
            self._area(id_, "area", (f"{place.name} and area", f"{place.name_fr} et environs"), around)

    def course(self, place: SamplePlace, kind: SampleKind, course: Course) -> None:
        """A place to learn for people of one language or culture, or over the network."""
        id_ = f"{PREFIX}{place.slug}-{kind.need.replace('.', '-')}-{course.slug}"
        organization = self._organization(kind, place.slug, course.slug, (place.name, place.name_fr))
        self._service(
            id_,
            organization,
            replace(kind, description=course.description, description_fr=course.description_fr),
            name=f"Sample {course.name} of {place.name} (not a real service)",
            name_fr=f"{course.name_fr} exemple – {place.name_fr} (service fictif)",
            today=True,
        )
        self._place(f"{id_}-1", id_, organization, kind, place)
        self._phones(id_, place.area_code, kind)
        self._hours(id_, course.hours)
        self.by_table[Language] += [{"id": f"{id_}-{code}", "service_id": id_, "code": code} for code in course.spoken]

    def regional(self, region: SampleRegion, kind: SampleKind) -> None:
        """A service for a whole region, by phone, or from an office in the case of legal help."""
        id_ = f"{PREFIX}{region.slug}-{kind.need.replace('.', '-')}"
        names = (region.name, region.name_fr)
        organization = self._organization(kind, region.slug, "", names)
        self._service(
            id_,
            organization,
            kind,
            name=f"Sample {kind.name} for {region.name} (not a real service)",
            name_fr=f"{kind.name_fr} exemple – {region.name_fr} (service fictif)",
        )
        if kind.need == "legal.aid":
            office = SamplePlace(*names, region.lat, region.lon, region.area_code, "small", (), None)
            self._place(f"{id_}-1", id_, organization, kind, office)
        self._phones(id_, region.area_code, kind)
        self._hours(id_, _choose(HOURS["office"], crc32(id_.encode())))
        self._languages(id_, ("fr",), 0)
        self._area(id_, "area", names, circle(region.lat, region.lon, region.radius_km))

    def provincial(self, kind: SampleKind) -> None:
        """A phone service for everybody in Ontario."""
        id_ = f"{PREFIX}ontario-{kind.need.replace('.', '-')}"
        organization = self._organization(kind, "ontario", "", ("Ontario", "Ontario"))
        self._service(
            id_,
            organization,
            kind,
            name=f"Sample Ontario {kind.name} Line (not a real service)",
            name_fr=f"Ligne exemple de l'Ontario – {kind.name_fr} (service fictif)",
        )
        self._phones(id_, "416", kind)
        self._hours(id_, "MO-FR 08:00-20:00")
        self._languages(id_, ("fr",), 0)
        self._area(id_, "province", ("Ontario", "Ontario"), None)

    def _organization(self, kind: SampleKind, place: str, variant: str, names: Bilingual) -> str:
        area = kind.need.partition(".")[0]
        id_ = PREFIX + "-".join(part for part in (place, area, variant) if part)
        if id_ not in self._organizations:
            self._organizations.add(id_)
            english, french = AREA_NAMES[area]
            self.by_table[Organization].append(
                {
                    "id": id_,
                    "name": f"Sample {english} Network of {names[0]} (not a real organization)",
                    "name_fr": f"Réseau exemple, {french} – {names[1]} (organisme fictif)",
                    "sample": True,
                    "source": SOURCE,
                }
            )
        return id_

    def _service(
        self, id_: str, organization: str, kind: SampleKind, *, name: str, name_fr: str, today: bool = False
    ) -> None:
        chance = crc32(id_.encode())
        free, fees = FEES[kind.fees]
        who, youngest, oldest = WHO.get(kind.who, ((None, None), None, None))
        apply = _choose(APPLY, chance >> 5)
        interpreters = INTERPRETERS if chance % 5 == 0 else (None, None)
        # One in thirteen has not been confirmed for more than a year, as in life.
        age = 400 + chance % 500 if chance % 13 == 0 and not today else chance % 300
        self.by_table[Service].append(
            {
                "id": id_,
                "organization_id": organization,
                "name": name,
                "name_fr": name_fr,
                "description": kind.description,
                "description_fr": kind.description_fr,
                "url": f"https://example.org/{id_}" if chance % 3 == 0 else None,
                "fees_description": fees[0],
                "fees_description_fr": fees[1],
                "free": free,
                "eligibility_description": who[0],
                "eligibility_description_fr": who[1],
                "minimum_age": youngest,
                "maximum_age": oldest,
                "application_process": apply[0],
                "application_process_fr": apply[1],
                "interpretation_services": interpreters[0],
                "interpretation_services_fr": interpreters[1],
                "assured_date": self.today - timedelta(days=age),
                "source": SOURCE,
                "sample": True,
            }
        )
        self.by_table[ServiceNeed] += [
            {"service_id": id_, "need": need, "position": position}
            for position, need in enumerate((kind.need, *kind.also))
        ]

    def _place(self, id_: str, service: str, organization: str, kind: SampleKind, place: SamplePlace) -> None:
        chance = crc32(id_.encode())
        away, angle = SPREAD_KM[place.size] * (chance % 100) / 100, 2 * pi * (chance // 100 % 360) / 360
        number = 100 + chance % 900
        self.by_table[Location].append(
            {
                "id": id_,
                "organization_id": organization,
                "latitude": round(place.lat + away * cos(angle) / KM_PER_DEGREE, 5),
                "longitude": round(place.lon + away * sin(angle) / (KM_PER_DEGREE * cos(radians(place.lat))), 5),
                "timezone": place.timezone,
                "confidential": kind.need in CONFIDENTIAL_NEEDS,
                "sample": True,
            }
        )
        self.by_table[ServiceAtLocation].append({"id": id_, "service_id": service, "location_id": id_})
        self.by_table[Address].append(
            {
                "id": id_,
                "location_id": id_,
                "address_1": f"{number} Sample Street",
                "address_1_fr": f"{number}, rue Exemple",
                "city": place.name,
            }
        )
        self.by_table[Accessibility] += [
            {"id": f"{id_}-{nth}", "location_id": id_, "description": english, "description_fr": french}
            for nth, (english, french) in enumerate(_choose(ACCESS, chance >> 7))
        ]

    def _phones(self, id_: str, area_code: str, kind: SampleKind) -> None:
        chance = crc32(id_.encode())
        types = ("voice", "text") if kind.need in ("youth.services", "student.support") else ("voice",)
        self.by_table[Phone] += [
            {
                "id": f"{id_}-{type_}",
                "service_id": id_,
                "number": f"+1{area_code}55501{(chance + position) % 100:02d}",
                "type": type_,
                "extension": str(100 + chance % 100) if chance % 11 == 0 and type_ == "voice" else None,
                "position": position,
            }
            for position, type_ in enumerate(types)
        ]

    def _hours(self, id_: str, spec: str) -> None:
        monthly = spec[0].isdigit() and spec != "24/7"
        rules = [_monthly(spec)] if monthly else week(spec)
        self.by_table[Schedule] += [{"id": f"{id_}-{nth}", "service_id": id_, **rule} for nth, rule in enumerate(rules)]

    def _languages(self, id_: str, spoken: tuple[str, ...], chance: int) -> None:
        # English everywhere; of the others every place speaks about half, turn by turn.
        chosen = ["en", *(code for nth, code in enumerate(spoken) if (chance >> nth) % 2 == 0)]
        self.by_table[Language] += [{"id": f"{id_}-{code}", "service_id": id_, "code": code} for code in chosen]

    def _area(self, id_: str, reach: str, names: Bilingual, extent: str | None) -> None:
        self.by_table[ServiceArea].append(
            {
                "id": id_,
                "service_id": id_,
                "name": names[0],
                "name_fr": names[1],
                "reach": reach,
                "extent": extent,
                "extent_type": "geojson" if extent else None,
            }
        )


def _choose[T](choices: tuple[T, ...], chance: int) -> T:
    return choices[chance % len(choices)]


def _monthly(spec: str) -> dict[str, str | None]:
    days, _, times = spec.partition(" ")
    opens, _, closes = times.partition("-")
    return {"freq": "MONTHLY", "byday": days, "opens_at": opens, "closes_at": closes, "on_holidays": None}

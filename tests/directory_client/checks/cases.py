"""For each check of single records: some that it must find, and some next to them that it must leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from directory_client.checks.facts import (
    Facts,
    Hours,
    Number,
    OrganizationFacts,
    PlaceFacts,
    Region,
    ServiceFacts,
    TermFacts,
)

TODAY = date(2026, 11, 22)
TORONTO = (43.6532, -79.3832)


@dataclass(frozen=True, slots=True)
class Cases:
    """Records with what is said of them, and records of which nothing is said."""

    found: tuple[tuple[Facts, str], ...]
    passed: tuple[Facts, ...]


def number(text: str, type_: str | None = "voice", description: str | None = None) -> Number:
    return Number("p", text, type_, description)


def at(lat: float | None, lon: float | None, **more: object) -> PlaceFacts:
    return PlaceFacts("l", "A place", latitude=lat, longitude=lon, **{"city": "Toronto", **more})  # type: ignore[arg-type]


def service(**fields: object) -> ServiceFacts:
    return ServiceFacts("s", **fields)  # type: ignore[arg-type]


def hours(opens: str | None, closes: str | None, text: str | None = None) -> ServiceFacts:
    return service(hours=(Hours(opens, closes, text),))


def secret(text: str) -> PlaceFacts:
    return PlaceFacts("l", confidential=True, street="77 Hidden Lane", told={"description": text})


CASES: Mapping[str, Cases] = {
    "secret-street": Cases(
        (
            (secret("Come to 77 Hidden Lane."), "a street"),
            (secret("Come to 77 HIDDEN LN, at the back: 77 Hidden-Lane"), "a street"),
            (secret("Behind the church, 12 King Street West"), "a street"),
            (secret("Au 12, rue Principale"), "a street"),
        ),
        (
            secret("A house for women and their children. 12 beds, open day and night; 24 families on the way."),
            PlaceFacts("l", street="77 Hidden Lane", told={"description": "Come to 77 Hidden Lane."}),
        ),
    ),
    "for-professionals": Cases(
        (
            (service(name="Psychiatry advice line for physicians"), "professionals"),
            (service(description="This number is for health-care providers only."), "professionals"),
            (service(description_fr="Ligne réservée aux médecins."), "professionals"),
            (service(description="Referral by doctor line: call to refer a patient."), "professionals"),
            (service(description_fr="Service à l’intention des professionnels de la santé"), "professionals"),
            (number("416-555-0101", description="Physicians only"), "number for professionals"),
            (number("416-555-0101", description="Ne pas donner au public"), "number for professionals"),
        ),
        (
            service(description="A doctor's referral is required. Talk to your physician."),
            service(description="Finds family doctors for people without one."),
            service(name="Health care providers of Ajax", description="A clinic for everybody."),
            service(description_fr="Il faut une recommandation d'un médecin."),
            number("416-555-0101", description="Main line"),
        ),
    ),
    "unreachable": Cases(
        ((service(), "no number"), (service(url=" ", email=""), "no number")),
        (
            service(phones=("voice",)), service(has_address=True), service(website="https://example.org"),
            service(email="a@example.org"), service(phones=("fax",)),
        ),
    ),
    "undialable": Cases(
        (
            (number("see website"), "no digit"),
            (number("CALL-A-NURSE"), "no digit"),
            (number("416-555-0101 / 416-555-0102"), "two numbers"),
            (number("416-555-0101/0102"), "two numbers"),
            (number("211; 1-877-555-0101"), "two numbers"),
            (number("416-555-0101 ext. 12"), "extension"),
            (number("416-555-0101 x12"), "extension"),
            (number("416 555-0101 poste 12"), "extension"),
            (number("Toll free 1-800-555-0101"), "words"),
            (number("555-0101"), "no area code"),
            (number("4567"), "too short"),
            (number("123"), "too short"),
            (number("011 44 20 7946 0000"), "another country"),
            (number("44 20 7946 0000 11"), "too many digits"),
            (number("+1 123 555 0101"), "not in use"),
            (number("016-555-0101"), "not in use"),
            (number("+999 1234"), "no number of any country"),
            (number("12345", "tty"), "too short"),
        ),
        (
            number("416-555-0101"), number("(416) 555-0101"), number("1 416.555.0101"), number("+14165550101", None),
            number("1-800-268-HELP"), number("1-866-LAMPOST"), number("211"), number("9-8-8"), number("911"),
            number("686868", "text"), number("see website", "fax"), number("+44 20 7946 0000"),
        ),
    ),
    "text-as-voice": Cases(
        (
            (number("686868"), "short code"),
            (number("45645", None), "short code"),
            (number("416-555-0101", "voice", "Text messages only"), "text messages"),
            (number("416-555-0101", "voice", "SMS"), "text messages"),
            (Number("p", "416-555-0101", "voice", None, "Par texto seulement"), "text messages"),
        ),
        (
            number("686868", "text"), number("416-555-0101", "voice", "Call or text"),
            number("416-555-0101", "voice", "Textile bank"), number("416-555-0101", "tty", "TTY for texts"),
            Number("p", "416-555-0101", "voice", None, "Appels et textos"),
        ),
    ),
    "fax-only": Cases(
        ((service(phones=("fax",)), "fax"), (service(phones=("Fax", "fax")), "2 of a kind")),
        (service(phones=("fax", "voice")), service(phones=()), service(phones=(None,)), service(phones=("tty",))),
    ),
    "wrong-coordinates": Cases(
        (
            (at(43.6532, 79.3832), "sign of the longitude is lost; 43.6532, -79.3832 would fit"),
            (at(-79.3832, 43.6532), "swapped; 43.6532, -79.3832 would fit"),
            (at(79.3832, 43.6532), "swapped and a sign is lost; 43.6532, -79.3832 would fit"),
            (at(-43.6532, -79.3832), "sign of the latitude is wrong"),
            (at(49.78, -92.84), "km from Toronto"),
            (at(49.78, -92.84, city="", postal_code="M5V 2T6"), "km from M5V"),
            (at(52.29, 81.64, city="Kashechewan", postal_code="P0L 1S0"), "sign of the longitude is lost"),
            (at(19.4, -99.1), "outside Canada"),
            (at(45.5, -73.57), "outside Ontario"),
            (at(43.6532, 79.3832, confidential=True), "43.7, -79.4 would fit"),
        ),
        (
            at(*TORONTO), at(43.85, -79.03), at(45.5, -73.57, city="Montréal", province="QC"),
            at(42.33, -83.05, city="Detroit", province="MI", country="US"), at(None, None), at(0, 0),
            at(52.29, -81.64, city="Kashechewan", postal_code="P0L 1S0"),
        ),
    ),
    "no-coordinates": Cases(
        ((at(None, None), "missing"), (at(None, -79.0), "missing"), (at(0, 0), "0, 0")), (at(*TORONTO),)
    ),
    "not-confirmed": Cases(
        (
            (service(assured_date=None), "missing"),
            (service(assured_date=date(2025, 11, 21)), "12 months ago"),
            (service(assured_date=date(2019, 1, 1)), "7 years ago"),
            (service(assured_date=date(2026, 11, 23)), "in the future"),
        ),
        (service(assured_date=date(2025, 11, 22)), service(assured_date=TODAY)),
    ),
    "odd-hours": Cases(
        (
            (hours("09:00", "05:00"), "in the morning"),
            (hours("09:00", "09:00"), "same minute"),
            (hours("9 am", "17:00"), "no time"),
            (hours("09:00", None), "missing"),
            (hours("14:00", "13:30"), "more than 18 hours"),
        ),
        (
            hours("09:00", "17:00"), hours("17:00", "08:30"), hours("22:00", "06:00"), hours("00:00", "00:00"),
            hours("10:00", "00:00"), hours("09:00:00", "17:00:00Z"), hours(None, None, "By appointment"),
        ),
    ),
    "hours-unread": Cases(
        ((hours(None, None, "Call for hours"), "a text of 14"),),
        (
            service(hours=(Hours(None, None, "Mon-Fri 9-5"), Hours("09:00", "17:00"))), service(),
            hours("09:00", "17:00"),
        ),
    ),
    "no-need": Cases(((service(), "none"),), (service(needs=1),)),
    "unknown-area": Cases(
        (
            (service(areas=(Region("Planning zone 7b"),)), "Planning zone 7b"),
            (service(areas=(Region("Ajax"), Region(None))), "without a name"),
            (service(areas=(Region("Ajax, Pickering and Uxbridge"),)), "Ajax, Pickering"),
        ),
        (
            service(areas=(Region("Ajax"), Region("Durham Region"), Region("Ontario"), Region("Canada-wide"))),
            service(areas=(Region("anything", None, "province"),)), service(),
        ),
    ),
    "no-french": Cases(
        (
            (service(description="Food"), "no French"),
            (service(description="Food", name_fr="Pain"), "no French"),
            (service(description="Food", description_fr="De quoi manger", name_fr=" "), "no French"),
        ),
        (
            service(description="Food", description_fr="De quoi manger", name_fr="Pain"), service(name_fr="Pain"),
            service(description="For physicians only"),
        ),
    ),
    "malformed-address": Cases(
        (
            (service(email="info at example.org"), "no @"),
            (service(email="a@example.org; b@example.org"), "several"),
            (service(email="mail a@example.org"), "blanks"),
            (service(email="a@example"), "no address"),
            (service(url="www.example.org www.example.com"), "blanks"),
            (service(url="javascript:alert(1)"), "neither http"),
            (service(url="ftp://example.org"), "neither http"),
            (service(url="localhost"), "no address"),
            (service(url="a@example.org"), "an e-mail"),
            (service(url="http://[::1"), "no address"),
            (OrganizationFacts("o", website="see above"), "blanks"),
        ),
        (
            service(email="info@example.org", url="https://example.org/été?x=1", url_fr="www.example.org"),
            OrganizationFacts("o", website="example.org", email="o'neil+help@mail.example.org"), service(email=""),
        ),
    ),
    "html": Cases(
        (
            (service(description="<p>Food</p>"), "2 tags"),
            (service(description="Bread &amp; butter"), "1 tags"),
            (service(eligibility_fr="Gens d&#39;ici"), "1 tags"),
            (OrganizationFacts("o", name="A&nbsp;B"), "1 tags"),
            (PlaceFacts("l", "Main<br/>office"), "1 tags"),
        ),
        (
            service(description="Income < 20,000 > nothing. <info@example.org>, R&D; a<b"),
            PlaceFacts("l", "<p>77 Hidden Lane", confidential=True),
        ),
    ),
    "capitals": Cases(
        (
            (service(name="FOOD BANK OF AJAX"), "capitals"),
            (OrganizationFacts("o", name_fr="BANQUE ALIMENTAIRE"), "capitals"),
            (PlaceFacts("l", "MAIN STREET OFFICE"), "capitals"),
        ),
        (
            service(name="YMCA of Ajax"), service(name="CAMH"), service(name="CMHA YRSS"),
            service(name="食物銀行 東區中心"),
        ),
    ),
    "unnamed-term": Cases(
        (
            (TermFacts("t", "BD-1800.2000", "BD-1800.2000"), "without a name"),
            (TermFacts("t", " ", "BD-1800"), "without a name"),
            (TermFacts("t", "BD-1800.2000-640", None), "where the name"),
        ),
        (TermFacts("t", "Food Pantries", "BD-1800.2000"), TermFacts("t", "Section 8", None), TermFacts("t", "YMCA")),
    ),
}  # fmt: skip

"""A listing as a person sees it: name, what it gives, distance, hours, phone, address, fee, languages, date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

from bot.clock import TORONTO
from bot.language.catalogue import Catalogue
from bot.language.translation import NoTranslator, Translator
from directory_client.listings import Listing, Phone

LOCALES = {
    "en": "en_CA",
    "fr": "fr_CA",
    "zh": "zh_Hans_CN",
    "yue": "yue_Hant_HK",
    "pa": "pa_Guru_IN",
    "tl": "fil_PH",
}
"""Where the plain code is not the best locale for dates and names of languages."""

_TIMES = {"pa": "HH:mm", "ko": "aaaa h:mm"}
"""Where Babel's short form is not what people write: Punjabi in abbreviations that few read, Korean "PM 2:30"."""


def locale_for(language: str) -> Locale:
    """Babel's locale for a language of the product, English where Babel has none."""
    try:
        return Locale.parse(LOCALES.get(language, language))
    except ValueError:
        return Locale.parse("en_CA")


@dataclass(frozen=True, slots=True)
class Card:
    """A listing in words. `text` is all of it; the fields are for channels that can lay it out."""

    id: str
    name: str
    text: str
    summary: str | None
    summary_label: str | None
    distance: str | None
    open: str | None
    open_state: str
    phones: tuple[dict[str, str], ...]
    address: str | None
    fee: str | None
    eligibility: str | None
    languages: str | None
    accessibility: str | None
    url: str | None
    verified: str | None
    stale: bool
    stale_note: str | None
    sample: bool
    sample_note: str | None
    scope: str | None
    language: str
    number: int | None = None

    def numbered(self, number: int) -> Card:
        return replace(self, number=number, text=f"{number}. {self.text}")

    def as_json(self) -> dict[str, Any]:
        """The fields for the web chat. Each stands with its own label, so `labels` has none to add."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "text"}
        labels = dict.fromkeys(("distance", "address", "fee", "eligibility", "languages", "verified"))
        return {**fields, "phones": list(self.phones), "labels": labels}


_LINES = {"voice": "phone", "text": "text", "tty": "tty"}
_VERBS = {"voice": "verb_call", "text": "verb_text", "tty": "verb_tty"}


class Cards:
    """Makes cards in a language."""

    def __init__(self, catalogue: Catalogue, translator: Translator | None = None) -> None:
        self.catalogue = catalogue
        self.translator = translator or NoTranslator()

    def name(self, listing: Listing, language: str) -> str:
        return listing.name_fr if language == "fr" and listing.name_fr else listing.name

    def card(self, listing: Listing, language: str, now: datetime, *, detail: bool) -> Card:
        """The card of a listing at the time `now`; with `detail` all that is known, else what helps to choose."""
        say = self.catalogue.say
        summary, label = self._summary(listing, language)
        phones = tuple(self._phones(listing, language))
        state, hours = self._hours(listing, language, now)
        languages = self._languages(listing, language) if detail or listing.languages else None
        fee = say("listing_free", language) if listing.free else None
        french = language == "fr"
        fees = (listing.fees_fr if french else None) or listing.fees
        if not fee and fees:
            fee = say("listing_fee", language, fee=fees)
        eligibility = (listing.eligibility_fr if french else None) or listing.eligibility
        features = (listing.accessibility_fr if french else None) or listing.accessibility
        card = Card(
            id=listing.id,
            name=self.name(listing, language),
            text="",
            summary=summary,
            summary_label=label,
            distance=self._distance(listing, language),
            open=hours,
            open_state=state,
            phones=phones,
            address=say("listing_address", language, address=_address(listing)) if listing.address else None,
            fee=fee,
            eligibility=(
                say("listing_eligibility", language, eligibility=eligibility) if detail and eligibility else None
            ),
            languages=languages,
            accessibility=(
                say("listing_accessibility", language, features=", ".join(features)) if detail and features else None
            ),
            url=listing.url if detail else None,
            verified=(
                say("listing_verified", language, date=self.date(listing.assured_date, language))
                if listing.assured_date
                else None
            ),
            stale=listing.stale,
            stale_note=say("listing_stale", language) if listing.stale else None,
            sample=listing.sample,
            sample_note=say("listing_sample", language) if listing.sample else None,
            scope=(
                say(f"listing_scope_{listing.scope}", language)
                if listing.scope in ("area", "province", "national")
                else None
            ),
            language=language,
        )
        return replace(card, text=_plain(card, detail))

    def date(self, day: Any, language: str) -> str:
        return format_date(day, format="long", locale=locale_for(language))

    def _summary(self, listing: Listing, language: str) -> tuple[str | None, str | None]:
        """What the service gives, in the nearest language there is, and a line that says which."""
        if language == "fr" and listing.description_fr:
            return listing.description_fr, None
        if listing.description and language == "en":
            return listing.description, None
        if listing.description:
            made = self.translator.translate(listing.description, "en", language)
            label = "listing_shown_in_english" if made is None else "listing_machine_translated"
            return made or listing.description, self.catalogue.say(label, language)
        if listing.description_fr:
            return listing.description_fr, self.catalogue.say("listing_shown_in_french", language)
        return None, None

    def _distance(self, listing: Listing, language: str) -> str | None:
        # Measured from the middle of the town, a distance would send a person past the door.
        if listing.approximate or listing.distance_km is None or listing.scope in ("province", "national"):
            return None
        if listing.distance_km < 1:
            return self.catalogue.say("listing_distance_near", language)
        pattern = "0.0" if listing.distance_km < 10 else "0"
        km = format_decimal(listing.distance_km, format=pattern, locale=locale_for(language))
        return self.catalogue.say("listing_distance", language, km=km)

    def _phones(self, listing: Listing, language: str) -> list[dict[str, str]]:
        """Numbers with the verb of their button and their line of text."""
        return [self._phone(phone, language) for phone in listing.phones if phone.kind in _VERBS]

    def _phone(self, phone: Phone, language: str) -> dict[str, str]:
        say = self.catalogue.say
        display = phone.display + (f" #{phone.extension}" if phone.extension else "")
        word = phone.note_fr if language == "fr" and phone.note_fr else phone.note
        if phone.kind == "text" and word:
            line = say("listing_text_word", language, word=word, phone=display)
            href = f"sms:{phone.number}?&body={quote(word)}"
        else:
            line = say(f"listing_{_LINES[phone.kind]}", language, phone=display)
            href = f"{'sms' if phone.kind == 'text' else 'tel'}:{phone.number}"
            href += f",{phone.extension}" if phone.extension and phone.kind == "voice" else ""
        label = say(f"listing_{_VERBS[phone.kind]}", language)
        return {"display": display, "href": href, "label": label, "line": line, "kind": phone.kind}

    def _hours(self, listing: Listing, language: str, now: datetime) -> tuple[str, str]:
        say = self.catalogue.say
        hours = listing.hours
        if hours.always:
            return "open", say("listing_open_always", language)
        if hours.open_now and hours.closes_at:
            return "open", say("listing_open_until", language, time=self._time(hours.closes_at, language))
        if hours.open_now is False:
            if hours.next_opening is None:
                return "closed", say("listing_closed", language)
            opens = hours.next_opening.astimezone(TORONTO)
            time = self._time(opens, language)
            if opens.date() == now.astimezone(TORONTO).date():
                return "closed", say("listing_opens_today", language, time=time)
            day = format_skeleton("MMMMEEEEd", opens, locale=locale_for(language))
            return "closed", say("listing_opens_on", language, day=day, time=time)
        if hours.text:
            return "unknown", say("listing_hours_text", language, hours=hours.text)
        return "unknown", say("listing_hours_unknown", language)

    def _time(self, moment: datetime, language: str) -> str:
        form = _TIMES.get(language, "short")
        return format_time(moment.astimezone(TORONTO), format=form, locale=locale_for(language))

    def _languages(self, listing: Listing, language: str) -> str | None:
        locale = locale_for(language)
        names = [locale.languages.get(code, code) for code in listing.languages]
        parts = []
        if names:
            separator = "، " if language == "ar" else ("、" if language in ("zh", "yue") else ", ")
            parts.append(self.catalogue.say("listing_languages", language, languages=separator.join(names)))
        if listing.interpretation:
            parts.append(self.catalogue.say("listing_interpretation", language))
        return ". ".join(parts) or None


def _address(listing: Listing) -> str:
    """Street and town: in a list over several towns the street alone would mislead."""
    if listing.city and listing.address and listing.city.casefold() not in listing.address.casefold():
        return f"{listing.address}, {listing.city}"
    return listing.address or ""


def _plain(card: Card, detail: bool) -> str:
    """The card as lines of text: what SMS sends and what a screen reader without cards gets."""
    where = " · ".join(part for part in (card.distance, card.scope) if part)
    lines = [card.name]
    if card.sample_note:
        lines.append(card.sample_note)
    if where:
        lines.append(where)
    if card.summary:
        lines.append(f"{card.summary_label} {card.summary}" if card.summary_label else card.summary)
    lines += [part for part in (card.open,) if part]
    lines += [phone["line"] for phone in card.phones]
    lines += [
        part
        for part in (card.address, card.fee, card.eligibility, card.languages, card.accessibility, card.url)
        if part
    ]
    lines += [part for part in (card.verified, card.stale_note) if part]
    return "\n".join(lines)

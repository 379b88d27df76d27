"""What has come in: a carrier's form read into a plain record. Whatever stands in the form, this does not break.

Names of the fields as in Twilio's "request to your incoming message webhook URL". Where the carrier believes a number
to be (FromCity, FromZip, …) is not read at all: it says where the number was sold, not where somebody is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.sms.autoreplies import automatic
from bot.sms.places import Point, linked, shared
from bot.sms.reactions import reaction
from bot.sms.splitting import maybe_split

Kind = Literal["text", "media", "contact", "place", "reaction", "auto", "empty"]
Channel = Literal["sms", "whatsapp", "messenger"]

LONGEST = 5_000
"""Characters of a text that are kept: more than any carrier delivers (SMS 1,600, WhatsApp 4,096)."""
_MOST_MEDIA = 20
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ADDRESS = re.compile(r"(?:(?P<channel>[a-z]{1,12}):)?(?P<rest>[\w.@+-]{1,64})", re.ASCII)
_CHANNELS: Mapping[str | None, Channel] = {None: "sms", "rcs": "sms", "whatsapp": "whatsapp", "messenger": "messenger"}
_VCARDS = frozenset(("text/vcard", "text/x-vcard", "text/directory"))
_VLOCATIONS = frozenset(("text/x-vlocation",))
# The description of how an MMS is laid out; no content of its own.
_LAYOUT = frozenset(("application/smil", "application/smil+xml"))
_KEPT = frozenset("\n\t")


class NotATextMessage(ValueError):
    """The form is no text message: its id, sender or receiver is missing or malformed. Says which."""


@dataclass(frozen=True, slots=True)
class Texted:
    """A message as it came.

    kind: "text" wherever there are words of a person, also beside pictures or a place; the other kinds have none.
        "reaction" and "auto" are guesses from the words: ask `bot.sms.robots.needs_answer` before being silent.
    point: a place that the person shares (latitude, longitude); "place" without a point is an attachment.
    opt_out_type: "STOP", "START" or "HELP" when the carrier has acted on a keyword, else None.
    maybe_split: the handset may have cut the text and the rest may follow.
    quote: what a reaction quotes; None for a reaction to a picture and for everything else.
    """

    sid: str
    to: str
    from_: str
    body: str
    kind: Kind
    media: tuple[str, ...] = ()
    point: Point | None = None
    opt_out_type: str | None = None
    maybe_split: bool = False
    channel: Channel = "sms"
    quote: str | None = None


def read(form: Mapping[str, str]) -> Texted:
    """Reads a webhook's form; names that it does not know mean nothing.

    Raises:
        NotATextMessage: without a usable MessageSid, From and To.
    """
    sid = _required(form, ("MessageSid", "SmsMessageSid", "SmsSid"), _SID)
    from_ = _required(form, ("From",), _ADDRESS)
    to = _required(form, ("To",), _ADDRESS)
    body = cleaned(form.get("Body", "") or form.get("ButtonText", ""))
    media = _media(form)
    kind, point, quote = _kind(form, body, media)
    return Texted(
        sid=sid,
        to=to,
        from_=from_,
        body=body,
        kind=kind,
        media=media,
        point=point,
        opt_out_type=_opt_out_type(form.get("OptOutType", "")),
        maybe_split=kind == "text" and not media and maybe_split(body),
        channel=_channel(from_),
        quote=quote,
    )


def cleaned(text: str) -> str:
    """A text that can be stored: no NUL and other control characters, no halves of characters, not endless."""
    kept = (char for char in text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in kept if char in _KEPT or unicodedata.category(char) not in ("Cc", "Cs"))


def _kind(form: Mapping[str, str], body: str, media: tuple[str, ...]) -> tuple[Kind, Point | None, str | None]:
    words, point = body.strip(), shared(form)
    if "BEGIN:VCARD" in words[:200].upper() and "END:VCARD" in words.upper():
        return "contact", point, None
    if found := linked(words):
        point, words = point or found[0], found[1]
    if point and words in (form.get("Label", "").strip(), form.get("Address", "").strip()):
        words = ""  # WhatsApp names a shared place by itself
    if not _says_something(words):
        return _without_words(media, point), point, None
    if not media and not point and (reacted := reaction(body)):
        return "reaction", None, reacted.quote
    return ("auto" if automatic(words) else "text"), point, None


def _says_something(words: str) -> bool:
    """Whether there is more than invisible characters and the sign that phones put for an attachment (U+FFFC)."""
    return any(not char.isspace() and char != "\ufffc" and unicodedata.category(char) != "Cf" for char in words)


def _without_words(media: tuple[str, ...], point: Point | None) -> Kind:
    if point or _VLOCATIONS.intersection(media):
        return "place"
    if not media:
        return "empty"
    return "contact" if _VCARDS.issuperset(media) else "media"


def _media(form: Mapping[str, str]) -> tuple[str, ...]:
    """Content types of what is attached, without parameters. The files themselves are never fetched."""
    try:
        count = min(max(int(form.get("NumMedia") or 0), 0), _MOST_MEDIA)
    except ValueError:
        count = _MOST_MEDIA
    types = []
    for number in range(count):
        if f"MediaContentType{number}" in form or f"MediaUrl{number}" in form:
            named = form.get(f"MediaContentType{number}", "").partition(";")[0].strip().lower()
            types.append(named[:100] if named.isascii() and named.isprintable() and named else "unknown")
    return tuple(one for one in types if one not in _LAYOUT)


def _opt_out_type(value: str) -> str | None:
    said = value.strip().upper()
    return said if said in ("STOP", "START", "HELP") else None


def _channel(address: str) -> Channel:
    match = _ADDRESS.fullmatch(address)
    found = _CHANNELS.get(match["channel"]) if match else None
    if found is None:
        raise NotATextMessage("From is an address of a channel that is not read here.")
    return found


def _required(form: Mapping[str, str], names: tuple[str, ...], pattern: re.Pattern[str]) -> str:
    value = next((one for name in names if (one := form.get(name, "").strip())), "")
    if not value:
        raise NotATextMessage(f"{names[0]} is missing.")
    if not pattern.fullmatch(value):
        raise NotATextMessage(f"{names[0]} is malformed.")
    return value

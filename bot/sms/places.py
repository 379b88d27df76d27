"""Points on the map that somebody sends: as a WhatsApp location, or as a link or "geo:" address in a text.

Only what the person shares by hand. What the carrier guesses of a number (FromCity, FromZip, …) is never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

Point = tuple[float, float]
_LINK = re.compile(r"(?:https?://|geo:)[^\s<>\"“”]{1,500}", re.IGNORECASE)
_PAIR = re.compile(r"(?:loc:)?\s*(-?\d{1,2}(?:\.\d{1,15})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,15})?)")
_AT = re.compile(r"/@(-?\d{1,2}\.\d{1,15}),(-?\d{1,3}\.\d{1,15})")
_HOSTS = re.compile(r"(?:^|\.)(?:google\.[a-z.]{2,6}|apple\.com|openstreetmap\.org|bing\.com|waze\.com)$")
# Apple: ll, coordinate, q; Google: q, query, ll, center; Waze: ll.
_NAMES = ("ll", "coordinate", "q", "query", "center", "daddr", "destination")


def shared(form: Mapping[str, str]) -> Point | None:
    """The location that a form carries (Latitude, Longitude: WhatsApp), or None where it is absent or no place."""
    return _point(form.get("Latitude", ""), form.get("Longitude", ""))


def linked(text: str) -> tuple[Point, str] | None:
    """The first point that a text links to, and the text without that link; no address is opened for it."""
    for match in _LINK.finditer(text[:4_000]):
        if point := _of_link(match.group().rstrip(".,;)")):
            return point, (text[: match.start()] + text[match.end() :]).strip()
    return None


def _of_link(link: str) -> Point | None:
    if link[:4].lower() == "geo:":
        match = _PAIR.match(link[4:])
        point = _point(*match.groups()) if match else None
        if point not in (None, (0.0, 0.0)):
            return point
        match = _PAIR.match(dict(parse_qsl(link.partition("?")[2])).get("q", ""))
        return _point(*match.groups()) if match else None
    try:
        parts = urlsplit(link)
        host, query = parts.hostname or "", dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return None
    if not _HOSTS.search(host):
        return None
    if "mlat" in query and "mlon" in query:
        return _point(query["mlat"], query["mlon"])
    for name in _NAMES:
        if match := _PAIR.match(query.get(name, "")):
            return _point(*match.groups())
    match = _AT.search(parts.path)
    return _point(*match.groups()) if match else None


def _point(lat: str, lon: str) -> Point | None:
    try:
        north, east = float(lat), float(lon)
    except ValueError:
        return None
    if not (-90 <= north <= 90 and -180 <= east <= 180):  # also for "nan", which compares to nothing
        return None
    return north, east

"""What an iCarol record has several of in one cell: terms of the taxonomy, areas, languages.

Terms stand between semicolons; an asterisk joins a service's term to the terms of its target groups. An area is
a path from the province down, "Ontario - Peel Region - Brampton" (as OpenCIOC's public import reads them).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from directory_client.feeds.feed import Row
from directory_client.feeds.icarol_fields import Record
from directory_client.feeds.languages import offer
from directory_client.feeds.plain import plain_line, plain_text
from directory_client.words import fold

TAXONOMY = "211"
"""What the scheme is called. Its terms are licensed: they come with a feed, none is in the product."""
MOST_PARTS = 1_000
_CODE = re.compile(r"[A-Z]{1,2}(?:-\d{4}(?:\.\d{4}(?:-\d{3}(?:\.\d{2})?)?)?)?")
_LONGEST_AREA = 200


def terms(record: Record, id_: str, service_id: str, seen: set[str]) -> Iterator[Row]:
    """Terms and what ties them to the service; `seen` holds the terms that were handed over already."""
    for code, name in _terms(record):
        term_id = f"211-{code}" if code else f"211-term-{_digest(name)}"
        if term_id not in seen:
            seen.add(term_id)
            yield record.row("taxonomy_term", term_id, {"code": code or None, "name": name, "taxonomy": TAXONOMY})
        values = {"link_id": service_id, "link_entity": "service", "taxonomy_term_id": term_id, "label": name}
        yield record.row("attribute", f"{id_}/{term_id}", values)


def areas(record: Record, id_: str, owner: str, owner_id: str) -> Iterator[Row]:
    """The areas served: each of the list, else the text. Which ones they are is for the importer to find out."""
    listed = _parts(record.fields.get("coverage", ""), r"[;|\n]")
    listed_fr = _parts(record.french.get("coverage", ""), r"[;|\n]")
    for place, path in enumerate(listed):
        name = _last(path)
        # French names only where the lists are plainly the same list.
        name_fr = _last(listed_fr[place]) if len(listed_fr) == len(listed) else None
        values = {f"{owner}_id": owner_id, "name": name, "name_fr": name_fr}
        yield record.row("service_area", f"{id_}/area/{_digest(path)}", {**values, "description": path})
    text = record.text("coveragearea", "coverageareatext")
    if text and not listed:
        short = len(text) <= _LONGEST_AREA and "\n" not in text
        text_fr = record.line_fr("coveragearea", "coverageareatext")
        values = {
            f"{owner}_id": owner_id,
            "name": text if short else None,
            "name_fr": text_fr if short and text_fr and len(text_fr) <= _LONGEST_AREA else None,
            "description": text,
        }
        yield record.row("service_area", f"{id_}/area", values)


def languages(record: Record, id_: str, owner: str, owner_id: str) -> Iterator[Row]:
    text = record.text("languagesoffered", "languagesofferedlist")
    for spoken in offer(text or record.text_fr("languagesoffered", "languagesofferedlist") or "").languages:
        values = {f"{owner}_id": owner_id, "name": spoken.name, "code": spoken.code}
        yield record.row("language", f"{id_}/language/{spoken.code or _digest(spoken.name)}", values)


def _terms(record: Record) -> Iterator[tuple[str, str]]:
    """Code and name; either may be missing, then the other stands for it."""
    codes = _parts(record.fields.get("taxonomycodes", ""), r"[;|*,\n]")
    names = _parts(record.fields.get("taxonomyterms") or record.fields.get("taxonomyterm", ""), r"[;|*\n]")
    if not codes:
        yield from (("", name) for name in names)
    known: set[str] = set()
    for place, text in enumerate(codes):
        code = text.upper()
        if _CODE.fullmatch(code) and code not in known:
            known.add(code)
            yield code, names[place] if len(names) == len(codes) else code


def _parts(text: str, separators: str) -> list[str]:
    parts = (plain_line(part) for part in re.split(separators, plain_text(text)))
    return list(dict.fromkeys(part for part in parts if part))[:MOST_PARTS]


def _last(path: str) -> str:
    return re.split(r"\s+[-–>]\s+", path)[-1].strip()


def _digest(text: str) -> str:
    return hashlib.blake2b(fold(text).encode(), digest_size=6).hexdigest()

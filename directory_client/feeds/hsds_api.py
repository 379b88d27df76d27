"""Another directory's API, HSDS 3.x or its UK profile, as a feed: page after page, with all that belongs to a service.

Documented at docs.openreferral.org (HSDS API, `/services`, `/services/{id}`, `/taxonomies`, `/taxonomy_terms`) and
docs.openreferraluk.org. Servers differ: some give whole records in a list (`full=true`), others only names, so that
every record is asked for by itself; some announce more pages than there are, or say that the first is the last.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from directory_client.feeds.feed import FeedError, Item, Progress, Refusal
from directory_client.feeds.fetching import Fetcher, Patience, Refused
from directory_client.feeds.hsds_json import rows

PATIENCE = Patience(between_requests=0.05)
PER_PAGE = 100
MOST_PAGES = 20_000
MOST_RECORDS = 500_000
LONGEST_ID = 2_000
_DETAILS = ("service_at_locations", "phones", "schedules", "service_areas", "languages", "contacts", "cost_options")
"""What a record of a service has when it is whole."""
_OPTIONAL = (("taxonomies", "taxonomy"), ("taxonomy_terms", "taxonomy_term"))

Cache = MutableMapping[str, tuple[str, bytes]]
"""Answers by a digest of the question, each with its ETag: what has not changed is not sent again."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and what it says of the whole."""

    records: list[Any]
    total_items: int | None = None
    total_pages: int | None = None


class HsdsApi:
    """The services of an API as a feed.

    Args:
        url: the address that `/services` is joined to.
        modified_after: only what changed since; such a feed is never complete.
        cache: holds answers from one import to the next.
    """

    def __init__(
        self,
        url: str,
        *,
        source: str = "api",
        complete: bool = False,
        modified_after: datetime | None = None,
        cache: Cache | None = None,
        patience: Patience = PATIENCE,
        per_page: int = PER_PAGE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if complete and modified_after:
            raise ValueError("what changed since a day is not the whole")
        self.source = source
        self.complete = complete
        self._url = _base(url)
        self._modified_after = modified_after
        self._cache = cache
        self._patience = patience
        self._per_page = per_page
        self._sleep = sleep

    def items(self) -> Iterator[Item]:
        """Rows of every table. Raises FeedError when the API gives no answer that can be used, or half a one."""
        name = f"The API at {urlsplit(self._url).hostname}"
        with Fetcher(self._url, name, patience=self._patience, redirects=True, sleep=self._sleep) as fetcher:
            reader = _Reader(fetcher, self._cache, self._per_page, self.complete)
            for path, table in _OPTIONAL:
                yield from reader.optional(path, table)
            query = {"full": "true"}
            if self._modified_after:
                query["modified_after"] = self._modified_after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield from reader.services(query)


class _Reader:
    def __init__(self, fetcher: Fetcher, cache: Cache | None, per_page: int, complete: bool) -> None:
        self._fetcher, self._cache, self._per_page, self._complete = fetcher, cache, per_page, complete

    def optional(self, path: str, table: str) -> Iterator[Item]:
        """A list that a server need not have. Its records stand within the services too."""
        try:
            for record in self._listed(path, {}, complete=False):
                if isinstance(record, Refusal):
                    yield record
                elif not isinstance(record, Progress):
                    yield from rows(record[1], path, record[0], table)
        except Refused:
            return
        except FeedError as problem:
            yield Refusal(path, 0, f"the list was left out: {problem}")

    def services(self, query: dict[str, str]) -> Iterator[Item]:
        whole: bool | None = None
        for record in self._listed("services", query, complete=self._complete):
            if isinstance(record, Refusal | Progress):
                yield record
                continue
            number, found = record
            if not isinstance(found, dict):
                yield Refusal("services", number, "is no record: an object with names and values belongs here")
                continue
            # A server that gives whole records gives them all; a single one may well have neither place nor number.
            whole = whole or any(name in found for name in _DETAILS)
            if not whole:
                alone = self._alone(found)
                if alone is None:
                    yield Refusal("services", number, "cannot be had by itself; its place and numbers are missing",
                                  "id", "service", str(found.get("id"))[:60])  # fmt: skip
                found = alone or found
            yield from rows(found, "services", number, "service")

    def _alone(self, found: dict[str, Any]) -> dict[str, Any] | None:
        id_ = str(found.get("id") or "")
        if not id_ or len(id_) > LONGEST_ID:
            return None
        try:
            data = self._asked(f"services/{quote(id_, safe='')}", {}, lambda data: isinstance(_parsed(data), dict))
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            return None
        record: dict[str, Any] = _parsed(data)
        return record if str(record.get("id") or "") == id_ else None

    def _listed(
        self, path: str, query: dict[str, str], *, complete: bool
    ) -> Iterator[tuple[int, Any] | Refusal | Progress]:
        """All records of a list, each once, whatever it says of its length."""
        seen: set[bytes] = set()
        announced: int | None = None
        pages: int | None = None
        for number in range(1, MOST_PAGES + 1):
            try:
                page = self._page(path, {**query, "page": str(number), "per_page": str(self._per_page)})
            except FeedError:
                if number == 1 or number <= (pages or 0) or _short(announced, len(seen)):
                    raise
                break  # a server may well refuse, or break down over, the page behind its last
            announced = page.total_items if number == 1 else max(announced or 0, page.total_items or 0) or None
            pages = page.total_pages
            fresh = 0
            for record in page.records:
                digest = _identity(record)
                if digest in seen:
                    continue  # records move between pages while these are fetched
                seen.add(digest)
                fresh += 1
                yield len(seen), record
            yield Progress(len(seen), max(announced, len(seen)) if announced else None)
            if not fresh or (number == 1 and page.total_pages is None and len(page.records) < self._per_page):
                break
            true = page.total_items == len(seen) and number == pages
            if true and len(page.records) < self._per_page:
                break  # its numbers fit what came, and the page has room; any other is asked for one page more
            if len(seen) > MOST_RECORDS:
                raise FeedError(f"{self._fetcher.name} goes on for ever: {len(seen):,} records. Nothing was changed.")
        else:
            raise FeedError(f"{self._fetcher.name} goes on for ever: {MOST_PAGES:,} pages. Nothing was changed.")
        if _short(announced, len(seen)):
            words = f"{announced:,} records were announced and {len(seen):,} came"
            if complete:
                raise FeedError(
                    f"{self._fetcher.name} breaks off: {words}. Nothing was changed, for what is missing would be "
                    "closed; try again later, or without --replace."
                )
            yield Refusal(path, 0, words)

    def _page(self, path: str, query: dict[str, str]) -> Page:
        data = self._asked(path, query, lambda data: _page_of(_parsed(data)) is not None)
        page = _page_of(_parsed(data))
        assert page is not None  # what does not fit is asked for again, and given up
        return page

    def _asked(self, path: str, query: dict[str, str], fits: Callable[[bytes], bool]) -> bytes:
        """The bytes of an answer; from the cache when the server says that they are the same."""
        if self._cache is None or "modified_after" in query:
            return self._fetcher.ask("GET", path, query=query, fits=fits).data
        question = json.dumps([self._fetcher.name, path, query], sort_keys=True)
        digest = hashlib.sha256(question.encode(errors="replace")).hexdigest()
        kept = self._cache.get(digest)
        if kept and not fits(kept[1]):
            kept = None
        headers = {"If-None-Match": kept[0]} if kept else {}
        answer = self._fetcher.ask("GET", path, query=query, headers=headers, fits=fits, unchanged=kept is not None)
        if answer.status == 304 and kept:
            return kept[1]
        tag = answer.headers.get("etag", "")
        if tag and tag.isascii() and tag.isprintable():
            self._cache[digest] = (tag, answer.data)
        return answer.data


def _base(url: str) -> str:
    """The address without the list itself. Raises FeedError for what is no address of the web."""
    plain = url.strip().partition("?")[0].partition("#")[0].rstrip("/").removesuffix("/services")
    try:
        parts = urlsplit(plain)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise FeedError(f"{url[:80]!r} is no address of an API. Write it like https://example.org/hsds.")
    return f"{plain}/"


def _parsed(data: bytes) -> Any:
    """JSON, or None."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _page_of(answer: Any) -> Page | None:
    """A page in the envelope of the specification, in that of the older UK profile, or a bare list; else None."""
    if isinstance(answer, list):
        return Page(answer)
    if not isinstance(answer, dict):
        return None
    records = answer.get("contents", answer.get("content"))
    if not isinstance(records, list):
        return None
    items, pages = answer.get("total_items", answer.get("totalElements")), answer.get("total_pages")
    return Page(records, _count(items), _count(pages if pages is not None else answer.get("totalPages")))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _short(announced: int | None, came: int) -> bool:
    """Whether fewer came than a few records that were closed meanwhile explain."""
    return announced is not None and announced - came > max(2, announced // 100)


def _identity(record: Any) -> bytes:
    """What tells a record from others, in a few bytes."""
    own = record.get("id") if isinstance(record, dict) else None
    text = str(own) if own not in (None, "") else json.dumps(record, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=12).digest()

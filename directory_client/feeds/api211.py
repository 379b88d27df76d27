"""The client of the 211 Canada API, version 2: asks politely, tries again, and believes no answer blindly.

Documented at data.211support.org/docs/search and /docs/detail: searches are POSTed as JSON to /api/v2/search,
single records come from GET /api/v2/detail; the key stands in the address. Therefore no address, and no message
of the HTTP library, which would hold one, ever gets into an error or a log.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from directory_client.feeds.feed import FeedError
from directory_client.feeds.fetching import Fetcher, Patience, Refused

URL = "https://data.211support.org"
LARGEST_ANSWER = 30_000_000
MOST_RECORDS = 2_000
"""Records on one page; a longer page is not what was asked for."""

Cache = MutableMapping[str, tuple[float, bytes]]
"""Answers by a digest of the question, with the time until which they are fresh."""


class Api211:
    """One key for one data set. Use it as a context manager, or call `close`. Not for several threads at once.

    `cache` is any mapping; it holds answers, no keys. An answer that is no longer fresh is used when the API is
    away, and `notes` says so.
    """

    def __init__(
        self,
        key: str,
        dataset: str = "on",
        *,
        url: str = URL,
        cache: Cache | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.dataset = dataset
        self.notes: list[str] = []
        self._key = key
        self._cache: Cache = {} if cache is None else cache
        self._patience = patience or Patience()
        self._clock = clock
        self._fetcher = Fetcher(
            url, "The 211 API", patience=self._patience, largest=LARGEST_ANSWER, secret=key, sleep=sleep
        )

    def search(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """One page: {"RecordCount": …, "Records": [{…}, …]}. Raises FeedError."""
        body = {"Dataset": self.dataset, **question}
        return self._answer("POST", "/api/v2/search", {}, body, _is_page)

    def detail(self, number: str, language: str, fields: str) -> dict[str, Any]:
        """A single record. Raises FeedError."""
        query = {"dataset": self.dataset, "lang": language, "id": number, "fields": fields}
        return self._answer("GET", "/api/v2/detail", query, None, _is_record)

    def close(self) -> None:
        self._fetcher.close()

    def __enter__(self) -> Api211:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: Mapping[str, Any] | None,
        fits: Callable[[Any], bool],
    ) -> dict[str, Any]:
        question = json.dumps([method, path, query, body], sort_keys=True)
        digest = hashlib.sha256(question.encode()).hexdigest()
        kept = self._cache.get(digest)
        if kept and kept[0] > self._clock() and (known := _parsed(kept[1], fits)):
            return known
        try:
            data, fresh_for = self._tried(method, path, query, body, fits)
        except FeedError:
            if kept and (known := _parsed(kept[1], fits)):
                self.notes.append("The 211 API is away; an older answer was used.")
                return known
            raise
        if fresh_for > 0:
            self._cache[digest] = (self._clock() + fresh_for, data)
        answer = _parsed(data, fits)
        assert answer is not None  # `_tried` gives nothing else
        return answer

    def _tried(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: Mapping[str, Any] | None,
        fits: Callable[[Any], bool],
    ) -> tuple[bytes, float]:
        try:
            answer = self._fetcher.ask(
                method,
                path,
                query={**query, "key": self._key},
                body=body,
                fits=lambda data: _parsed(data, fits) is not None,
            )
        except Refused as refused:
            if refused.status in (401, 403):
                raise FeedError("The 211 API refused the key. Check it, and that it is for this data set.") from None
            raise FeedError(f"{refused} Check the data set and the search.") from None
        return answer.data, _fresh_for(answer.headers.get("cache-control", ""), self._patience.fresh_for)


def _fresh_for(header: str, otherwise: float) -> float:
    """Seconds for which an answer may be kept."""
    if re.search(r"\bno-(?:store|cache)\b", header):
        return 0.0
    age = re.search(r"\bmax-age=(\d{1,9})\b", header)
    return min(float(age[1]), 86_400.0) if age else otherwise


def _parsed(data: bytes, fits: Callable[[Any], bool]) -> dict[str, Any] | None:
    """The JSON of an answer, None if it is not of the form that was asked for."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    return answer if isinstance(answer, dict) and fits(answer) else None


def _is_page(answer: dict[str, Any]) -> bool:
    records = answer.get("Records")
    counted = re.fullmatch(r"\d{1,9}", str(answer.get("RecordCount")))
    return bool(counted) and isinstance(records, list) and len(records) <= MOST_RECORDS


def _is_record(answer: dict[str, Any]) -> bool:
    return "PublicName" in answer


__all__ = ["URL", "Api211", "Cache", "Patience"]

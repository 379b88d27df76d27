"""The client of the 211 Canada API, version 2: asks politely, tries again, and believes no answer blindly.

Documented at data.211support.org/docs/search and /docs/detail: searches are POSTed as JSON to /api/v2/search,
single records come from GET /api/v2/detail; the key stands in the address. Therefore no address, and no message
of the HTTP library, which would hold one, ever gets into an error or a log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from directory_client.feeds.feed import FeedError

URL = "https://data.211support.org"
LARGEST_ANSWER = 30_000_000
MOST_RECORDS = 2_000
"""Records on one page; a longer page is not what was asked for."""
LONGEST_WAIT = 30.0
_WORDS = {
    "slow": "took too long to answer",
    "away": "cannot be reached",
    "busy": "asks to be left alone for a while (429)",
    "broken": "fails (an error of its server)",
    "garbage": "answered with something that is no list of records",
}

Cache = MutableMapping[str, tuple[float, bytes]]
"""Answers by a digest of the question, with the time until which they are fresh."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited and how often it is tried: seconds, except `attempts`."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 40.0
    attempts: int = 4
    first_pause: float = 1.0
    between_requests: float = 0.25
    fresh_for: float = 900.0


class _TryAgain(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after = after


class _NoKey(logging.Filter):
    """Keeps from the log the lines of the HTTP library in which the key stands."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        return self._key not in record.getMessage()


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
        self._sleep = sleep
        self._asked: float | None = None
        self._filter = _NoKey(key)
        logging.getLogger("httpx").addFilter(self._filter)
        timeout = httpx.Timeout(self._patience.read, connect=self._patience.connect)
        headers = {"Accept": "application/json", "User-Agent": "Porchlight"}
        self._client = httpx.Client(base_url=url, timeout=timeout, headers=headers, follow_redirects=False)

    def search(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """One page: {"RecordCount": …, "Records": [{…}, …]}. Raises FeedError."""
        body = {"Dataset": self.dataset, **question}
        return self._answer("POST", "/api/v2/search", {}, body, _is_page)

    def detail(self, number: str, language: str, fields: str) -> dict[str, Any]:
        """A single record. Raises FeedError."""
        query = {"dataset": self.dataset, "lang": language, "id": number, "fields": fields}
        return self._answer("GET", "/api/v2/detail", query, None, _is_record)

    def close(self) -> None:
        self._client.close()
        logging.getLogger("httpx").removeFilter(self._filter)

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
        trying = Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            retry=retry_if_exception_type(_TryAgain),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return trying(self._once, method, path, query, body, fits)
        except _TryAgain as error:
            raise FeedError(
                f"The 211 API {_WORDS[error.why]}, {self._patience.attempts} times over. What was imported before "
                "stays as it is; try again later."
            ) from None

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        wished = error.after if isinstance(error, _TryAgain) else None
        pause = self._patience.first_pause * 2.0 ** (state.attempt_number - 1)
        return min(max(pause, wished or 0.0), LONGEST_WAIT)

    def _once(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: Mapping[str, Any] | None,
        fits: Callable[[Any], bool],
    ) -> tuple[bytes, float]:
        self._wait_for_turn()
        ends = time.monotonic() + self._patience.total
        data = bytearray()
        try:
            with self._client.stream(method, path, params={**query, "key": self._key}, json=body) as response:
                _check_status(response)
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > LARGEST_ANSWER:
                        raise FeedError("The 211 API sent more than any page can be. Ask for smaller pages.")
                    if time.monotonic() > ends:
                        raise _TryAgain("slow")
                fresh_for = _fresh_for(response.headers.get("cache-control", ""), self._patience.fresh_for)
        except httpx.TimeoutException:
            raise _TryAgain("slow") from None
        except httpx.DecodingError:
            raise _TryAgain("garbage") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _TryAgain("away") from None
        if _parsed(bytes(data), fits) is None:
            raise _TryAgain("garbage")
        return bytes(data), fresh_for

    def _wait_for_turn(self) -> None:
        now = time.monotonic()
        if self._asked is not None and (rest := self._asked + self._patience.between_requests - now) > 0:
            self._sleep(rest)
        self._asked = time.monotonic()


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == 429:
        raise _TryAgain("busy", _seconds(response.headers.get("retry-after", "")))
    if status >= 500 or status == 408:
        raise _TryAgain("broken", _seconds(response.headers.get("retry-after", "")))
    if status in (401, 403):
        raise FeedError("The 211 API refused the key. Check it, and that it is for this data set.")
    if status != 200:
        raise FeedError(f"The 211 API refused the question ({status}). Check the data set and the search.")


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,5}", text.strip()) else None


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

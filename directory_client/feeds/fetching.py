"""Asks servers on the web politely, tries again, and believes no answer blindly: what all remote feeds share.

No address, and no message of the HTTP library, which would hold one, ever gets into an error: a key may stand in it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from directory_client.feeds.feed import FeedError

LONGEST_WAIT = 30.0
"""Seconds between two attempts, whatever the server wishes."""
_WORDS = {
    "slow": "took too long to answer",
    "away": "cannot be reached",
    "busy": "asks to be left alone for a while (429)",
    "broken": "fails (an error of its server)",
    "garbage": "answered with something that is no list of records",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited and how often it is tried: seconds, except `attempts` and `fresh_for` of caches."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 40.0
    attempts: int = 4
    first_pause: float = 1.0
    between_requests: float = 0.25
    fresh_for: float = 900.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer whose status was wanted."""

    status: int
    data: bytes
    headers: Mapping[str, str]


class Refused(FeedError):
    """The server understood and does not want to; `status` is its HTTP status."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


class _TryAgain(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after = after


class _Without(logging.Filter):
    """Keeps from the log the lines of the HTTP library in which a key stands."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        return self._secret not in record.getMessage()


class Fetcher:
    """Asks one server. Use it as a context manager, or call `close`. Not for several threads at once.

    Args:
        url: what every path is joined to.
        name: what errors call the server: "The 211 API".
        largest: bytes of one answer.
        secret: a key that stands in addresses.
        redirects: whether the server may send elsewhere.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        patience: Patience | None = None,
        largest: int = 30_000_000,
        secret: str | None = None,
        redirects: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._patience = patience or Patience()
        self._largest = largest
        self._sleep = sleep
        self._asked: float | None = None
        self._filter = _Without(secret) if secret else None
        if self._filter:
            logging.getLogger("httpx").addFilter(self._filter)
        timeout = httpx.Timeout(self._patience.read, connect=self._patience.connect)
        headers = {"Accept": "application/json", "User-Agent": "Porchlight"}
        try:
            self._client = httpx.Client(
                base_url=url, timeout=timeout, headers=headers, follow_redirects=redirects, max_redirects=3
            )
        except httpx.InvalidURL:
            raise FeedError(
                f"{name} has no address that can be used. Write it like https://example.org/hsds."
            ) from None

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        fits: Callable[[bytes], bool] = lambda data: True,
        unchanged: bool = False,
    ) -> Answer:
        """An answer of status 200 whose bytes fit, or with `unchanged` one of 304.

        Raises:
            Refused: for any other status that is no passing trouble.
            FeedError: when every attempt failed, or the answer is too large.
        """
        trying = Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            retry=retry_if_exception_type(_TryAgain),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        request = self._client.build_request(method, path, params=query, json=body, headers=headers)
        try:
            return trying(self._once, request, fits, unchanged)
        except _TryAgain as error:
            raise FeedError(
                f"{self.name} {_WORDS[error.why]}, {self._patience.attempts} times over. What was imported before "
                "stays as it is; try again later."
            ) from None

    def close(self) -> None:
        self._client.close()
        if self._filter:
            logging.getLogger("httpx").removeFilter(self._filter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        wished = error.after if isinstance(error, _TryAgain) else None
        pause = self._patience.first_pause * 2.0 ** (state.attempt_number - 1)
        return min(max(pause, wished or 0.0), LONGEST_WAIT)

    def _once(self, request: httpx.Request, fits: Callable[[bytes], bool], unchanged: bool) -> Answer:
        self._wait_for_turn()
        ends = time.monotonic() + self._patience.total
        data = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                if unchanged and response.status_code == 304:
                    return Answer(304, b"", response.headers)
                self._check_status(response)
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > self._largest:
                        raise FeedError(f"{self.name} sent more than any page can be. Ask for smaller pages.")
                    if time.monotonic() > ends:
                        raise _TryAgain("slow")
            finally:
                response.close()
        except httpx.TimeoutException:
            raise _TryAgain("slow") from None
        except httpx.DecodingError:
            raise _TryAgain("garbage") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise _TryAgain("away") from None
        if not fits(bytes(data)):
            raise _TryAgain("garbage")
        return Answer(200, bytes(data), response.headers)

    def _wait_for_turn(self) -> None:
        now = time.monotonic()
        if self._asked is not None and (rest := self._asked + self._patience.between_requests - now) > 0:
            self._sleep(rest)
        self._asked = time.monotonic()

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 429:
            raise _TryAgain("busy", seconds(response.headers.get("retry-after", "")))
        if (status >= 500 and status != 501) or status == 408:
            raise _TryAgain("broken", seconds(response.headers.get("retry-after", "")))
        if status in (401, 403):
            raise Refused(f"{self.name} wants a key, or refused it ({status}).", status)
        if status != 200:
            raise Refused(f"{self.name} refused the question ({status}).", status)


def seconds(header: str) -> float | None:
    """How long a server wishes to be left alone, from its Retry-After: seconds, or a date."""
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 6:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None

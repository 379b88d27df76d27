"""Answers of the open interface: for everybody, kept by caches for a while, and errors in a sentence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from math import ceil
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from directory_client.hsds.resources import is_sample

OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Last-Modified, X-Porchlight-Sample",
    "cross-origin-resource-policy": "cross-origin",
}
"""On every answer and not only when a browser asks: a cache would hand the one without to the one that does."""
CACHED = "public, max-age=300"
SAMPLE_HEADER = "x-porchlight-sample"
LINES_AT_ONCE = 50


def encoded(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def answer(request: Request, content: Any, *, sample: bool = False, modified: str | None = None) -> Response:
    """JSON with a strong tag; 304 without a body where the reader has it already."""
    body = encoded(content).encode()
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = OPEN | {"etag": tag, "cache-control": CACHED}
    if sample:
        headers[SAMPLE_HEADER] = "true"
    if modified:
        headers["last-modified"] = format_datetime(datetime.fromisoformat(modified), usegmt=True)
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def lines(records: Iterator[Any], *, sample: bool) -> Response:
    """Lines of JSON as they are read. Without a tag: that would take all of them first."""

    def body() -> Iterator[str]:
        kept: list[str] = []
        for record in records:
            kept.append(f"{encoded(record)}\n")
            if len(kept) == LINES_AT_ONCE:
                yield "".join(kept)
                kept.clear()
        yield "".join(kept)

    headers = OPEN | {"cache-control": CACHED} | ({SAMPLE_HEADER: "true"} if sample else {})
    return StreamingResponse(body(), headers=headers, media_type="application/x-ndjson")


def page(records: Sequence[Mapping[str, Any]], total: int, number: int, per_page: int) -> dict[str, Any]:
    """The envelope of the specification."""
    pages = ceil(total / per_page) if total else 0
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(records),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not records,
        "contents": list(records),
    }


def with_sample(records: Sequence[Mapping[str, Any]]) -> bool:
    return any(is_sample(record) for record in records)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error: one sentence that says what to do."""
    return Response(
        encoded({"error": words}),
        status,
        OPEN | {"cache-control": "no-store"} | dict(headers or {}),
        media_type="application/json",
    )


def _has(header: str, tag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in given or "*" in given

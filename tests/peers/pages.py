"""Answers in the forms of Twilio's REST API: a page of a list, an error."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.peers.magic import Refusal


def refused(refusal: Refusal) -> Response:
    """An error: a code beside the status of HTTP."""
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
        "status": refusal.status,
    }
    headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after is not None else {}
    return JSONResponse(body, refusal.status, headers)


def page(request: Request, name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, with the addresses of its neighbours."""
    asked = request.query_params
    size, number = min(1000, max(1, int(asked.get("PageSize", 50)))), int(asked.get("Page", 0))
    first = number * size
    others = [(key, value) for key, value in asked.multi_items() if key not in ("PageSize", "Page", "PageToken")]

    def uri(page: int) -> str:
        return f"{request.url.path}?{urlencode([*others, ('PageSize', str(size)), ('Page', str(page))])}"

    rows = found[first : first + size]
    return {
        name: rows,
        "end": first + max(0, len(rows) - 1),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if len(found) > first + size else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": first,
        "uri": uri(number),
    }

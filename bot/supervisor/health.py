"""Asks a server on this machine something over HTTP, with a time limit; any failure is None."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlsplit


def ask(
    method: str, url: str, *, body: object = None, headers: dict[str, str] | None = None, timeout: float = 5.0
) -> tuple[int, Any] | None:
    """Sends a request; the status and the JSON of the answer (None when it is none), or None on failure."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        data = None if body is None else json.dumps(body).encode()
        sent = {
            "Connection": "close",
            **({"Content-Type": "application/json"} if data else {}),
            **(headers or {}),
        }
        connection.request(method, path, body=data, headers=sent)
        answer = connection.getresponse()
        text = answer.read(2**20)
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


async def well(url: str, timeout: float) -> bool:
    """Whether the server answers url with 200 within timeout seconds."""
    answer = await asyncio.to_thread(ask, "GET", url, timeout=timeout)
    return answer is not None and answer[0] == 200

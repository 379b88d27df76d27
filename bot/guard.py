"""What every request passes: size, rate, and the headers of every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings

log = structlog.get_logger(__name__)
LARGEST = 64 * 1024
"""Bytes of a request's body; a message of 4,000 characters fits in any script."""
COUNTED_WITHIN = 0.5
"""Seconds that counting may take on another server. Nobody is to wait for help because a counter is slow."""
ALONE = 10.0
"""Seconds for which a gateway counts by itself after the shared counter failed."""


@dataclass(slots=True)
class Counter:
    """Counts what was asked: in the memory of this process, or in Redis for all gateways together.

    While Redis is away each gateway counts by itself, so that nobody is refused and nobody floods it.
    """

    shared: MovingWindowRateLimiter | None = None
    own: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    _alone_until: float = 0.0

    async def hit(self, item: RateLimitItem, key: str) -> bool:
        """Counts one; false when that is one too many."""
        if self.shared is not None and time.monotonic() >= self._alone_until:
            try:
                async with asyncio.timeout(COUNTED_WITHIN):
                    return bool(await self.shared.hit(item, key))
            except Exception as problem:  # whatever the driver raises
                self._alone_until = time.monotonic() + ALONE
                log.warning("shared rate limits are away", problem=type(problem).__name__)
        return bool(await self.own.hit(item, key))


def _as_it_is(address: str) -> str:
    return address


@dataclass(slots=True)
class Limits:
    """How much one client and all together may ask."""

    limiter: Counter
    conversation: RateLimitItem
    client: RateLimitItem
    conversations: RateLimitItem
    total: RateLimitItem
    proxies: frozenset[str]
    disguised: Callable[[str], str] = _as_it_is
    """What an address is called where it is counted."""

    @classmethod
    def from_settings(cls, settings: Settings, disguised: Callable[[str], str] = _as_it_is) -> Limits:
        """The limits of the settings.

        Args:
            disguised: names an address where it leaves this process; a server beside it needs no addresses.
        """
        counter = Counter()
        if settings.bus == "redis" and settings.redis_url:
            counter.shared = MovingWindowRateLimiter(
                RedisStorage(f"async+{settings.redis_url}", implementation="redispy", key_prefix="porchlight:rate")
            )
        return cls(
            counter,
            parse(settings.rate_messages),
            parse(settings.rate_client),
            parse(settings.rate_conversations),
            parse(settings.rate_total),
            frozenset(settings.trusted_proxies.split()),
            disguised if counter.shared else _as_it_is,
        )

    async def refuses(self, scope: Scope, headers: Headers) -> int:
        """0, or the seconds to wait."""
        path, method = scope["path"], scope["method"]
        if path.startswith(("/static/", "/health/", "/sms/", "/voice/")):
            return 0  # the carrier speaks for many people at once, and signs what it sends
        client = self.disguised(self.address(scope, headers))
        checks: list[tuple[RateLimitItem, str]] = [(self.total, "all"), (self.client, client)]
        if path == "/api/conversations" and method == "POST":
            checks.append((self.conversations, f"start:{client}"))
        for item, key in checks:
            if not await self.limiter.hit(item, key):
                return wait_after(item)
        return 0

    async def refuses_message(self, conversation: str) -> int:
        """0, or the seconds to wait before the conversation's next message. The caller lets danger through."""
        if await self.limiter.hit(self.conversation, f"say:{conversation}"):
            return 0
        return wait_after(self.conversation)

    def address(self, scope: Scope, headers: Headers) -> str:
        """The client's address; a proxy that is trusted may name it. IPv6 counts by /64, as one household."""
        host = (scope.get("client") or ("unknown", 0))[0]
        forwarded = headers.get("x-forwarded-for")
        if forwarded and host in self.proxies:
            hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
            host = next((hop for hop in reversed(hops) if hop not in self.proxies), host)
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return "unknown"
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)


def wait_after(item: RateLimitItem) -> int:
    """Seconds after which a part of the window is free again."""
    return max(1, int(item.get_expiry() / 4))


class Guard:
    """ASGI middleware: refuses what is too large or too fast, and sets the security headers."""

    def __init__(
        self, app: ASGIApp, *, limits: Limits, embed_origins: tuple[str, ...] = (), map_origin: str = ""
    ) -> None:
        self.app = app
        self.limits = limits
        ancestors = " ".join(["'self'", *embed_origins])
        self.policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        )
        self.map_policy = self.policy.replace("img-src 'self'", f"img-src 'self' {map_origin}".rstrip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._headers(scope, MutableHeaders(scope=message))
            await send(message)

        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST:
            await self._refuse(scope, 413, "That is too long to send at once.")(scope, receive, sending)
            return
        wait = await self.limits.refuses(scope, headers)
        if wait:
            response = self._refuse(scope, 429, "That was very fast. Please wait a moment and send it again.")
            response.headers["retry-after"] = str(wait)
            await response(scope, receive, sending)
            return
        await self.app(scope, _bounded(receive), sending)

    @staticmethod
    def _refuse(scope: Scope, status: int, reason: str) -> Response:
        if scope["path"].startswith(("/api/", "/hsds/", "/console/api/")):
            return JSONResponse({"error": reason}, status_code=status)
        return PlainTextResponse(f"{reason} In danger now, call 9-1-1. To talk, call or text 9-8-8.", status)

    def _headers(self, scope: Scope, headers: MutableHeaders) -> None:
        on_map = scope["path"] == "/map"
        headers.setdefault("content-security-policy", self.map_policy if on_map else self.policy)
        headers.setdefault("x-content-type-options", "nosniff")
        headers.setdefault("referrer-policy", "no-referrer")
        where = "self" if on_map else ""
        headers.setdefault("permissions-policy", f"geolocation=({where}), camera=(), microphone=(), interest-cohort=()")
        headers.setdefault("cross-origin-opener-policy", "same-origin")
        if scope["path"].startswith("/static/"):
            headers.setdefault("cache-control", "public, max-age=31536000, immutable")
        elif scope["path"].startswith("/hsds/"):
            headers.setdefault("cache-control", "no-store")
            headers.setdefault("access-control-allow-origin", "*")  # refusals too: pages of other origins ask here
        elif scope["path"] == "/widget.js":
            headers.setdefault("cache-control", "public, max-age=300")
            headers.setdefault("cross-origin-resource-policy", "cross-origin")
        else:
            headers.setdefault("cache-control", "no-store")


def _bounded(receive: Receive) -> Receive:
    """Stops a body that is longer than it said, or that never said."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > LARGEST:
                return {"type": "http.disconnect"}
        return message

    return bounded

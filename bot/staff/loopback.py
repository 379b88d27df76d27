"""Whether a request comes from this machine: only then do the demonstration accounts open."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from bot.settings import Settings

_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip", "via")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    host = host.strip("[]").lower()
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def demonstration_allowed(scope: Scope, settings: Settings) -> bool:
    """Sample data, a public address on loopback, and a request from and to loopback that no proxy has passed on."""
    headers = Headers(scope=scope)
    client = (scope.get("client") or ("", 0))[0]
    server = (scope.get("server") or ("", 0))[0]
    asked = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    public = urlsplit(settings.public_url).hostname or ""
    return (
        settings.sample
        and all(is_loopback(host) for host in (client, server, asked, public))
        and not any(name in headers for name in _FORWARDED)
    )

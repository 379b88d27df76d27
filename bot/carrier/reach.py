"""Whether the public address leads to this gateway: it lives there, takes signed requests and refuses forged ones.

It is asked from the machine that runs the command: a firewall may treat the carrier differently. The signed request has
no message in it, so nothing is stored and nobody is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
from twilio.request_validator import RequestValidator

from bot.carrier.check import INBOUND, Finding

ABOUT = "public address"
TIMEOUT = 15.0
NOT_PLAIN = "PORCHLIGHT_PUBLIC_URL is not a plain address."
LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0")
FIELDS = {"Check": "porchlight"}


def address_findings(public_url: str) -> Iterator[Finding]:
    """Whether the public address is one that the carrier can call and sign."""
    setting = "PORCHLIGHT_PUBLIC_URL"
    try:
        url = urlsplit(public_url)
        host, odd = url.hostname or "", bool(url.query or url.fragment or url.username or url.password)
        odd = odd or "@" in url.netloc or url.netloc != url.netloc.lower() or url.port == 0
    except ValueError:
        host, odd, url = "", True, urlsplit("")
    if not host or odd:
        yield Finding(
            "wrong",
            ABOUT,
            NOT_PLAIN,
            "Set it like https://chat.example.org: small letters, no password, nothing after a ? or #. The carrier "
            "signs the address letter by letter.",
        )
    elif host in LOCAL:
        yield Finding(
            "wrong",
            ABOUT,
            f"{setting} names this machine only; the carrier cannot reach it.",
            "Set it to the address of the reverse proxy, or of a tunnel for a trial, and set the same address at the "
            "numbers.",
        )
    elif url.scheme != "https":
        yield Finding(
            "wrong",
            ABOUT,
            f"{setting} is not https: texts and numbers of people would cross the network in the clear.",
            "Put a reverse proxy with a certificate in front and set the address with https://.",
        )
    else:
        yield Finding("fine", ABOUT, f"{setting} is https.")


def reach_findings(public_url: str, token: str, client: httpx.Client | None = None) -> Iterator[Finding]:
    """Asks the gateway behind the address.

    Args:
        token: the account's auth token, with which the carrier signs too.
        client: another client, for tests.
    """
    own = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False)
    try:
        yield from _asked(own, public_url.rstrip("/"), token)
    except httpx.HTTPError as problem:
        reason = "its certificate is not valid" if "CERTIFICATE" in str(problem) else type(problem).__name__
        yield Finding(
            "wrong", ABOUT, f"It cannot be reached ({reason}).",
            "Look that the gateway and the reverse proxy run, and that name and certificate are right.",
        )  # fmt: skip
    finally:
        if client is None:
            own.close()


def _asked(client: httpx.Client, public_url: str, token: str) -> Iterator[Finding]:
    living = client.get(f"{public_url}/health/live")
    if living.is_redirect:
        yield Finding(
            "wrong", ABOUT, "It redirects to another address; the carrier signs the first and people wait for both.",
            "Set PORCHLIGHT_PUBLIC_URL to the address at the end, also at the numbers.",
        )  # fmt: skip
        return
    if living.status_code != 200 or '"live"' not in living.text:
        yield Finding(
            "wrong", ABOUT, f"Something else answers there (HTTP {living.status_code} for /health/live).",
            "Point the reverse proxy at the gateway.",
        )  # fmt: skip
        return
    yield Finding("fine", ABOUT, "The gateway answers there.")
    url = f"{public_url}{INBOUND}"
    forged = client.post(url, data=FIELDS, headers={"X-Twilio-Signature": "forged"}).status_code
    if forged != 403:
        yield Finding(
            "wrong", ABOUT, f"A forged webhook is answered with HTTP {forged}, not refused with 403.",
            "Look that /sms/ and /voice/ lead to the gateway of this version, with nothing else in between.",
        )  # fmt: skip
        return
    signature = RequestValidator(token).compute_signature(url, FIELDS)
    signed = client.post(url, data=FIELDS, headers={"X-Twilio-Signature": signature}).status_code
    if signed == 403:
        yield Finding(
            "wrong", ABOUT, "A webhook that is signed rightly is refused.",
            "The gateway was started with another PORCHLIGHT_TWILIO_AUTH_TOKEN or PORCHLIGHT_PUBLIC_URL, or the proxy "
            "changes paths: start it again with the settings of this command.",
        )  # fmt: skip
    elif signed == 404 or signed >= 500:
        yield Finding(
            "wrong", ABOUT, f"A signed webhook without a message is answered with HTTP {signed}.",
            "Look into the log of the gateway.",
        )  # fmt: skip
    else:
        yield Finding("fine", ABOUT, "Signed webhooks are taken there and forged ones refused.")

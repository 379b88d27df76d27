"""Look after the carrier: check compares its account with the numbers set up here, sign makes test requests, fallback
prints what is to be hosted elsewhere.

Nothing is changed at the carrier; docs/twilio.md says what each finding means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from urllib.parse import urlencode, urljoin, urlsplit

import click
import httpx
from pydantic import SecretStr

from bot.carrier.account import Account
from bot.carrier.check import Finding, Level, findings
from bot.carrier.numbers import BrokenNumbers, Numbers
from bot.carrier.reach import NOT_PLAIN, address_findings, reach_findings
from bot.carrier.signature import FORM
from bot.doors.loading import load as load_doors
from bot.settings import Settings
from bot.supervisor.problems import Problem

ORDER: dict[Level, str] = {"wrong": "WRONG", "look": "look ", "fine": "fine "}


@click.group()
def command() -> None:
    """Look after the carrier: check, sign, fallback."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the counts in the last.")
def check(as_json: bool) -> None:
    """Compare the account at the carrier with the numbers set up here; exit code 1 when people would not be answered.

    Reads numbers, webhooks, messaging services and caller ids of the account, asks the public address for signs of
    life, and sends it one signed and one forged webhook without a message in it.
    """
    settings = Settings()
    found = sorted(_found(settings), key=lambda one: list(ORDER).index(one.level))
    counts = {level: sum(1 for one in found if one.level == level) for level in ORDER}
    for one in found:
        if as_json:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
            continue
        click.echo(f"{ORDER[one.level]}  {one.about}: {one.says}")
        if one.do:
            click.echo(f"       What to do: {one.do}")
    if as_json:
        click.echo(json.dumps({"counts": counts, "total": len(found)}))
    else:
        click.echo(f"{counts['wrong']} wrong, {counts['look']} to look at, {counts['fine']} fine.")
    if counts["wrong"]:
        raise click.exceptions.Exit(1)


def _found(settings: Settings) -> Iterator[Finding]:
    from bot.carrier.account_reader import Unreadable, read

    sid, token = settings.twilio_account_sid, _token(settings)
    if not sid:
        raise Problem("there is no account to check: set PORCHLIGHT_TWILIO_ACCOUNT_SID (docs/twilio.md).")
    try:
        numbers = Numbers.load(settings.numbers, load_doors())
        account: Account = read(
            sid, token, settings.twilio_api_url, {one.kind for one in numbers.by_address.values()}
        )  # fmt: skip
    except (BrokenNumbers, Unreadable) as problem:
        raise Problem(str(problem)) from None
    addressed = list(address_findings(settings.public_url))
    yield from addressed
    if all(one.says != NOT_PLAIN for one in addressed):
        yield from reach_findings(settings.public_url, token)
    if settings.twilio_auth_token_secondary is not None:
        yield Finding(
            "look", "account", "Webhooks of a second token are taken.",
            "Unset PORCHLIGHT_TWILIO_AUTH_TOKEN_SECONDARY when the new token is in force, unless it is a shared key.",
        )  # fmt: skip
    yield from findings(account, numbers, settings.public_url)


@command.command()
@click.option("--url", required=True, help="The webhook: a path such as /sms/inbound, or a whole address.")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A field of the form; repeat it.")
@click.option("--json", "body", help="A JSON body instead of a form.")
@click.option("--sha256", is_flag=True, help="Sign with HMAC-SHA256, as with a shared key.")
@click.option("--post", "post", is_flag=True, help="Send it and print the answer.")
@click.option("--to", help="Send it to another address, for example http://127.0.0.1:8000 behind the proxy.")
def sign(url: str, params: tuple[str, ...], body: str | None, sha256: bool, post: bool, to: str | None) -> None:
    """Sign a webhook as the carrier would, for trials: print its headers and body, or send it with --post."""
    settings = Settings()
    if body is not None and params:
        raise click.UsageError("a request has either fields (--param) or a JSON body (--json)")
    pairs = [_pair(one) for one in params]
    url = url if urlsplit(url).scheme else settings.public_url.rstrip("/") + "/" + url.lstrip("/")
    url, headers, content = _signed(url, pairs, body, _token(settings), sha256)
    if not post and not to:
        click.echo(f"POST {url}")
        for name, value in headers.items():
            click.echo(f"{name}: {value}")
        click.echo(f"\n{content}")
        return
    where = urlsplit(url)
    target = urljoin(to, where.path) + (f"?{where.query}" if where.query else "") if to else url
    try:
        answer = httpx.post(target, content=content.encode(), headers=headers, timeout=20.0)
    except httpx.HTTPError as problem:
        raise Problem(f"{target} cannot be reached ({type(problem).__name__}): is the gateway running there?") from None
    click.echo(f"HTTP {answer.status_code}\n{answer.text}")
    if answer.is_error:
        raise click.exceptions.Exit(1)


@command.command()
@click.option("--sms", is_flag=True, help="The page for texts in place of that for calls.")
def fallback(sms: bool) -> None:
    """Print the page for "Primary handler fails", to be hosted elsewhere: the crisis numbers in English and French."""
    from bot.carrier.fallback import page

    click.echo(page("sms" if sms else "voice"))


def _signed(
    url: str, pairs: list[tuple[str, str]], body: str | None, token: str, sha256: bool
) -> tuple[str, dict[str, str], str]:
    """Address, headers and body of a signed request."""
    from starlette.datastructures import ImmutableMultiDict
    from twilio.request_validator import (
        HMAC_SHA1,
        HMAC_SHA256,
        SIGNATURE_HEADER,
        SIGNATURE_SETTINGS_HEADER,
        RequestValidator,
    )

    validator, algorithm = RequestValidator(token), HMAC_SHA256 if sha256 else HMAC_SHA1
    url = url.partition("#")[0]
    if body is not None:
        url += f"{'&' if '?' in url else '?'}bodySHA256={validator.compute_hash(body)}"
    headers = {"Content-Type": FORM if body is None else "application/json"}
    headers[SIGNATURE_HEADER] = validator.compute_signature(url, ImmutableMultiDict(pairs), algorithm)
    if sha256:
        headers[SIGNATURE_SETTINGS_HEADER] = f"key=development,algorithm={algorithm}"
    return url, headers, urlencode(pairs) if body is None else body


def _pair(param: str) -> tuple[str, str]:
    name, separator, value = param.partition("=")
    if not separator or not name:
        raise click.BadParameter(f"{param!r} is not NAME=VALUE", param_hint="--param")
    return name, value


def _token(settings: Settings) -> str:
    token: SecretStr | None = settings.twilio_auth_token
    if token is None or not token.get_secret_value().strip():
        raise Problem(
            "there is no token: set PORCHLIGHT_TWILIO_AUTH_TOKEN; for a trial without an account any word will do, "
            "the same for the gateway and for this command."
        )
    return token.get_secret_value().strip()

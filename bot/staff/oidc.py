"""Signing in with the organization's own accounts (OpenID Connect), by setting.

The provider says who somebody is, never what they may do: roles come from the account that an administrator has
made here beforehand. Discovery, PKCE, nonce and the checks of the ID token are authlib's.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Settings

log = structlog.get_logger(__name__)
_DISCOVERY = "/.well-known/openid-configuration"
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider has said, checked."""

    subject: str
    email: str | None


class ProviderProblem(Exception):
    """The provider could not be asked, or its answer could not be believed. `code` is for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Provider:
    """One configured provider."""

    issuer: str
    client: Any
    back: str
    """Our address to which it sends people back."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Provider | None:
        """None when it is not configured."""
        if not settings.oidc_issuer or not settings.oidc_client_id:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # authlib tells developers which HTTP library it will want one day
            from authlib.integrations.starlette_client import OAuth

        issuer = settings.oidc_issuer.rstrip("/")
        secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
        client = OAuth().register(
            "staff",
            client_id=settings.oidc_client_id,
            client_secret=secret,
            server_metadata_url=issuer + _DISCOVERY,
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PATIENCE},
        )
        return cls(issuer, client, settings.public_url.rstrip("/") + "/console/sign-in/oidc/back")

    async def send_away(self, request: Request) -> tuple[Response, dict[str, Any]]:
        """The way to the provider, and what has to come back with the person.

        Raises:
            ProviderProblem: when the provider cannot be reached.
        """
        kept: dict[str, Any] = {}
        request.scope["session"] = kept
        try:
            response: Response = await self.client.authorize_redirect(request, self.back)
        except Exception as problem:
            raise ProviderProblem(type(problem).__name__) from None
        return response, kept

    async def welcome(self, request: Request, kept: dict[str, Any]) -> Told:
        """Who has come back.

        Args:
            kept: what `send_away` gave along.

        Raises:
            ProviderProblem: for an answer that was not asked for, is not signed by the provider, or names nobody.
        """
        request.scope["session"] = dict(kept)
        try:
            metadata = await self.client.load_server_metadata()
            if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
                raise ProviderProblem("issuer")
            token = await self.client.authorize_access_token(request)
        except ProviderProblem:
            raise
        except Exception as problem:  # authlib, joserfc and the HTTP library each have their own
            raise ProviderProblem(type(problem).__name__) from None
        claims = token.get("userinfo") or {}
        if not claims.get("sub"):
            raise ProviderProblem("no_subject")
        verified = claims.get("email_verified") is True
        email = str(claims["email"]) if verified and claims.get("email") else None
        return Told(subject_kept(self.issuer, str(claims["sub"])), email)


def subject_kept(issuer: str, subject: str) -> str:
    """What an account keeps of a subject: it means somebody only together with its issuer."""
    return hashlib.sha256(f"{issuer.rstrip('/')}\0{subject}".encode()).hexdigest()

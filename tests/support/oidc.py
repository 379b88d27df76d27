"""A small OpenID Connect provider on loopback: discovery, consent without a page, tokens signed with its own key.

It checks what a real one checks: the client's secret, the address to go back to, PKCE, and that a code is used once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "porchlight", "a secret between the two"


@dataclass
class FakeProvider:
    """The provider, and who signs in at it next."""

    back: str
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "ana-at-work"})
    spoil: dict[str, Any] = field(default_factory=dict)
    """Claims that the next tokens carry instead of the right ones."""
    signs_with: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    away: bool = False

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent: back, with a code."""
        assert asked["client_id"] == CLIENT and asked["redirect_uri"] == self.back, asked
        assert asked["response_type"] == "code" and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256" and asked["state"] and asked["nonce"]
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        begun = self.codes.pop(asked.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest())
        if given != urlencode({CLIENT: SECRET}).replace("=", ":", 1) and given != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        if begun is None or challenge.decode().rstrip("=") != begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": begun["nonce"]}
        signer = self.signs_with or self.key
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims | self.spoil, signer)
        return 200, {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": id_token}


@contextmanager
def provider(back: str) -> Iterator[FakeProvider]:
    """Runs a provider for clients that come back to this address."""
    one = FakeProvider(back)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def answer(self, status: int, content: object, **headers: str) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if one.away:
                self.answer(503, {})
            elif address.path == "/.well-known/openid-configuration":
                self.answer(200, one.discovery())
            elif address.path == "/keys":
                self.answer(200, {"keys": [one.key.as_dict(private=False)]})
            elif address.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.answer(302, {}, Location=one.authorize(asked))
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(*one.token(dict(parse_qsl(body)), self.headers.get("Authorization", "")))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()

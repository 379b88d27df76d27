"""Prism between the product and the fake carrier: it refuses requests and answers that Twilio's published description
of its REST API does not have, so that neither side can invent a parameter or a field.

    with serving(carrier) as upstream, proxied(upstream) as prism:
        settings.twilio_api_url = prism.url
        …
        assert prism.refused() == []
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers import npm
from tests.support.machine import lacking

ACCOUNTS = "/2010-04-01/Accounts/{AccountSid}"
PATHS = (
    "/2010-04-01/Accounts/{Sid}.json",
    f"{ACCOUNTS}/Messages.json",
    f"{ACCOUNTS}/Messages/{{Sid}}.json",
    f"{ACCOUNTS}/IncomingPhoneNumbers.json",
    f"{ACCOUNTS}/IncomingPhoneNumbers/{{Sid}}.json",
    f"{ACCOUNTS}/OutgoingCallerIds.json",
    f"{ACCOUNTS}/Calls.json",
    f"{ACCOUNTS}/Calls/{{Sid}}.json",
    f"{ACCOUNTS}/Conferences.json",
    f"{ACCOUNTS}/Conferences/{{Sid}}.json",
    f"{ACCOUNTS}/Conferences/{{ConferenceSid}}/Participants.json",
    f"{ACCOUNTS}/Conferences/{{ConferenceSid}}/Participants/{{CallSid}}.json",
)
"""What the fake carrier has. Prism starts in a fraction of the time with these alone; others answer 404."""
_PATIENCE = 60
_REFUSED = re.compile(r"(\w+) (/\S+) .*Request terminated with error: (.+)")


@dataclass(frozen=True, slots=True)
class Prism:
    url: str
    log: Path

    def refused(self, quiet: float = 0.3) -> list[str]:
        """What it did not let through: method, path and kind of problem. (The answer itself has the details.)

        Prism writes its log after it has answered, so this waits until the log has not grown for a while.
        """
        text, since = "", time.monotonic()
        while time.monotonic() - since < quiet:
            now = self.log.read_text(encoding="utf-8")
            if now != text:
                text, since = now, time.monotonic()
            time.sleep(0.02)
        return [" ".join(found.groups()) for found in _REFUSED.finditer(text)]


@contextmanager
def proxied(upstream: str) -> Iterator[Prism]:
    """Runs Prism in front of the fake carrier at `upstream`; skips the test where node or the packages are missing."""
    program = npm.program("prism")
    node = shutil.which("node")
    if node is None:
        lacking("node is not installed")
    with tempfile.TemporaryDirectory(prefix="porchlight-prism-") as made, socket.socket() as free:
        folder = Path(made)
        description, log = folder / "description.json", folder / "log"
        description.write_text(json.dumps(described(json.loads(npm.description().read_text(encoding="utf-8")))))
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [node, str(program), "proxy", "--errors", "--host", "127.0.0.1", "--port", str(port)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, str(description), upstream], stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        try:
            end = time.monotonic() + _PATIENCE
            while "Prism is listening" not in log.read_text(encoding="utf-8"):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"Prism did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
                time.sleep(0.05)
            yield Prism(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:  # connections that clients keep open
                process.kill()
                process.wait()


def described(published: dict[str, Any]) -> dict[str, Any]:
    """Twilio's description, without what is not used here, and freed of three faults that its own examples break:
    addresses of pages are relative, a conference that goes on has no reason to have ended, and a parameter that may be
    repeated is sent by Twilio's clients as one field for each value."""
    schemas = published["components"]["schemas"]
    because = dict(schemas["conference_enum_reason_conference_ended"])
    because["nullable"], because["enum"] = True, [*because["enum"], None]
    components = {**published["components"]}
    components["schemas"] = {**schemas, "conference_enum_reason_conference_ended": because}
    paths = {path: _freed(published["paths"][path]) for path in PATHS}
    return {**published, "paths": paths, "components": components}


def _freed(node: Any) -> Any:
    if isinstance(node, list):
        return [_freed(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _freed(value) for name, value in node.items() if name not in ("examples", "description")}
    for name, schema in made.items():
        if (name == "uri" or name.endswith("_uri")) and isinstance(schema, dict) and schema.get("format") == "uri":
            made[name] = {**schema, "format": "uri-reference"}
    form = made.get("application/x-www-form-urlencoded")
    if isinstance(form, dict):
        properties = form.get("schema", {}).get("properties", {})
        repeated = [name for name, schema in properties.items() if schema.get("type") == "array"]
        form["encoding"] = {name: {"style": "form", "explode": True} for name in repeated}
    return made

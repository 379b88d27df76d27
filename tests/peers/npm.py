"""Twilio's published contract and the proxy that checks against it, from npm, into `var/npm`, once.

Installing again happens only when `package.json` or the lock file changes. Versions are pinned there and every
package is checked against its hash; the lock file names no download addresses, so it works with any mirror.
`python -m tests.peers.npm` installs ahead, for instance while the network is still there.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.support.machine import lacking

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "var" / "npm"
_PATIENCE = 100
"""Seconds; a test that waits for the installation must itself end in 120."""


def folder(patience: float = _PATIENCE) -> Path:
    """The folder `node_modules`, installed by whoever asks first; skips the test where that cannot be done."""
    wanted = FOLDER / _digest()
    if (wanted / "complete").exists():
        return wanted / "node_modules"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("node and npm are not installed (Debian, Ubuntu: apt-get install npm; 20 or newer)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (wanted / "complete").exists():
            _install(npm, wanted, patience)
    return wanted / "node_modules"


def _install(npm: str, wanted: Path, patience: float) -> None:
    for old in FOLDER.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    wanted.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, wanted)
    # Nothing of these packages has to be built, so none of their scripts runs.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=wanted, capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        lacking(f"npm did not finish in {patience:.0f} s; run `python -m tests.peers.npm` once")
    if done.returncode:
        lacking(f"npm could not install the packages of tests/peers/package.json: {done.stderr.strip()[-300:]}")
    (wanted / "complete").touch()


def _digest() -> str:
    content = b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json"))
    return hashlib.sha256(content).hexdigest()[:16]


def typings(name: str) -> str:
    """Twilio's typings of a kind of TwiML: `VoiceResponse` or `MessagingResponse`."""
    return (folder() / "twilio" / "lib" / "twiml" / f"{name}.d.ts").read_text(encoding="utf-8")


def description() -> Path:
    """Twilio's OpenAPI description of the REST API of 2010-04-01, as its own command line tool carries it."""
    return folder() / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"


def program(name: str) -> Path:
    """A command that the packages bring."""
    return folder() / ".bin" / name


if __name__ == "__main__":
    print(folder(patience=900))

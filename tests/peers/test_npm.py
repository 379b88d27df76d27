"""The packages of the peers are pinned, checked by hash, installed once, and named without an address."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.peers import npm

LOCK = json.loads((npm.HERE / "package-lock.json").read_text(encoding="utf-8"))


def test_every_package_is_pinned_with_its_hash_and_without_an_address() -> None:
    wanted = json.loads((npm.HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    packages = {path: one for path, one in LOCK["packages"].items() if path}
    assert len(packages) > 100
    for path, one in packages.items():
        assert one["integrity"].startswith("sha512-"), path
        assert "resolved" not in one, path
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_what_is_installed_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = npm.folder()
    monkeypatch.setenv("PATH", "/nonexistent")
    assert npm.folder() == found
    assert (
        npm.description().is_file() and npm.program("prism").exists() and "SayLanguage" in npm.typings("VoiceResponse")
    )


def test_without_npm_a_test_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PORCHLIGHT_CI", raising=False)
    monkeypatch.setattr(npm, "FOLDER", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(pytest.skip.Exception, match="apt-get install npm"):
        npm.folder()


def test_an_installation_that_fails_is_no_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PORCHLIGHT_CI", raising=False)
    monkeypatch.setattr(npm, "FOLDER", tmp_path)
    broken = tmp_path / "npm"
    broken.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(broken))
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="no network"):
            npm.folder()

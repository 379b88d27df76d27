"""Style and types. As tests, so that one closing line tells whether everything holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.system import PROJECT


def check(*command: str) -> None:
    run = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, f"{' '.join(command)}:\n{run.stdout}{run.stderr}"


def test_the_code_follows_ruff() -> None:
    check("ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    check("ruff", "format", "--check", ".")


@pytest.mark.timeout(600)
def test_the_types_hold() -> None:
    check("mypy")

"""What a machine may lack. Skipped with the reason on a person's machine; a failure where CI installs it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skips the test, or fails it in CI, where nothing may be missing."""
    if os.environ.get("PORCHLIGHT_CI"):
        pytest.fail(f"CI has to have everything: {reason}")
    pytest.skip(reason)

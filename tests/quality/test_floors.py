"""Understanding has not become worse than what was promised, measured by the command that writes the report."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.system import System

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(900)
def test_no_figure_is_below_its_floor(system: System) -> None:
    """The started system stands for the trained models; the command uses the same ones."""
    done = subprocess.run(
        [PROJECT / "bin" / "porchlight", "evaluate", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

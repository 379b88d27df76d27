"""Fixtures for all tests, and their order: what is quick and breaks most often first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.postgres", "tests.support.redis", "tests.support.system"]

# Seconds: the first test that needs the system waits for it, and on a fresh machine for the training.
_PATIENCE = 900
TESTS = Path(__file__).parent
FOLDERS = {"browser": ("browser",), "system": ("browser", "conversations", "quality", "setup")}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "system" in fixtures:
            item.add_marker(pytest.mark.system)
        if "postgres_url" in fixtures:
            item.add_marker(pytest.mark.postgres)
        _in_its_folder(item)
        slow = item.get_closest_marker("system") or item.get_closest_marker("browser")
        if slow and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_PATIENCE))
    items.sort(key=_turn)


def _in_its_folder(item: pytest.Item) -> None:
    """bin/test reads for each kind of test only these folders: elsewhere one would never run."""
    folder = item.path.relative_to(TESTS).parts[0]
    for kind, folders in FOLDERS.items():
        if item.get_closest_marker(kind) and folder not in folders:
            raise pytest.UsageError(f"{item.nodeid}: a test of kind {kind} belongs into {' or '.join(folders)}")


def _turn(item: pytest.Item) -> int:
    order = ("postgres", "system", "browser")
    return max((order.index(name) + 1 for name in order if item.get_closest_marker(name)), default=0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI everything is installed, so a skipped test is one that nobody has looked at: it fails the run."""
    if os.environ.get("PORCHLIGHT_CI") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI may skip nothing; see the reasons above.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if os.environ.get("PORCHLIGHT_CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

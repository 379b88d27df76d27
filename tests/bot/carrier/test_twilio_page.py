"""docs/twilio.md names settings, commands, webhooks and a file of numbers that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bot.carrier.check import CALL, CALL_STATUS, INBOUND
from bot.carrier.numbers import Numbers
from bot.commands.twilio import command
from bot.doors.loading import load
from bot.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "twilio.md").read_text(encoding="utf-8")


def test_the_example_of_the_file_of_numbers_can_be_used(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "numbers.yml").write_text(example, encoding="utf-8")
    numbers = Numbers.load(tmp_path / "numbers.yml", load())
    found = numbers.find("voice", "211")
    assert found is not None
    assert found.number == "+15550100000"


def test_every_setting_that_the_page_names_exists() -> None:
    known = {f"PORCHLIGHT_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"PORCHLIGHT_\w+", PAGE))
    assert len(named) > 5
    assert named <= known


def test_every_option_that_the_page_shows_exists() -> None:
    assert isinstance(command, click.Group)
    options = {name for sub in command.commands.values() for one in sub.params for name in one.opts}
    lines = re.findall(r"bin/porchlight twilio (\w+)", PAGE)
    assert set(lines) <= set(command.commands)
    sections = [part for part in PAGE.split("\n## ") if part.startswith(("`bin/porchlight twilio", "A signing client"))]
    assert len(sections) == 2
    shown = re.sub(r".*tests\.peers.*", "", "".join(sections))
    assert set(re.findall(r"(?<![\w-])--[a-z0-9]+", shown)) <= options


def test_the_webhooks_that_the_check_expects_are_those_of_the_page() -> None:
    assert all(f"`https://chat.example.org{path}`" in PAGE for path in (INBOUND, CALL, CALL_STATUS))


def test_the_page_says_plainly_that_no_live_account_was_used() -> None:
    assert "No live Twilio account was used" in PAGE

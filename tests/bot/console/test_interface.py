"""Every word of the console exists in both languages, and every id that a page or script asks for exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.console.french import update
from bot.console.interface import BrokenInterface, Interface, areas, read_area, read_french
from bot.console.pages import STATIC, TEMPLATES
from bot.language.catalogue import placeholders

ASKED = re.compile(r"""(?<![\w.])t\(\s*['"](\w+)['"]\s*[,)]""")


@pytest.mark.parametrize("area", areas())
def test_each_english_word_of_an_area_is_said_in_french_with_the_same_facts(area: str) -> None:
    english, french = read_area(area), read_french(area)
    assert sorted(english.keys() - french.keys()) == []
    assert sorted(french.keys() - english.keys()) == []
    for key, source in english.items():
        assert placeholders(french[key].text) == placeholders(source.text), key


def test_templates_and_scripts_ask_only_for_ids_that_exist() -> None:
    interface = Interface.load()
    files = [path for folder in TEMPLATES for path in folder.rglob("*.html")] + list(STATIC.rglob("*.js"))
    assert files
    unknown = {
        f"{path.name}: {key}" for path in files for key in ASKED.findall(path.read_text()) if not interface.has(key)
    }
    assert sorted(unknown) == []


def test_an_unknown_id_is_shown_instead_of_breaking_the_page() -> None:
    assert Interface({}, {}).say("no_such_id", "fr") == "no_such_id"


def test_english_stands_in_where_the_french_is_missing(tmp_path: Path) -> None:
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "area.yml").write_text('hello: { text: "Hello {name}", note: "" }\n')
    assert Interface.load(tmp_path).say("hello", "fr", name="A") == "Hello A"
    update("area", {"hello": "Bonjour {name}"}, tmp_path)
    assert Interface.load(tmp_path).say("hello", "fr", name="A") == "Bonjour A"


def test_an_id_stands_in_one_area_only() -> None:
    counted = Counter(key for area in areas() for key in read_area(area))
    assert [key for key, count in counted.items() if count > 1] == []


def test_an_entry_without_words_is_refused_with_its_file_and_id(tmp_path: Path) -> None:
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "area.yml").write_text("empty: { note: nothing }\n")
    with pytest.raises(BrokenInterface, match=r"area\.yml: empty"):
        Interface.load(tmp_path)

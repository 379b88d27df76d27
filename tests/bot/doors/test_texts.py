"""Sentences that nobody has reviewed are drafts, and an operator can do without them."""

from __future__ import annotations

from pathlib import Path

from bot.doors.loading import load
from bot.doors.texts import COMMON, DRAFT, common_texts, joined, read_texts
from bot.language.catalogue import Catalogue

FOLDER = Path(__file__).resolve().parents[3] / "doors"


def test_a_file_that_says_so_is_a_draft(tmp_path: Path) -> None:
    for language, first in (("en", ""), ("fr", f"{DRAFT}: by nobody.\n"), ("es", "")):
        (tmp_path / f"{language}.yml").write_text(f'{first}hello: "…"\n', encoding="utf-8")
    texts = read_texts(tmp_path)
    assert {language: getattr(texts[language], "draft", None) for language in texts} == {
        "en": False,
        "fr": True,
        "es": False,
    }


def test_every_shipped_translation_says_that_it_is_a_draft() -> None:
    """Takes a language out of here who has had its sentences reviewed."""
    files = [path for path in (FOLDER / "texts").glob("*/*.yml") if path.stem != "en"]
    assert files
    assert [path for path in files if not path.read_text(encoding="utf-8").startswith(DRAFT)] == []


def test_without_drafts_a_door_speaks_english() -> None:
    doors, common = load(), common_texts(FOLDER)
    with_drafts = joined(Catalogue.load(), doors.values(), common)
    without = joined(Catalogue.load(drafts=False), doors.values(), common, drafts=False)
    of_doors = [f"{door.id}/{key}" for door in doors.values() for key in door.texts.get("fr", {}) if "_" not in key]
    assert len(of_doors) > len(doors) / 2
    for message in (f"{COMMON}/{next(iter(common['fr']))}", *of_doors):
        assert with_drafts.has(message, "fr") and not without.has(message, "fr"), message

"""Engines, workers and memory of machine translation: real packages and rules, and engines that misbehave."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.language import workers
from bot.language.apertium import Apertium
from bot.language.argos import Argos, NotInstalled, install_file, installed
from bot.language.machine import sentences, shielded
from bot.language.translation import GatedTranslator, NoTranslator, translator_for
from bot.language.workers import Workers
from tests.support.machines import ANY, Echo

PACKAGES = Path(__file__).parents[2] / "fixtures" / "translation"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixture packages, unpacked as the library unpacks them."""
    made = tmp_path_factory.mktemp("languages")
    for package in PACKAGES.glob("*.argosmodel"):
        zipfile.ZipFile(package).extractall(made)
    return made


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(workers, "PAUSE", 0.0)
    made = Workers(Echo, wait=0.8)
    made.translate("warm", ANY)
    time.sleep(1.5)
    yield made
    made.close()


def test_a_real_package_is_installed_by_the_library_and_translates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_LANGUAGE_PACKAGES", str(tmp_path / "languages"))
    said = install_file(PACKAGES / "translate-en_es-fixture.argosmodel")
    assert "en → es" in said
    made = Argos(tmp_path / "languages").translate("Groceries for a week for families.", ("en", "es"))
    assert made is not None and made.text == "Alimentos para una semana para familias."
    assert made.score is not None and made.score > -0.5
    assert "already" in install_file(PACKAGES / "translate-en_es-fixture.argosmodel")


def test_what_is_no_package_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_LANGUAGE_PACKAGES", str(tmp_path / "languages"))
    wrong = tmp_path / "letter.argosmodel"
    wrong.write_text("Dear sir or madam")
    with pytest.raises(NotInstalled, match="not an Argos package"):
        install_file(wrong)


def test_facts_pass_through_a_real_model_unchanged(folder: Path) -> None:
    engine = Argos(folder)
    made = engine.translate("Open on Friday from 9:30 to 16:00. Call 416-555-0123.", ("en", "es"))
    assert made is not None
    assert "9:30" in made.text and "16:00" in made.text and made.text.endswith("416-555-0123.")


def test_a_model_is_less_sure_of_what_it_never_learnt(folder: Path) -> None:
    engine = Argos(folder)
    known = engine.translate("A hot meal for older adults.", ("en", "es"))
    unknown = engine.translate("I want to die and nobody in this house listens to me.", ("en", "es"))
    assert known and unknown and known.score and unknown.score
    assert known.score > unknown.score + 0.3


def test_a_package_without_usable_metadata_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "metadata.json").write_text("{")
    assert installed(tmp_path) == {}
    assert Argos(tmp_path).translate("Groceries.", ("en", "es")) is None


@pytest.mark.skipif(shutil.which("apertium") is None, reason="the command apertium is not installed")
def test_apertium_translates_and_admits_the_words_that_it_does_not_know() -> None:
    engine = Apertium()
    assert ("es", "en") in engine.pairs()
    plain = engine.translate("Una cama para la noche.", ("es", "en"))
    assert plain is not None and "bed" in plain.text and not plain.faults
    rough = engine.translate("Mi marido me pega y tengo un zxqwv.", ("es", "en"))
    assert rough is not None and rough.faults == ("unknown_word",)


def test_a_translation_is_made_once_and_remembered(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    translator = GatedTranslator(Echo(), pool, {ANY})
    assert translator.translate("bread milk", *ANY) == "breado milko"
    monkeypatch.setattr(pool, "translate", lambda *args, **more: pytest.fail("asked the engine again"))
    assert translator.translate("bread milk", *ANY) == "breado milko"


def test_what_a_person_wrote_is_not_kept(pool: Workers) -> None:
    translator = GatedTranslator(Echo(), pool, {ANY})
    assert translator.translate("bread milk", *ANY, remember=False) == "breado milko"
    assert not translator._memory


def test_a_spoilt_threshold_is_as_good_as_none(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "languages")
    for package in (tmp_path / "languages").iterdir():
        (package / "porchlight.json").write_text("{")
    assert Argos(tmp_path / "languages").threshold(("en", "es")) is None


def test_a_slow_engine_costs_two_seconds_at_most_and_its_result_is_kept_for_the_next(pool: Workers) -> None:
    translator = GatedTranslator(Echo(), pool, {ANY})
    start = time.monotonic()
    assert translator.translate("slow bread", *ANY) is None
    assert time.monotonic() - start < 1.6
    time.sleep(2.0)
    assert translator.translate("slow bread", *ANY) == "slowo breado"


def test_a_crash_of_the_engine_is_survived(pool: Workers) -> None:
    assert pool.translate("crash", ANY) is None
    assert pool.translate("raise", ANY) is None
    for _ in range(20):
        if (made := pool.translate("bread", ANY)) is not None:
            break
        time.sleep(0.2)
    assert made is not None and made.text == "breado"


def test_after_a_miss_nobody_waits_for_a_while(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAUSE", 60.0)
    assert pool.translate("slow bread", ANY) is None
    start = time.monotonic()
    assert pool.translate("bread", ANY) is None
    assert time.monotonic() - start < 0.1


def test_the_operator_switches_a_language_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.language.translation.ENGINES", {"argos": partial(Argos, folder)})
    translator = translator_for("argos", "es")
    assert not isinstance(translator, GatedTranslator) or all("es" not in pair for pair in translator.pairs)
    assert isinstance(translator_for("off"), NoTranslator)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ("一。二！三", ["一。", "二！", "三"]),
        ("At 9.30 a.m.\nCall", ["At 9.30 a.m.", "Call"]),
        ("  ", []),
    ],
)
def test_sentences_are_cut_without_a_model(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("sentence", "words", "fact"),
    [
        ("Call 416-555-0123.", "Call", " 416-555-0123."),
        ("Write to: help@example.org", "Write to", ": help@example.org"),
        ("Open from 9 to 5", "Open from 9 to 5", ""),
        ("416-555-0123", "416-555-0123", ""),
    ],
)
def test_a_number_at_the_end_is_kept_from_the_engine(sentence: str, words: str, fact: str) -> None:
    assert shielded(sentence) == (words, fact)

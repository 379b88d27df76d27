"""The trained model of languages: learns from examples, admits what it has not seen, and is refused when broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.language.identification import Identifier
from bot.language.trained import Trained, words_of
from bot.language.training import labelled, train

HINDI = [
    "mujhe kiraya dena hai",
    "mere ghar mein khana nahi hai",
    "kahan milega doctor",
    "bachche ke liye kapde chahiye",
]
SOMALI = [
    "waxaan u baahanahay cunto",
    "kirada ma bixin karo",
    "dhakhtar ayaan raadinayaa",
    "carruurtayda dhar ma hayaan",
]
ENGLISH = [
    "i need to pay the rent",
    "there is no food in my house",
    "where can i find a doctor",
    "clothes for the kids",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    for language, lines in (("hi", HINDI), ("so", SOMALI), ("en", ENGLISH)):
        folder = data / "nlu" / language
        folder.mkdir(parents=True)
        words = ("", "abc", "def", "ghi", "jkl", "mno", "pqr", "stu")
        examples = [f"    - {line} {word}" for line in lines for word in words]
        head = ["nlu:", "- intent: need/food.pantry", "  examples: |"]
        (folder / "needs.yml").write_text("\n".join([*head, *examples]) + "\n", encoding="utf-8")
    return train(data / "language-test.npz", data)


def test_a_romanised_language_is_told_from_the_others(model: Path) -> None:
    glance = Trained.read(model).glance("latin", words_of("mujhe khana chahiye"))
    assert glance is not None and glance.label == "hi-r" and glance.probability > 0.9 and glance.known == 1.0


def test_words_that_it_has_not_seen_are_not_called_known(model: Path) -> None:
    glance = Trained.read(model).glance("latin", words_of("xylofon qwrtz"))
    assert glance is not None and glance.known == 0.0


def test_a_script_without_examples_gives_no_opinion(model: Path) -> None:
    assert Trained.read(model).glance("cyrillic", ["привет"]) is None
    assert Trained.read(model).glance("latin", ["123"]) is None


def test_an_artefact_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "language-broken.npz"
    broken.write_bytes(b"not an archive")
    assert Trained.find(broken) is None
    np.savez(tmp_path / "language-old.npz", settings=np.array('{"form": 0}'))
    assert Trained.find(tmp_path / "language-old.npz") is None


def test_identification_works_without_the_model(tmp_path: Path) -> None:
    identifier = Identifier.load(model=tmp_path / "missing.npz")
    assert identifier.identify("J'ai besoin d'aide pour payer mon loyer").language == "fr"


def test_only_lines_in_letters_teach_and_a_language_in_another_script_is_romanised() -> None:
    taught = list(labelled([("hi", "मुझे खाना"), ("hi", "mujhe khana"), ("yue", "sik je"), ("en", "123")]))
    assert taught == [("devanagari", "hi", "मुझे खाना"), ("latin", "hi-r", "mujhe khana")]

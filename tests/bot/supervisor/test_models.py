"""A model is trained when its sources change, and only then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.supervisor.models import forget_old, language_model, pinned, rasa_model, risk_model


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "config.yml", "domain.yml", "data/nlu/en/food.yml", "data/rules/r.yml", "understanding/text.py",
        "requirements/rasa.txt", "bot/safety/levels.py", "docs/safety.md", "doors/211.yml",
    ):  # fmt: skip
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(name)
    return tmp_path / "project"


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "data/nlu/en/food.yml", "data/nlu/fr/new.yml", "data/rules/r.yml",
     "understanding/text.py", "requirements/rasa.txt"],
)  # fmt: skip
def test_a_changed_source_asks_for_a_new_model(project: Path, name: str) -> None:
    before = rasa_model(project, project / "models")
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed")
    assert rasa_model(project, project / "models") != before


@pytest.mark.parametrize(
    "name", ["docs/safety.md", "doors/211.yml", "bot/safety/levels.py", "understanding/__pycache__/text.pyc"]
)
def test_other_files_do_not(project: Path, name: str) -> None:
    before = rasa_model(project, project / "models")
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed")
    assert rasa_model(project, project / "models") == before


def test_a_renamed_source_is_a_change(project: Path) -> None:
    before = rasa_model(project, project / "models")
    (project / "data/nlu/en/food.yml").rename(project / "data/nlu/en/other.yml")
    assert rasa_model(project, project / "models") != before


def test_the_same_sources_elsewhere_give_the_same_name(project: Path) -> None:
    first = rasa_model(project, project / "models")
    (project / "config.yml").touch()
    assert rasa_model(project, project / "models") == first
    copy = shutil.copytree(project, project.parent / "copy")
    assert rasa_model(copy, project / "models") == first


@pytest.mark.parametrize(("name", "changes"), [("bot/safety/levels.py", True), ("config.yml", False)])
def test_the_risk_classifier_has_sources_of_its_own(project: Path, name: str, changes: bool) -> None:
    before = risk_model(project, project / "models")
    (project / name).write_text("changed")
    assert (risk_model(project, project / "models") != before) is changes


@pytest.mark.parametrize(("name", "changes"), [("data/nlu/en/food.yml", True), ("config.yml", False)])
def test_the_model_of_languages_learns_anew_when_examples_change(project: Path, name: str, changes: bool) -> None:
    before = language_model(project, project / "models")
    (project / name).write_text("changed")
    assert (language_model(project, project / "models") != before) is changes


def test_a_model_in_use_survives_the_tidying(tmp_path: Path) -> None:
    model = tmp_path / "models" / "rasa-a.tar.gz"
    model.parent.mkdir()
    model.write_text("trained")
    own = pinned(model, tmp_path / "run")
    model.unlink()
    assert own.read_text() == "trained"


def test_old_models_are_deleted_but_for_the_one_before(tmp_path: Path) -> None:
    import os

    for age, name in enumerate(["rasa-c.tar.gz", "rasa-b.tar.gz", "rasa-a.tar.gz", "risk-a.npz"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    forget_old(tmp_path / "rasa-c.tar.gz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rasa-b.tar.gz", "rasa-c.tar.gz", "risk-a.npz"]

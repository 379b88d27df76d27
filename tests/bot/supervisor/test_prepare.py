"""What is put in order before the gateway starts."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from bot.supervisor import prepare
from bot.supervisor.folders import PROJECT, Folders, settle
from bot.supervisor.problems import Problem, explained, need_space


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT / "doors", tmp_path / "doors"))


def test_the_shipped_doors_are_in_order(doors: Path) -> None:
    prepare.check_doors(doors)


def test_a_broken_door_is_one_sentence_with_file_and_line(doors: Path) -> None:
    with (doors / "good2talk.yml").open("a") as file:
        file.write("\nlanguages: [en\n")
    with pytest.raises(Problem) as refused:
        prepare.check_doors(doors)
    sentence = str(refused.value)
    assert sentence.startswith("a front door is broken: good2talk.yml, line ")
    assert "\n" not in sentence


def test_a_database_that_is_away_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://porchlight:s3cret@127.0.0.1:9/porchlight"
    monkeypatch.setenv("PORCHLIGHT_DATABASE_URL", url)
    with pytest.raises(Problem) as refused:
        prepare.upgrade_database()
    sentence = str(refused.value)
    assert sentence.startswith("the database postgresql+psycopg://porchlight:***@127.0.0.1:9/porchlight cannot")
    assert sentence.endswith("start it, or correct PORCHLIGHT_DATABASE_URL.")
    assert "s3cret" not in sentence


def test_a_database_url_with_a_mistake_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_DATABASE_URL", "postgres//nonsense")
    with pytest.raises(Problem, match="PORCHLIGHT_DATABASE_URL"):
        prepare.upgrade_database()


def test_a_setting_with_a_mistake_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_ENGINE_TIMEOUT", "soon")
    with pytest.raises(Problem, match="PORCHLIGHT_ENGINE_TIMEOUT"):
        prepare.upgrade_database()


def test_everything_is_kept_inside_the_project(tmp_path: Path) -> None:
    environment: dict[str, str] = {"HOME": "/somewhere"}
    settle(environment)
    for name in ("PORCHLIGHT_VAR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR"):
        assert Path(environment[name]).is_relative_to(PROJECT / "var")


def test_models_are_shared_by_all_var_folders(tmp_path: Path) -> None:
    folders = Folders.of({"PORCHLIGHT_VAR": str(tmp_path)})
    assert folders.logs == tmp_path / "log"
    assert folders.models == PROJECT / "var" / "models"


def test_folders_are_closed_to_other_users(tmp_path: Path) -> None:
    folders = Folders(project=tmp_path, var=tmp_path / "var", shared=tmp_path / "var")
    folders.make()
    assert {f.stat().st_mode & 0o077 for f in (folders.var, folders.logs, folders.run)} == {0}


def test_errors_of_the_disk_say_what_to_do(tmp_path: Path) -> None:
    full = explained(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert str(full) == f"the disk is full: free some space in {tmp_path} and run this again."
    closed = explained(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "x")), tmp_path)
    assert "give this user the right to write" in str(closed)
    with pytest.raises(Problem, match=r"the disk is too full: running needs \d+ MB and \d+ MB are free"):
        need_space(tmp_path, 2**40, "running")

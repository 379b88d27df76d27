"""The training examples in few files say the same as in many."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.supervisor.joined import joined

NLU = Path(__file__).resolve().parents[3] / "data" / "nlu"


def examples(paths: list[Path]) -> list[tuple[str, str]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return sorted(
        (item["intent"], item["examples"])
        for path in paths
        for item in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["nlu"]
    )


def test_nothing_is_lost_and_nothing_added(tmp_path: Path) -> None:
    made = list(joined([NLU], tmp_path / "data").glob("*.yml"))
    assert examples(made) == examples(list(NLU.rglob("*.yml")))
    assert len(made) == len([folder for folder in NLU.iterdir() if folder.is_dir()])


def test_a_file_of_another_form_is_copied_as_it_is(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "one.yml").write_text('version: "3.1"\nrules:\n- rule: x\n  steps: []\n')
    (copied,) = joined([rules], tmp_path / "data").rglob("*.yml")
    assert copied.read_text() == (rules / "one.yml").read_text()

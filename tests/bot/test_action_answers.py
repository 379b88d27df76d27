"""Rasa's own check of an action's answer, made once: the same answers pass, and the schema is not checked again."""

from __future__ import annotations

import json
import subprocess

import pytest

from bot.supervisor.folders import Folders

SCRIPT = """
import json, sys
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from understanding.answers import check_schema_once

kind = validator_for(RemoteAction.action_response_format_spec())
checked = []
original = kind.check_schema
kind.check_schema = classmethod(lambda cls, *given, **more: checked.append(1) or original(*given, **more))
check_schema_once()
action = RemoteAction("action_search", None)
told = []
for answer in json.loads(sys.argv[1]):
    try:
        told.append(action._validate_action_result(answer))
    except ValidationError as error:
        told.append(error.message)
print(json.dumps({"told": told, "checked": len(checked)}))
"""
GOOD = {"events": [{"event": "slot", "name": "need", "value": "food.pantry"}], "responses": [{"custom": {}}]}
BAD = ({"events": "none"}, {"events": [{"value": 1}]}, {"responses": ["text"]}, [])


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    folders = Folders.of({})
    run = subprocess.run(
        [str(folders.rasa_python), "-c", SCRIPT, json.dumps([GOOD, GOOD, *BAD])],
        cwd=folders.project, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return dict(json.loads(run.stdout.splitlines()[-1]))


def test_answers_of_an_actions_form_pass_and_others_are_refused_by_name(told: dict[str, list[object]]) -> None:
    passed, again, *refused = told["told"]
    assert passed is again is True
    assert len(refused) == len(BAD)
    assert all("action_search" in str(one) for one in refused)


def test_the_schema_is_checked_once_however_many_answers_come(told: dict[str, object]) -> None:
    assert told["checked"] == 1

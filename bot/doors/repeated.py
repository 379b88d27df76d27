"""Questions that are asked once for each child, person or thing: written once in the file, several in the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST = 12


def expanded(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """A door's file with every question that has `each` written out.

    `grade` with `each: children` becomes grade_1, grade_2, … up to the most that `children` can be; each is asked if
    there are that many. Wherever a list of names holds `grade` (shares, answers, counts), it holds all of them.

    Returns:
        the file, and for each question of it the number of the question that it was written as. What is not of the
        expected form stays as it is, for the checks to refuse.
    """
    intake = content.get("intake")
    if not isinstance(intake, list):
        return dict(content), []
    most = {one.get("id"): one.get("most") for one in intake if isinstance(one, dict) and one.get("kind") == "number"}
    questions: list[Any] = []
    origin: list[int] = []
    names: dict[str, list[str]] = {}
    for at, one in enumerate(intake):
        counted = most.get(one.get("each")) if isinstance(one, dict) else None
        if not isinstance(counted, int) or not 1 <= counted <= MOST or not isinstance(one.get("id"), str):
            questions.append(one)
            origin.append(at)
            continue
        names[one["id"]] = [f"{one['id']}_{nth}" for nth in range(1, counted + 1)]
        for nth, name in enumerate(names[one["id"]], 1):
            there: dict[str, Any] = {"question": one["each"], "at_least": nth}
            when = {"all": [one["when"], there]} if one.get("when") else there
            questions.append({**one, "id": name, "when": when, "nth": nth})
            origin.append(at)
    if not names:
        return dict(content), origin
    made = {**content, "intake": questions}
    if isinstance(content.get("consents"), list):
        made["consents"] = [_in(one, ("shares",), names) for one in content["consents"]]
    if isinstance(content.get("registration"), dict):
        made["registration"] = _in(content["registration"], ("answers", "counts"), names)
    return made, origin


def _in(part: Any, fields: tuple[str, ...], names: Mapping[str, list[str]]) -> Any:
    if not isinstance(part, dict):
        return part
    made = dict(part)
    for name in fields:
        if isinstance(made.get(name), list):
            made[name] = [each for one in made[name] for each in (names.get(str(one)) or [one])]
    return made

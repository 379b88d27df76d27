"""Reading and checking the door files. A broken one is refused at start, with file, line and reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.doors.door import Door

FOLDER = Path(__file__).resolve().parent.parent.parent / "doors"


class BrokenDoor(Exception):
    """A door file that cannot be used. The text names file, line and reason."""


def load(folder: Path = FOLDER) -> Mapping[str, Door]:
    """All doors of a folder by id.

    Raises:
        BrokenDoor: at the first file that cannot be used, when two files share an id, a web path or a keyword, or when
            the general door 211 is missing.
    """
    doors: dict[str, Door] = {}
    paths: dict[str, Path] = {}
    words: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yml")):
        door = read(path)
        if door.id in doors:
            raise BrokenDoor(f"{path.name}: the id {door.id!r} stands in another door file too.")
        if door.entry.web in paths:
            raise BrokenDoor(f"{path.name}: {door.entry.web} is the web path of {paths[door.entry.web].name} too.")
        for word in door.entry.words:
            if word in words:
                raise BrokenDoor(f"{path.name}: {word} is the keyword of {words[word].name} too.")
            words[word] = path
        doors[door.id] = door
        paths[door.entry.web] = path
    if "211" not in doors:
        raise BrokenDoor(f"{folder}: the general door 211 is missing; put doors/211.yml back.")
    return doors


def read(path: Path) -> Door:
    """One door file, checked."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text)
        content = yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(problem, "problem", None) or "is not readable as UTF-8 text"
        raise BrokenDoor(f"{path.name}, line {line}: {reason}. Mend the file and start again.") from None
    try:
        return Door.model_validate(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        line = _line_of(tree, first["loc"])
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        reason = first["msg"].removeprefix("Value error, ")
        raise BrokenDoor(f"{path.name}, line {line}: {where}: {reason}. Mend the file and start again.") from None


def _line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest part of `loc` that the file has."""
    line = 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


@cache
def _shipped() -> Mapping[str, Door]:
    return load()


def door_named(door_id: str) -> Door:
    """A door of the product's own folder; the general one for an unknown id."""
    doors = _shipped()
    return doors.get(door_id, doors["211"])

"""Reading and checking the door files. A broken one is refused at start, with file, line and reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.doors.checks import Loc, findings
from bot.doors.door import Door
from bot.doors.repeated import expanded
from bot.doors.texts import COMMON, BrokenTexts, Known, Texts, catalogue_ids, common_texts, read_texts
from bot.yaml_text import composed, parsed

FOLDER = Path(__file__).resolve().parent.parent.parent / "doors"
GENERAL = "211"


class BrokenDoor(Exception):
    """A door file that cannot be used. The text names file, line and reason."""


def load(folder: Path = FOLDER, further: Path | None = None) -> Mapping[str, Door]:
    """All doors of a folder by id, and those of a further one.

    Args:
        further: an operator's own folder of doors, beside the product's.

    Raises:
        BrokenDoor: at the first file that cannot be used, when two files share an id, a web path or a keyword, when a
            route leads to a door that is not there, or when the general door 211 is missing.
    """
    doors: dict[str, Door] = {}
    paths: dict[str, Path] = {}
    words: dict[str, Path] = {}
    files: dict[str, Path] = {}
    for path in (*sorted(folder.glob("*.yml")), *(sorted(further.glob("*.yml")) if further else ())):
        door = read(path)
        if door.id in doors:
            raise BrokenDoor(f"{path.name}: the id {door.id!r} stands in another door file too.")
        if door.entry.web in paths:
            raise BrokenDoor(f"{path.name}: {door.entry.web} is the web path of {paths[door.entry.web].name} too.")
        for word in door.entry.keywords:
            if word in words:
                raise BrokenDoor(f"{path.name}: {word} is the keyword of {words[word].name} too.")
            words[word] = path
        doors[door.id] = door
        paths[door.entry.web] = path
        files[door.id] = path
    if GENERAL not in doors:
        raise BrokenDoor(f"{folder}: the general door 211 is missing; put doors/211.yml back.")
    for door in doors.values():
        for route in door.routes:
            if route.door is not None and route.door not in doors:
                raise BrokenDoor(f"{files[door.id].name}: the route {route.id} leads to no door: {route.door!r}.")
    return doors


def read(path: Path) -> Door:
    """One door file with its sentences, checked."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = composed(text)
        content = parsed(text)
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(problem, "problem", None) or "is not readable as UTF-8 text"
        raise BrokenDoor(f"{path.name}, line {line}: {reason}. Mend the file and start again.") from None

    origin: list[int] = []

    def refused(loc: Loc, reason: str) -> BrokenDoor:
        if loc[:1] == ("intake",) and len(loc) > 1 and isinstance(loc[1], int) and loc[1] < len(origin):
            loc = ("intake", origin[loc[1]], *loc[2:])  # as the file has it
        where = ".".join(str(part) for part in loc) or "the file"
        return BrokenDoor(f"{path.name}, line {_line_of(tree, loc)}: {where}: {reason}. Mend the file and start again.")

    if not isinstance(content, dict):
        raise refused((), "is not a door: a list of fields (id, names, status, …) was expected")
    if "texts" in content:
        raise refused(("texts",), "sentences stand in files of their own, in the folder texts/<id>/")
    try:
        texts = read_texts(path.parent / "texts" / str(content.get("id")))
        shared = common(path.parent)
    except BrokenTexts as problem:
        raise BrokenDoor(f"texts/{problem} Mend the file and start again.") from None
    known = Known(
        str(content.get("id")),
        frozenset(texts.get("en", {})),
        catalogue_ids() | {f"{COMMON}/{key}" for key in shared.get("en", {})},
    )
    content, origin = expanded(content)
    try:
        door = Door.model_validate({**content, "texts": texts}, context=known)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise refused(first["loc"], first["msg"].removeprefix("Value error, ")) from None
    for loc, reason in findings(door):
        raise refused(loc, reason)
    return door


def common(folder: Path = FOLDER) -> Texts:
    """The sentences that all doors share: the folder's own, else the product's."""
    return common_texts(folder) or common_texts(FOLDER)


def _line_of(node: yaml.Node | None, loc: Loc) -> int:
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


_used: list[Mapping[str, Door]] = []


def use(doors: Mapping[str, Door]) -> Mapping[str, Door]:
    """Makes these the doors of the process."""
    _used[:] = [doors]
    return doors


@cache
def _from_settings() -> Mapping[str, Door]:
    from bot.settings import Settings

    return load(further=Settings().doors)


def doors_in_force() -> Mapping[str, Door]:
    """The doors of the process: those that the gateway has loaded, else those of the settings."""
    return _used[0] if _used else _from_settings()


def door_named(door_id: str) -> Door:
    """A door of the process; the general one for an unknown id."""
    doors = doors_in_force()
    return doors.get(door_id, doors[GENERAL])

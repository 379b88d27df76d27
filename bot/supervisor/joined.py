"""Puts the training examples into few files before Rasa reads them.

Examples live in a thousand small files, by language and area, because people edit them. Rasa 3.6 merges files one
after the other and copies everything so far each time: the same examples cost it six minutes in a thousand files
and one in a score.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

_HEAD = re.compile(r'(?:#[^\n]*\n|\s*\n)*version: "3\.1"\n(?:#[^\n]*\n|\s*\n)*nlu:\n')


def joined(sources: Iterable[Path], target: Path) -> Path:
    """Writes what stands under the sources (files or folders of YAML) into `target`, the examples in one file a folder.

    A file of another form than "version, nlu" is copied as it is. Returns `target`.
    """
    bodies: defaultdict[str, list[str]] = defaultdict(list)
    for source in sources:
        files = sorted(source.rglob("*.yml")) if source.is_dir() else [source]
        for number, path in enumerate(files):
            text = path.read_text(encoding="utf-8")
            head = _HEAD.match(text)
            if head:
                bodies[_group(source, path)].append(text[head.end() :].rstrip("\n"))
            else:
                copied = target / "others" / f"{source.name}-{number}-{path.name}"
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copied)
    target.mkdir(parents=True, exist_ok=True)
    for group, parts in bodies.items():
        content = 'version: "3.1"\nnlu:\n' + "\n".join(parts) + "\n"
        (target / f"{group}.yml").write_text(content, encoding="utf-8")
    return target


def _group(source: Path, path: Path) -> str:
    """The first folder below the source, which is the language."""
    inner = path.relative_to(source).parts if source.is_dir() else (path.stem,)
    return f"{source.name}-{inner[0].removesuffix('.yml')}"

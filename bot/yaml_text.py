"""YAML of the files that come with the product, by the reader in C where PyYAML has it: ten times as fast.

There are hundreds of files, read at each start.
"""

from __future__ import annotations

from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Makes plain values only, never objects."""


def parsed(text: str) -> Any:
    """The values in a text.

    Raises:
        yaml.YAMLError: where it is not YAML.
    """
    return yaml.load(text, Loader=LOADER)


def composed(text: str) -> yaml.Node | None:
    """The same as nodes, which know their lines. None for a text without any.

    Raises:
        yaml.YAMLError: where it is not YAML.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=LOADER)
    return node

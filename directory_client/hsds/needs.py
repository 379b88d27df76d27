"""The needs of the shared vocabulary as a taxonomy, so that a package that is taken in again gives the same needs.

They are made here and nowhere stored as terms: what came in under that name with a feed stands in `service_need`
already, and is left out when terms are read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from directory_client.hsds.ids import made
from directory_client.imports.needs import NEED_TERMS
from directory_client.needs import NEEDS

_NAMES = Path(__file__).parent.parent / "data" / "need_names.yml"
TAXONOMY_ID = made(f"taxonomy/{NEED_TERMS}")


@cache
def taxonomy() -> Mapping[str, Any]:
    """The taxonomy itself."""
    return {
        "id": TAXONOMY_ID,
        "name": NEED_TERMS,
        "description": "What people look for, in the words of a helpline. The codes are stable.",
        "version": "1",
    }


@cache
def terms() -> Mapping[str, Mapping[str, Any]]:
    """Need code → term with the taxonomy in it."""
    names = yaml.safe_load(_NAMES.read_text(encoding="utf-8"))
    return {
        code: {
            "id": term_id(code),
            "code": code,
            **{name: names[code][name] for name in ("name", "description")},
            "taxonomy": NEED_TERMS,
            "taxonomy_detail": taxonomy(),
            "language": "en",
            "name_fr": names[code]["name_fr"],
        }
        for code in NEEDS
    }


def term_id(code: str) -> str:
    return made(f"taxonomy_term/{NEED_TERMS}/{code}")


@cache
def codes() -> Mapping[str, str]:
    """Id of a term → need code."""
    return {term_id(code): code for code in NEEDS}


def attributes(service_id: str, needs: Iterable[Any]) -> list[dict[str, Any]]:
    """What a service (of that id outside) is there for, the main need first.

    `needs` are rows of `service_need` in order. The value says how sure a need is that was told from the words.
    """
    return [
        {
            "id": _attribute_id(service_id, need["need"], position),
            "link_type": "need",
            "link_entity": "service",
            **({"value": f"{need['score']:.3g}"} if need["score"] < 1 else {}),
            "taxonomy_term": terms()[need["need"]],
        }
        for position, need in enumerate(needs)
        if need["need"] in terms()
    ]


def _attribute_id(service_id: str, need: str, position: int) -> str:
    """The place among the needs stands in the first digits: what reads attributes by id has them in order."""
    plain = uuid.UUID(made(f"attribute/{NEED_TERMS}/{service_id}/{need}")).int
    return str(uuid.UUID(int=position << 112 | plain & (1 << 112) - 1))

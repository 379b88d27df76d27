"""How a specialist is called to residents: by the first name alone, so that nobody can be looked up."""

from __future__ import annotations


def first_name(name: str | None) -> str:
    """The first word of the name of an account; empty where there is none."""
    return (name or "").strip().partition(" ")[0]

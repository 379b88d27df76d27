"""What all parts of a door file have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a door file: nothing unknown in it, and nothing changes it once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

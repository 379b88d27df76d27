"""The nearest services first."""

from __future__ import annotations

from actions.again import Again


class Nearer(Again):
    action = "action_nearer"
    mode = "nearer"

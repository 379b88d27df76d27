"""The next services of the list."""

from __future__ import annotations

from actions.again import Again


class More(Again):
    action = "action_more"

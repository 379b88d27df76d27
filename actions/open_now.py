"""Only services that are open at this moment."""

from __future__ import annotations

from actions.again import Again


class OpenNow(Again):
    action = "action_open_now"
    mode = "open"

"""The gateway of the doors' tests: with Rasa away, and a number that can be texted."""

from __future__ import annotations

from tests.bot.doors.conftest import app, client, further

__all__ = ["app", "client", "further"]

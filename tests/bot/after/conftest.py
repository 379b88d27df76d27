"""Gateways with the doors' fixtures: by chat and by text, with Rasa away."""

from __future__ import annotations

from tests.bot.doors.conftest import app, client, further

__all__ = ["app", "client", "further"]

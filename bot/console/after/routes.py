"""All routes of what comes after, each with the right that it asks for."""

from __future__ import annotations

from bot.console.after import evaluations, follow_ups, unmet

routes = [*follow_ups.routes, *unmet.routes, *evaluations.routes]

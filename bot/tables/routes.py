"""All routes of tables, diversions and plans."""

from __future__ import annotations

from bot.tables import diverting, pages, plans, situations

routes = [*situations.routes, *pages.routes, *diverting.routes, *plans.routes]

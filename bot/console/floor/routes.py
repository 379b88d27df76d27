"""All routes of the floor, each with the right that it asks for."""

from __future__ import annotations

from bot.console.floor import (
    canned_pages,
    figures_pages,
    floor_pages,
    hours_pages,
    quality_pages,
    skills_pages,
    worklists,
)

routes = [
    *skills_pages.routes,
    *floor_pages.routes,
    *figures_pages.routes,
    *canned_pages.routes,
    *hours_pages.routes,
    *quality_pages.routes,
    *worklists.routes,
]

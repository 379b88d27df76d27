"""All routes of sharing, each with the right that it asks for."""

from __future__ import annotations

from bot.sharing import agreement_pages, correction_pages, desk_api, override_pages

routes = [*desk_api.routes, *agreement_pages.routes, *override_pages.routes, *correction_pages.routes]

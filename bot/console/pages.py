"""The console's pages, made from templates: the layout with its menu, and `page()` for everyone who adds one.

Templates extend "console.html". They are looked for in the console's folder, then in those of staff and floor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.console.interface import LANGUAGES, Interface
from bot.console.navigation import is_here, places_for

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = (
    FOLDER / "templates",
    FOLDER.parent / "staff" / "templates",
    FOLDER / "floor" / "templates",
    FOLDER.parent / "incidents" / "templates",
    FOLDER.parent / "cases" / "templates",
    FOLDER.parent / "learners" / "templates",
    FOLDER.parent / "reports" / "templates",
    FOLDER.parent / "sharing" / "templates",
    FOLDER.parent / "tables" / "templates",
    FOLDER.parent / "registers" / "templates",
    FOLDER.parent / "slips" / "templates",
)
LANGUAGE_COOKIE = "porchlight_interface"
"""Keeps the language of the interface for people who are not signed in. It says nothing about them."""


class Who(Protocol):
    """What the layout needs to know of a member of staff; bot.staff.gate.Member is one."""

    @property
    def name(self) -> str: ...
    @property
    def rights(self) -> Iterable[str]: ...
    @property
    def interface(self) -> str: ...


class Pages:
    """Renders the console's pages. Reads templates and words when it is made; after that no input or output."""

    def __init__(self, interface: Interface, folders: Sequence[Path] = TEMPLATES) -> None:
        self.interface = interface
        self.version = version_of(STATIC)
        self.static = f"/static/console-{self.version}"
        """Where the scripts and styles are served: outside /console, because they hold nothing of anybody."""
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            undefined=jinja2.ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        self._environment.globals |= {"static": self.static, "languages": LANGUAGES}

    def render(
        self, template: str, language: str, *, path: str = "", member: Who | None = None, csrf: str = "", **facts: Any
    ) -> str:
        """One page.

        Args:
            template: its name, such as "desk.html".
            language: of the interface, "en" or "fr".
            path: of the request; marks the present entry of the menu.
            member: who is signed in; None on pages that come before that.
            csrf: the token that forms and calls send back.
            facts: what the template asks for.
        """

        def t(message: str, /, **inserted: object) -> str:
            return self.interface.say(message, language, **inserted)

        def words(area: str) -> dict[str, str]:
            return self.interface.words(area, language)

        menu = [(place, is_here(place, path)) for place in places_for(member.rights)] if member else []
        context = {
            "language": language, "t": t, "words": words, "member": member, "csrf": csrf, "path": path, "menu": menu,
        }  # fmt: skip
        return self._environment.get_template(template).render(context | facts)


def page(request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """The answer with one page, for whoever is signed in, in the language of their interface.

    Args:
        template: extends "console.html"; has `t`, `member`, `csrf`, `language`, `static` and the facts.
        status: of the answer.
    """
    from bot.staff.gate import csrf_of, member_if_any  # the gate shows its refusals with this function

    member = member_if_any(request)
    pages: Pages = request.app.state.console_pages
    html = pages.render(
        template,
        language_of(request.query_params, request.cookies, request.headers.get("accept-language", ""), member),
        path=request.url.path,
        member=member,
        csrf=csrf_of(request) if member else "",
        **facts,
    )
    return HTMLResponse(html, status)


def language_of(query: Mapping[str, str], cookies: Mapping[str, str], accepted: str, member: Who | None) -> str:
    """The language of the interface: what the member chose; before sign-in the address, the cookie, the browser."""
    if member:
        return member.interface if member.interface in LANGUAGES else "en"
    for wanted in (query.get("lang"), cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return "en"


def version_of(folder: Path) -> str:
    """A name for the present state of the static files, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]

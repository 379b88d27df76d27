"""The pages of a front door, made from templates.

`Pages` reads the templates and hashes the scripts when it is made; after that it does no input or output.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from bot.waiting.wording import HOURS
from bot.web.text import offers, own_choices, rich, safe_link, visible_text

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


Say = Callable[..., str]
"""Words of the catalogue: say(message id, language code, **facts to insert)."""


@dataclass(frozen=True, slots=True)
class Door:
    """A front door as a page shows it. `name` is in the page's language."""

    id: str
    name: str
    aloud: bool = False
    """Each message has a button that reads it aloud from the start; elsewhere the person turns that on."""


@dataclass(frozen=True, slots=True)
class Number:
    """A line that a page offers at all times: as people read it, and as links that dial or text it."""

    display: str
    href: str
    text_href: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The numbers on every page."""

    emergency: Number
    suicide: Number
    helpline: Number


class Pages:
    """Renders every page that a resident sees.

    `languages` are the codes and own names offered in the picker; `sample` shows the banner of made-up
    services; `exit_url` is where "Leave now" leads; `service` names who stands behind "a person from …".
    """

    def __init__(
        self,
        say: Say,
        *,
        languages: Sequence[tuple[str, str]],
        is_rtl: Callable[[str], bool],
        lines: Lines,
        exit_url: str = "https://www.google.ca/",
        sample: bool = False,
        service: str = "211",
    ) -> None:
        self._say = say
        self._languages = languages
        self._is_rtl = is_rtl
        self.version = _version()
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        self._environment.filters |= {
            "offers": offers,
            "own_choices": own_choices,
            "rich": rich,
            "safe_link": safe_link,
            "visible_text": visible_text,
        }
        self._environment.globals |= {
            "languages": languages,
            "lines": lines,
            "exit_url": exit_url,
            "sample": sample,
            "service": service,
            "version": self.version,
        }

    def chat(
        self,
        door: Door,
        language: str,
        *,
        messages: Sequence[Mapping[str, Any]] = (),
        token: str | None = None,
        embed: bool = False,
        owner: str = "bot",
        panel: Mapping[str, Any] | None = None,
        problem: str | None = None,
        came: Mapping[str, str] | None = None,
    ) -> str:
        """The chat page.

        Args:
            messages: of a conversation held without a script, if any; `token` and `owner` are those of the same.
            panel: what `bot.waiting.panel` gives for it.
            problem: id of the message that says why the form to be called back was refused.
            came: how the person has come; forms without a script carry it along.
        """
        facts = {**(panel or {}), "owner": owner, "hours": HOURS, "problem": problem, "came": came or {}}
        return self._render("chat.html", language, door=door, messages=messages, token=token, embed=embed, **facts)

    def deleted(self, door: Door, language: str) -> str:
        """What is shown after a conversation was deleted without a script."""
        return self._render("deleted.html", language, door=door)

    def my_data(
        self, door: Door, language: str, *, messages: Sequence[Mapping[str, Any]], rest: str, token: str
    ) -> str:
        """A copy of what is kept about a conversation; `rest` is what stands beside the messages, as JSON."""
        return self._render("my_data.html", language, door=door, messages=messages, rest=rest, token=token)

    def error(self, status: int, language: str, *, door: Door | None = None) -> str:
        """What happened and what to do next, for the HTTP status `status`."""
        return self._render("error.html", language, door=door, status=status)

    def widget(self) -> str:
        """The script that puts the chat on other sites, with its words in every language of the picker."""
        words = {
            code: {name: self._say(f"web_widget_{name}", code) for name in ("open", "close", "frame")}
            for code, _ in self._languages
        }
        rtl = [code for code in words if self._is_rtl(code)]
        return self._environment.get_template("widget.js").render(words=words, rtl=rtl)

    def render(self, template: str, language: str, **facts: Any) -> str:
        """A page or a part of one; `facts` are what its template asks for."""
        return self._render(template, language, **facts)

    def _render(self, template: str, language: str, **facts: Any) -> str:
        def t(message_id: str, **inserted: str) -> str:
            return self._say(message_id, language, **inserted)

        context = {"language": language, "rtl": self._is_rtl(language), "t": t, "embed": False} | facts
        return self._environment.get_template(template).render(context)


def _version() -> str:
    """A name for the present state of the static files, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]

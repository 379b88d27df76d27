"""The words of reports and their counts, in the language of the reader's interface; the door's own where it has any."""

from __future__ import annotations

from collections.abc import Callable

from bot.console.api.asked import Asked
from bot.incidents.counts import Table


def sentences(asked: Asked) -> Callable[[str], str]:
    """Words for the id of a door's sentence."""
    return lambda message: asked.service.catalogue.say(message, asked.language)


def source(asked: Asked, code: str) -> str:
    """How a report came."""
    return _said(asked, f"incidents_source_{code}") or code


def values(asked: Asked) -> Callable[[Table, str], str]:
    """Words for a value of a table."""
    say = sentences(asked)

    def label(table: Table, code: str) -> str:
        option = table.question.option(code) if table.question else None
        if option is not None:
            return say(option.label)
        if table.part == "source":
            return source(asked, code)
        return _said(asked, f"incidents_value_{code}") or code

    return label


def parts(asked: Asked) -> Callable[[Table], str]:
    """The heading of a table."""
    say = sentences(asked)

    def heading(table: Table) -> str:
        question = table.question
        own = say(question.short or question.ask) if question else table.part
        return _said(asked, f"incidents_part_{table.part}") or own

    return heading


def definitions(asked: Asked) -> Callable[[str], str]:
    """What is counted in a part."""
    return lambda part: (
        _said(asked, f"incidents_define_{part}") or str(asked.interface.say("incidents_define_other", asked.language))
    )


def _said(asked: Asked, message: str) -> str | None:
    return asked.interface.say(message, asked.language) if asked.interface.has(message) else None

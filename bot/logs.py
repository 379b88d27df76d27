"""Logs: one JSON object a line, ids and kinds, never words, numbers or addresses of people."""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog


def set_up_logs(level: str) -> None:
    """Structured logs on standard output at the level; the libraries' own lines go through the same form."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_not_what,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), 20)),
        logger_factory=Output,
        cache_logger_on_first_use=False,
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)


class Output:
    """Writes lines to the standard output of the moment. An output that is gone ends no answer to a person."""

    def __init__(self, *_names: Any) -> None:
        pass

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the reader of a pipe ended; the file is closed
            print(line, file=sys.stdout, flush=True)

    debug = info = warning = error = critical = msg


def where_not_what(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception becomes its kind and the places in our code: its text could hold a person's words."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    kind, _, trace = _exception(given)
    if kind is not None:
        event["exception"] = kind.__name__
        event["places"] = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno}" for f in traceback.extract_tb(trace)[-8:]]
    return event


def _exception(given: Any) -> tuple[type[BaseException] | None, BaseException | None, TracebackType | None]:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    kind, problem, trace = sys.exc_info()
    return kind, problem, trace

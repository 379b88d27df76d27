"""Tell what messages say: JSON lines in, JSON lines out, in the same order.

In: {"text", "session_language"?, "channel"?, "door"?}. Out: {"language", "romanised", "language_confidence",
"risk": {"level", "kind", "reasons"}, "intent", "needs", "place"}. The same code as a live turn.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from bot.commands.ready import ready_to_understand
from bot.parsing import Worker, worker
from bot.understanding import Ears, place_json


def understood(ears: Ears, parser: Worker, item: dict[str, Any]) -> dict[str, Any]:
    """One message, as the live turn understands it."""
    text = str(item.get("text") or "")
    heard = ears.hear(text, session_language=item.get("session_language"))
    parse = parser.parse(text, heard.metadata())
    place = heard.mention.place if heard.mention else None
    language = heard.language_chosen or heard.identified.language
    return {
        "language": language,
        "romanised": heard.identified.romanised,
        "language_confidence": round(heard.identified.confidence, 3),
        "risk": {
            "level": heard.risk.level.label,
            "kind": heard.risk.kind,
            "reasons": list(heard.risk.reasons),
        },
        "intent": parse.intent,
        "needs": list(parse.needs),
        "place": place_json(place) if place else None,
    }


def answers(lines: Iterable[str], ears: Ears, parser: Worker) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that is not a JSON object gets {"error"} with its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise ValueError("not an object")
        except ValueError as problem:
            yield {"error": f"line {number} is not a JSON object: {problem}"}
            continue
        yield understood(ears, parser, item)


@click.command()
def command() -> None:
    """Tell what messages say: language, risk, intent, needs, place. JSON lines in, JSON lines out."""
    folders, model, ears = ready_to_understand()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    with worker(folders, model) as parser:
        for answer in answers(sys.stdin, ears, parser):
            click.echo(json.dumps(answer, ensure_ascii=False))

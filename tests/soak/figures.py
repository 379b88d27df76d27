"""Times of a soak, as people and the carrier saw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from tests.soak.evidence import Evidence
from tests.soak.sending import THE_CARRIERS
from tests.soak.watching import Kill

Spread = Mapping[str, float | int | None]


def spread(values: Iterable[float]) -> Spread:
    """Number, median, 95th and 99th percentile and greatest, in seconds."""
    ordered = sorted(values)
    return {
        "count": len(ordered),
        "p50": _share(ordered, 0.50),
        "p95": _share(ordered, 0.95),
        "p99": _share(ordered, 0.99),
        "max": _share(ordered, 1.0),
    }


def times(found: Evidence, kills: Sequence[Kill]) -> dict[str, Spread]:
    """Seconds from a text to its acknowledgement and to its first answer at the carrier.

    Those of texts that came in while a killed process was away stand in the first line of each kind only; `calm` is
    the rest.
    """
    first = _first_answers(found)
    calm = {text.sid for text in found.texted if not any(kill.disturbs(text.at) for kill in kills)}
    acknowledged = [(text.sid, text.ack) for text in found.texted if text.ack is not None]
    answered = [(text.sid, text.crisis, first[text.sid] - text.at) for text in found.texted if text.sid in first]
    return {
        "acknowledgement": spread(seconds for _, seconds in acknowledged),
        "acknowledgement, calm": spread(seconds for sid, seconds in acknowledged if sid in calm),
        "answer": spread(seconds for _, _, seconds in answered),
        "answer, calm": spread(seconds for sid, _, seconds in answered if sid in calm),
        "answer to danger": spread(seconds for _, crisis, seconds in answered if crisis),
        "answer to danger, calm": spread(seconds for sid, crisis, seconds in answered if crisis and sid in calm),
    }


def counts(found: Evidence) -> dict[str, int]:
    """How much there was of everything."""
    taken = [text for text in found.texted if text.acked_at is not None]
    return {
        "texts": len(found.texted),
        "texts about danger": sum(text.crisis for text in found.texted),
        "webhooks sent twice": sum(text.copies > 1 for text in found.texted),
        "webhooks reordered": sum(text.reordered for text in found.texted),
        "webhooks tried again": sum(text.tries > text.copies for text in found.texted),
        "texts taken later than the real carrier tries": sum(
            (text.acked_at or 0.0) - text.at > THE_CARRIERS for text in taken
        ),
        "people": len({text.person for text in found.texted}),
        "stored": len(found.heard),
        "replies": len(found.said),
        "delivered": sum(reply.state == "delivered" for reply in found.said),
        "at the carrier": len(found.accepted),
    }


def _first_answers(found: Evidence) -> dict[str, float]:
    """When the carrier took the first reply to each text."""
    arrived = {one.out: one.at for one in found.accepted}
    sids = {one.id: one.sid for one in found.heard}
    first: dict[str, float] = {}
    for reply in found.said:
        sid, at = sids.get(reply.answers or ""), arrived.get(reply.out or "")
        if sid is not None and at is not None:
            first[sid] = min(at, first.get(sid, at))
    return first


def _share(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[max(0, ceil(share * len(ordered)) - 1)], 4) if ordered else None

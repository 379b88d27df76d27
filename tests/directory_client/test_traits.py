"""What a record says of stream, mode and hours."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from directory_client.search import listing
from directory_client.traits import Traits, traits

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)


def of(session: Session, slug: str) -> Traits:
    found = listing(session, f"sample-toronto-learn-literacy-{slug}", now=NOW)
    assert found is not None
    return traits(found)


def test_streams_are_read_from_languages_and_words(sample_session: Session) -> None:
    assert of(sample_session, "french").streams == {"french"}
    assert of(sample_session, "indigenous").streams == {"english", "indigenous"}
    assert "deaf" in of(sample_session, "deaf").streams


def test_mode_and_hours_are_read_from_place_words_and_timetable(sample_session: Session) -> None:
    assert of(sample_session, "evening") == Traits(
        frozenset({"english"}), frozenset({"in_person"}), frozenset({"evening"})
    )
    online = of(sample_session, "online")
    assert "online" in online.modes and online.times == {"day", "evening", "weekend"}


def test_an_unknown_hour_speaks_against_nothing() -> None:
    unknown = Traits(frozenset({"english"}), frozenset({"in_person"}), frozenset())
    assert unknown.fits("english", "in_person", "evening") == (True, True, True)
    assert unknown.fits("french", "online", "any") == (False, False, True)

"""Canned replies, door settings, quality, worklists and figures over HTTP."""

from __future__ import annotations

import random
import re

import pytest
from sqlalchemy import select, text

from bot.console.floor import canned, quality
from bot.console.floor.door_settings import setting_in_force
from bot.console.floor.models import QualityComment, QualityReview, QualityScore
from bot.console.floor.rows import Span
from bot.conversations import reading
from bot.conversations.carrier_models import Callback
from tests.bot.console.floor import world
from tests.bot.console.floor.conftest import House

pytestmark = pytest.mark.anyio

HELLO = {"shortcut": "Hello", "phase": "opening", "title_en": "Hello", "text_en": "I am here."}


# -- canned replies


async def test_a_reply_keeps_all_its_wordings_with_author_and_time(house: House) -> None:
    sol = house.enter(name="Sol Super")
    await sol.post("/console/canned/new", **HELLO)
    [reply] = house.read(lambda s: canned.replies(s))
    house.clock.on(minutes=20)
    await sol.post(f"/console/canned/{reply.id}", **{**HELLO, "text_en": "I am with you."})
    await sol.post(f"/console/canned/{reply.id}", **{**HELLO, "text_en": "I am with you."})
    [reply] = house.read(lambda s: canned.replies(s))
    assert [one.text for one in reply.versions] == ["I am with you.", "I am here."], "the same words make no version"
    page = await sol.get(f"/console/canned/{reply.id}")
    assert "I am here." in page and "Sol Super" in page


async def test_a_shortcut_belongs_to_one_reply_in_use(house: House) -> None:
    sol = house.enter()
    await sol.post("/console/canned/new", **HELLO)
    assert "Another reply has this shortcut" in await sol.post("/console/canned/new", expect=422, **HELLO)
    [reply] = house.read(lambda s: canned.replies(s))
    await sol.post(f"/console/canned/{reply.id}/retire")
    await sol.post("/console/canned/new", **HELLO)
    assert "Another reply" in await sol.post(f"/console/canned/{reply.id}/retire", expect=422, back="1")


async def test_a_half_written_reply_is_refused_and_what_was_written_stays(house: House) -> None:
    sol = house.enter()
    page = await sol.post("/console/canned/new", expect=422, shortcut="x y", phase="opening", text_fr="<b>Bonjour")
    assert "A shortcut has 2 to 30" in page and "&lt;b&gt;Bonjour" in page
    assert house.read(lambda s: canned.replies(s)) == []


async def test_a_supervisor_of_one_door_leaves_the_replies_of_all_alone(house: House) -> None:
    sol, guest = house.enter(), house.enter(doors=("good2talk",))
    await sol.post("/console/canned/new", **HELLO)
    [reply] = house.read(lambda s: canned.replies(s))
    assert "works at all doors" in await guest.post(f"/console/canned/{reply.id}", expect=422, **HELLO)
    await guest.post(f"/console/canned/{reply.id}/retire", expect=422)
    await guest.post("/console/canned/new", expect=422, **{**HELLO, "shortcut": "mine", "door": "211"})
    await guest.post("/console/canned/new", **{**HELLO, "shortcut": "mine", "door": "good2talk"})
    assert len(house.audit("canned_added")) == 2 and not house.audit("canned_retired")


# -- doors


async def test_hours_are_previewed_saved_and_kept_in_history(house: House) -> None:
    sol = house.enter(name="Sol Super")
    form = {"mon": "9-17", "from_day": "2026-12-01"}
    page = await sol.post("/console/hours/211/hours", expect=200, do="preview", **form)
    assert "Preview, from 1 Dec" in page.replace("Dec. 1", "1 Dec") or "Preview, from" in page
    assert house.read(lambda s: setting_in_force(s, "211", "hours", house.clock.now)) is None
    await sol.post("/console/hours/211/hours", do="save", **form)
    assert house.read(lambda s: setting_in_force(s, "211", "hours", house.clock.now)) is None
    page = await sol.get("/console/hours/211")
    assert "Monday 09:00–17:00" in page and "planned" in page and "Sol Super" in page
    house.clock.on(days=9)
    held = house.read(lambda s: setting_in_force(s, "211", "hours", house.clock.now))
    assert held == {"open": "MO 09:00-17:00", "holidays": "closed", "except": {}}
    assert house.audit("door_setting")[0].door == "211"


async def test_a_mistake_in_hours_is_named_and_nothing_is_saved(house: House) -> None:
    sol = house.enter()
    page = await sol.post("/console/hours/211/hours", expect=422, do="save", mon="whenever")
    assert "These hours cannot be read" in page and 'value="whenever"' in page
    assert not house.audit("door_setting")


async def test_a_planned_change_can_be_withdrawn(house: House) -> None:
    sol = house.enter()
    await sol.post("/console/hours/211/status", do="save", state="closed", from_day="2026-12-01")
    setting = re.search(r'name="setting" value="([^"]+)"', await sol.get("/console/hours/211"))
    assert setting
    assert "done=withdrawn" in await sol.post("/console/hours/211/withdraw", setting=setting[1])
    assert "not_withdrawn" in await sol.post("/console/hours/211/withdraw", setting=setting[1])


async def test_a_door_of_others_cannot_be_set(house: House) -> None:
    guest = house.enter(doors=("good2talk",))
    await guest.get("/console/hours/211", expect=404)
    await guest.post("/console/hours/211/status", expect=404, do="save", state="closed")
    assert "211 Ontario" not in await guest.get("/console/hours")


# -- quality

DAYS = {"from": "2026-11-01", "to": "2026-11-30"}
ANSWERS = {"understood": "2", "safe": "unknown", "referral": "3", "tone": "4", "comment": "planted comment"}


async def test_nobody_draws_a_conversation_that_they_had_a_part_in(house: House) -> None:
    sol, ana = house.enter(), house.enter("specialist")
    own = house.write(lambda s: world.closed(s, house.clock.now, sol.id))
    other = house.write(lambda s: world.closed(s, house.clock.now, ana.id))
    house.write(lambda s: world.held(s, house.clock.now, ana.id))
    await sol.post("/console/quality/draw", count="9", **DAYS)
    drawn = house.read(lambda s: list(s.scalars(select(QualityReview.conversation_id))))
    assert drawn == [other] and own not in drawn
    assert "drawn_none" in await sol.post("/console/quality/draw", count="9", **DAYS)


async def test_the_draw_is_at_random(house: House) -> None:
    sol, ana = house.enter(), house.enter("specialist")
    all_ = [house.write(lambda s: world.closed(s, house.clock.now, ana.id)) for _ in range(12)]
    span = Span(house.clock.now.date(), house.clock.now.date())

    def draw(seed: int) -> set[str]:
        with house.service.ledger.writing() as session:
            rows = quality.draw(session, sol.id, span, ["211"], 4, house.clock.now, random.Random(seed))
            found = {str(row.conversation_id) for row in rows}
            session.rollback()
        return found

    seen = [draw(seed) for seed in range(20)]
    assert all(len(one) == 4 for one in seen)
    assert set().union(*seen) == set(all_)


async def test_a_review_is_on_record_and_its_scores_lead_back_to_nobody(house: House) -> None:
    sol, ana = house.enter(), house.enter("specialist")
    conversation = house.write(lambda s: world.closed(s, house.clock.now, ana.id))
    await sol.post("/console/quality/draw", count="1", **DAYS)
    review = house.read(lambda s: s.scalars(select(QualityReview.id)).one())
    assert "I need a place for tonight" in await sol.get(f"/console/quality/{review}")
    assert [row.conversation_id for row in house.audit("quality_view")] == [conversation]
    await sol.post(f"/console/quality/{review}", expect=422, understood="2")
    await sol.post(f"/console/quality/{review}", **ANSWERS)
    await sol.post(f"/console/quality/{review}", expect=404, **ANSWERS)
    scores = house.read(lambda s: list(s.scalars(select(QualityScore))))
    assert sorted((one.question, one.score) for one in scores) == [("referral", 3), ("tone", 4), ("understood", 2)]
    stored = house.read(lambda s: s.execute(text("SELECT * FROM quality_score")).mappings().all())
    for row in stored:
        assert not {conversation, review, sol.id, ana.id} & set(map(str, row.values()))


async def test_sums_of_fewer_than_five_answers_are_not_shown(house: House) -> None:
    sol = house.enter()
    for number in range(5):
        page = await sol.get("/console/quality")
        assert "2.0" not in page
        house.write(lambda s: s.add(QualityScore(door="211", month="2026-11", question="tone", score=2)))
        assert number < 5
    page = await sol.get("/console/quality")
    assert "2.0" in page


async def test_a_comment_goes_with_its_conversation_and_the_scores_stay(house: House) -> None:
    sol, ana = house.enter(), house.enter("specialist")
    conversation = house.write(lambda s: world.closed(s, house.clock.now, ana.id))
    await sol.post("/console/quality/draw", count="1", **DAYS)
    review = house.read(lambda s: s.scalars(select(QualityReview.id)).one())
    await sol.post(f"/console/quality/{review}", **ANSWERS)
    house.write(lambda s: reading.erase(s, conversation, house.clock.now))
    assert house.read(lambda s: s.scalars(select(QualityComment)).all()) == []
    assert len(house.read(lambda s: s.scalars(select(QualityScore)).all())) == 3


async def test_another_reviewers_draw_is_not_theirs_to_read(house: House) -> None:
    sol, other, ana = house.enter(), house.enter(), house.enter("specialist")
    house.write(lambda s: world.closed(s, house.clock.now, ana.id))
    await sol.post("/console/quality/draw", count="1", **DAYS)
    review = house.read(lambda s: s.scalars(select(QualityReview.id)).one())
    await other.get(f"/console/quality/{review}", expect=404)


# -- worklists


async def test_a_number_is_shown_on_request_alone_and_on_record(house: House) -> None:
    ana = house.enter("specialist")
    waits = house.write(lambda s: world.waiting(s, house.clock.now))
    row = house.write(lambda s: world.call_back(s, house.service, waits))
    page = await ana.get("/console/callbacks")
    assert "555-0142" not in page and "5550142" not in page and "Evening" in page and "<strong>No</strong>" in page
    assert "416-555-0142" in await ana.post(f"/console/callbacks/{row}/number", expect=200)
    [noted] = house.audit("number_shown")
    assert (noted.actor, noted.conversation_id) == (ana.id, waits) and "555-0142" not in str(noted.codes)


async def test_a_call_back_is_done_once_and_its_number_forgotten(house: House) -> None:
    ana = house.enter("specialist")
    waits = house.write(lambda s: world.waiting(s, house.clock.now))
    row = house.write(lambda s: world.call_back(s, house.service, waits))
    assert "callback_result" in await ana.post(f"/console/callbacks/{row}/done")
    assert "callback_done" in await ana.post(f"/console/callbacks/{row}/done", result="reached")
    assert "callback_gone" in await ana.post(f"/console/callbacks/{row}/done", result="reached")
    stored = house.read(lambda s: s.get(Callback, row))
    assert (stored.state, stored.number) == ("done", None)
    assert house.audit("callback_done")[0].codes["result"] == "reached"


async def test_call_backs_and_lost_texts_of_other_doors_are_not_listed(house: House) -> None:
    guest = house.enter("specialist", doors=("good2talk",))
    waits = house.write(lambda s: world.waiting(s, house.clock.now))
    row = house.write(lambda s: world.call_back(s, house.service, waits))
    house.write(lambda s: world.dead_letter(s, house.clock.now, waits))
    assert "Nobody waits for a call." in await guest.get("/console/callbacks")
    await guest.post(f"/console/callbacks/{row}/number", expect=404)
    assert "Every text has arrived." in await guest.get("/console/dead-letters")


async def test_lost_texts_are_listed_with_the_reason_and_without_their_words(house: House) -> None:
    ana = house.enter("specialist")
    waits = house.write(lambda s: world.waiting(s, house.clock.now))
    house.write(lambda s: world.dead_letter(s, house.clock.now, waits, priority=100))
    page = await ana.get("/console/dead-letters")
    assert "30003" in page and "Danger" in page and "planted words" not in page


# -- figures


async def test_the_page_and_the_file_count_what_the_database_counts(house: House) -> None:
    reporter = house.enter("reporter")
    ana = house.enter("specialist")

    def fill(session):  # type: ignore[no-untyped-def]
        for number in range(8):
            id_ = world.conversation(session, house.clock.now, minutes=60)
            world.handoff(
                session, house.clock.now, id_, minutes=50, waited=10 + number * 20, by=ana.id, outcome="closed"
            )
        for outcome in ("left", "unanswered", "left", "callback", "erased", "left", "unanswered"):
            world.handoff(session, house.clock.now, None, minutes=40, outcome=outcome)

    house.write(fill)
    counted = house.read(
        lambda s: s.execute(
            text(
                "SELECT count(*), sum(claimed_at IS NOT NULL), "
                "sum(claimed_at IS NULL AND outcome IN ('left', 'erased')) FROM handoff"
            )
        ).one()
    )
    assert tuple(counted) == (15, 8, 4)
    lines = (await reporter.get("/console/figures/queue.csv?within=60")).splitlines()
    assert lines[1].split(",")[3:] == ["total", "all", "8", "15", "8", "4", "2", "1", "0", "0.200", "70", "150"]
    page = await reporter.get("/console/figures")
    assert "data:image/svg+xml;base64," in page and "Download (CSV)" in page
    [row] = house.audit("exported")
    assert (row.actor, row.codes["what"]) == (reporter.id, "queue_figures")


async def test_figures_of_one_door_are_protected_throughout(house: House) -> None:
    reporter = house.enter("reporter", doors=("good2talk",))
    for _ in range(3):
        house.write(lambda s: world.handoff(s, house.clock.now, None, door="good2talk", outcome="left"))
    for _ in range(30):
        house.write(lambda s: world.handoff(s, house.clock.now, None, outcome="left"))
    text_ = await reporter.get("/console/figures/queue.csv")
    assert ",211," not in text_ and "30" not in text_.splitlines()[1].split(",")[5:]
    assert text_.splitlines()[1].split(",")[6] == "<5"


async def test_days_that_cannot_be_read_give_the_last_week_and_a_reason(house: House) -> None:
    sol = house.enter()
    for query in ("from=soon", "from=2026-11-20&to=2026-11-01", "from=1990-01-01&to=2026-11-01", "to=9999-12-31"):
        page = await sol.get(f"/console/figures?{query}")
        assert 'role="alert"' in page and 'value="2026-11-17"' in page
    await sol.get("/console/figures/queue.csv", expect=403)

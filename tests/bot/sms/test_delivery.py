"""The worker itself, with the fake carrier behind HTTP."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot.carrier.rest import Away, Carrier, Refused, Sent
from bot.clock import system_clock
from bot.conversations import people
from bot.conversations.database import upgrade
from bot.conversations.identity import Keys
from bot.database import open_database
from bot.sms import delivery as module
from bot.sms.delivery import Delivery
from tests.bot.sms.outbox import KEYS, LINE, NUMBERS, WHATSAPP, Book, book, database
from tests.peers import carrier as peers
from tests.peers import magic
from tests.peers.rest import serving

__all__ = ["book", "database"]
ROOT = Path(__file__).resolve().parents[3]
STEPS = re.findall(r'self\._at\("(\w+)"\)', Path(module.__file__ or "").read_text(encoding="utf-8"))


def worker(engine: Engine, url: str, **more: object) -> Delivery:
    keys = more.pop("keys", KEYS)
    return Delivery(
        engine, Carrier(peers.ACCOUNT, peers.TOKEN, url, 2.0), keys, NUMBERS, system_clock,  # type: ignore[arg-type]
        public_url="https://help.example.org/", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def delivered(engine: Engine, url: str, until: Callable[[], bool], seconds: float = 20.0, **more: object) -> None:
    """Lets a worker run until something is so."""

    async def run() -> None:
        delivery = worker(engine, url, **more)
        running = asyncio.create_task(delivery.run())
        end = time.monotonic() + seconds
        while not await asyncio.to_thread(until):
            assert time.monotonic() < end, "it did not come to that"
            assert not running.done(), running
            await asyncio.sleep(0.02)
        await delivery.close()
        await running

    asyncio.run(run())


def states(book: Book) -> set[str]:
    return {row.state for row in book.rows()}


def test_replies_go_out_in_their_order_with_the_address_for_their_fate(book: Book) -> None:
    conversation = book.conversation()
    rows = [book.said(conversation, f"part {n}", system_clock(), bare=n % 2 == 0) for n in range(5)]
    fake = peers.Carrier(pace=60)
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"sent"})
    messages = fake.to("+14165550142")
    assert [message.body for message in messages] == [f"part {n}" for n in range(5)]
    assert [message.callback for message in messages] == [
        f"https://help.example.org/sms/status?out={row}" for row in rows
    ]
    assert [book.row(row).sid for row in rows] == [message.sid for message in messages]


def test_a_text_is_handed_over_as_soon_as_the_worker_is_woken(book: Book) -> None:
    fake = peers.Carrier(pace=60)

    async def run(url: str) -> float:
        news = asyncio.Event()
        delivery = worker(book.engine, url, news=news)
        running = asyncio.create_task(delivery.run())
        await asyncio.sleep(0.3)
        conversation = await asyncio.to_thread(book.conversation)
        await asyncio.to_thread(book.said, conversation, "hello", system_clock())
        begun = time.monotonic()
        news.set()
        while not fake.to("+14165550142"):
            await asyncio.sleep(0.005)
        took = time.monotonic() - begun
        await delivery.close()
        await running
        return took

    with serving(fake) as url:
        assert asyncio.run(run(url)) < module.POLL * 0.8


def test_a_carrier_that_takes_its_time_is_asked_for_many_people_at_once(book: Book) -> None:
    """Twenty texts a second at 0.2 s an answer need at least four requests at a time."""
    for n in range(40):
        book.said(book.conversation(f"+1416555{n:04}"), "hello", system_clock())
    fake = peers.Carrier(pace=60)
    with serving(fake) as url:
        at_once, most, lock = 0, 0, threading.Lock()
        carrier = Carrier(peers.ACCOUNT, peers.TOKEN, url)
        send = carrier.send

        async def slow(outgoing: object) -> object:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            await asyncio.sleep(0.2)
            at_once -= 1
            return await send(outgoing)  # type: ignore[arg-type]

        carrier.send = slow  # type: ignore[method-assign, assignment]

        async def run() -> float:
            delivery = Delivery(
                book.engine, carrier, KEYS, NUMBERS, system_clock, public_url="https://help.example.org"
            )
            begun = time.monotonic()
            running = asyncio.create_task(delivery.run())
            while await asyncio.to_thread(states, book) != {"sent"}:
                await asyncio.sleep(0.02)
            took = time.monotonic() - begun
            await delivery.close()
            await running
            return took

        took = asyncio.run(run())
    assert most >= 8
    assert took < 40 * 0.2


def test_two_workers_send_nothing_twice(book: Book) -> None:
    for n in range(30):
        conversation = book.conversation(f"+1416555{n % 6:04}")
        book.said(conversation, f"text {n}", system_clock())
    fake = peers.Carrier(pace=60)

    async def run(url: str) -> None:
        workers = [worker(book.engine, url) for _ in range(2)]
        running = [asyncio.create_task(one.run()) for one in workers]
        while await asyncio.to_thread(states, book) != {"sent"}:
            await asyncio.sleep(0.05)
        for one in workers:
            await one.close()
        await asyncio.gather(*running)

    with serving(fake) as url:
        asyncio.run(run(url))
    assert sorted(message.body for message in fake.messages.values()) == sorted(f"text {n}" for n in range(30))


def test_a_text_that_was_taken_without_an_answer_is_found_and_not_sent_again(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sms.outcome.backoff", lambda attempts, priority: 0.2)
    conversation = book.conversation()
    row = book.said(conversation, "I did not understand.", system_clock())
    same = book.said(conversation, "I did not understand.", system_clock())
    fake = peers.Carrier(pace=60)
    fake.lose_next()
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"sent"})
    assert [message.sid for message in fake.to("+14165550142")] == [book.row(row).sid, book.row(same).sid]


@pytest.mark.parametrize("problem", [Refused(20429, 429), Away("no connection", perhaps=False)])
def test_while_the_carrier_does_not_say_what_it_has_nothing_is_sent_again(book: Book, problem: Exception) -> None:
    row = book.said(book.conversation(), "hello", system_clock())
    book.set(row, state="sending", attempts=1)
    fake = peers.Carrier(pace=60)

    async def silent(*_: object) -> list[Sent]:
        raise problem

    async def run(url: str) -> None:
        delivery = worker(book.engine, url)
        delivery._carrier.recent = silent  # type: ignore[method-assign]
        (parcel,) = delivery.claim(32).parcels
        delivery.write([await delivery.deliver(parcel, time.monotonic())])
        await delivery.close()

    with serving(fake) as url:
        asyncio.run(run(url))
    assert fake.to("+14165550142") == [] and book.row(row).state == "sending"


@pytest.mark.parametrize("was_sent", [True, False])
def test_after_an_opt_out_a_text_of_a_dead_process_is_looked_for_and_not_sent(book: Book, was_sent: bool) -> None:
    row = book.said(book.conversation(), "hello", system_clock())
    book.set(row, state="sending", attempts=1)
    with book.writing() as session:
        mine = KEYS.pseudonym("sms", "+14165550142")
        people.opt_out(session, LINE, mine, word="STOP", told_by="person", now=system_clock())
    fake = peers.Carrier(pace=60)
    if was_sent:
        fake.accept({"To": "+14165550142", "From": LINE, "Body": "hello"})
    with serving(fake) as url:
        delivered(book.engine, url, lambda: "sending" not in states(book))
    assert book.row(row).state == ("sent" if was_sent else "held")
    assert len(fake.to("+14165550142")) == was_sent


def test_a_busy_carrier_gets_the_text_later(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sms.outcome.backoff", lambda attempts, priority: 0.1)
    row = book.said(book.conversation(), "hello", system_clock())
    fake = peers.Carrier(pace=60)
    fake.refuse_next(magic.TOO_MANY, magic.AWAY, magic.UNAUTHORISED)
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"sent"})
    assert len(fake.to("+14165550142")) == 1
    assert book.row(row).attempts == 4 and book.row(row).error_code is None


def test_nobody_is_left_behind_by_a_text_that_cannot_be_sent(book: Book) -> None:
    refused = book.said(book.conversation("+15005550001"), "x", system_clock())
    landline = book.said(book.conversation("+15005550009"), "x", system_clock())
    stopped = book.said(book.conversation("+15005550004"), "x", system_clock())
    fine = book.said(book.conversation(), "x", system_clock())
    with serving(peers.Carrier(pace=60)) as url:
        delivered(book.engine, url, lambda: not states(book) & {"ready", "sending"})
    found = {row.id: (row.state, row.error_code) for row in book.rows()}
    assert found == {
        refused: ("failed", 21211), landline: ("failed", 21614), stopped: ("held", 21610), fine: ("sent", None)
    }  # fmt: skip
    with book.writing() as session:
        assert people.opted_out(session, LINE, KEYS.pseudonym("sms", "+15005550004"))


def test_whatsapp_goes_the_same_way_with_its_prefix(book: Book) -> None:
    conversation = book.conversation("+14165550142", WHATSAPP, "whatsapp")
    book.heard(conversation, "hello", system_clock())
    book.said(conversation, "hi", system_clock())
    fake = peers.Carrier(pace=60)
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"sent"})
    (message,) = fake.to("whatsapp:+14165550142")
    assert message.from_ == WHATSAPP


def test_an_address_that_another_key_sealed_is_put_aside_with_its_reason(book: Book) -> None:
    row = book.said(book.conversation(), "x", system_clock())
    with serving(peers.Carrier()) as url:
        delivered(book.engine, url, lambda: states(book) == {"failed"}, keys=Keys.from_secret(b"o" * 32))
    assert book.row(row).status == "no-address"


def test_a_database_that_fails_for_a_moment_ends_no_worker(book: Book) -> None:
    book.said(book.conversation(), "x", system_clock())
    failures = iter(range(3))

    def writing() -> object:
        if next(failures, None) is not None:
            raise OperationalError("statement", {}, Exception("away"))
        return book.writing()

    fake = peers.Carrier(pace=60)
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"sent"}, writing=writing)
    assert len(fake.to("+14165550142")) == 1


def test_a_text_whose_conversation_was_erased_meanwhile_spoils_nothing(book: Book) -> None:
    book.said(book.conversation("+14165550143"), "x", system_clock())
    kept = book.said(book.conversation(), "y", system_clock())

    async def run(url: str) -> None:
        delivery = worker(book.engine, url)
        claimed = delivery.claim(32).parcels
        results = [await delivery.deliver(parcel, time.monotonic()) for parcel in claimed]
        with book.writing() as session:
            from bot.conversations import reading

            gone = next(parcel for parcel in claimed if parcel.id != kept)
            reading.erase(session, gone.conversation_id, system_clock())
        delivery.write(results)
        await delivery.close()

    with serving(peers.Carrier(pace=60)) as url:
        asyncio.run(run(url))
    assert [(row.id, row.state) for row in book.rows()] == [(kept, "sent")]


def test_a_text_that_was_claimed_too_long_ago_is_not_handed_over(book: Book) -> None:
    row = book.said(book.conversation(), "x", system_clock())
    fake = peers.Carrier(pace=60)

    async def run(url: str) -> None:
        delivery = worker(book.engine, url)
        (parcel,) = delivery.claim(32).parcels
        delivery.write([await delivery.deliver(parcel, time.monotonic() - module.START - 0.1)])
        await delivery.close()

    with serving(fake) as url:
        asyncio.run(run(url))
    assert fake.to("+14165550142") == [] and book.row(row).state == "ready"


def test_a_carrier_that_is_away_for_hours_is_given_up_with_a_reason(book: Book) -> None:
    row = book.said(book.conversation(), "x", system_clock() - timedelta(hours=4))
    fake = peers.Carrier()
    fake.refuse_next(magic.AWAY)
    with serving(fake) as url:
        delivered(book.engine, url, lambda: states(book) == {"failed"})
    assert book.row(row).status == "away"


def test_nothing_of_a_person_is_logged(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("+14165550142", "+15005550001", "+14165550129"):
        book.said(book.conversation(address), "my secret words", system_clock())
    with serving(peers.Carrier(pace=60)) as url:
        delivered(book.engine, url, lambda: "ready" in states(book) and "sent" in states(book))
    written = "".join(capsys.readouterr())
    assert "secret" not in written
    assert not re.search(r"4165550142|5005550001|4165550129", written)


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_a_step_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    upgrade(url)
    engine = open_database(url)
    book = Book(engine)
    for n in range(3):
        conversation = book.conversation(f"+1416555014{n}")
        for text in ("I did not understand.", "I did not understand.", "Food bank"):
            book.said(conversation, text, system_clock())
    fake = peers.Carrier(pace=60)
    with serving(fake) as api:

        def run(at: str, later: int) -> int:
            arguments = [sys.executable, "-m", "tests.support.killed_delivery", url, api, at, str(later)]
            return subprocess.run(arguments, cwd=ROOT, timeout=90, check=False).returncode

        assert run(step, 0) == -9
        assert run("never", 60) == 0
    for n in range(3):
        bodies = [message.body for message in fake.to(f"+1416555014{n}")]
        assert bodies == ["I did not understand.", "I did not understand.", "Food bank"]
    assert states(book) == {"sent"}
    assert len({row.sid for row in book.rows()}) == 9
    engine.dispose()


def test_every_step_of_delivery_is_a_place_to_die() -> None:
    assert sorted(STEPS) == ["asked", "claimed", "written"]

"""The gateway is killed, a laptop sleeps, a phone has no network, the database restarts: all stands as it stood."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot.conversations.identity import token_hash
from bot.conversations.models import Conversation
from bot.handoff.models import Handoff, Taking
from bot.staff.sessions import Member
from tests.support.live_gateway import Live, living
from tests.support.postgres import own_server

pytestmark = pytest.mark.timeout(180)
ASLEEP = timedelta(minutes=2, seconds=30)


@dataclass
class Person:
    """Somebody who chats."""

    live: Live
    token: str = ""
    id: str = ""
    seen: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def enter(self) -> Person:
        self.token = _post(f"{self.live.url}/api/conversations", {}, json={"language": "en"}).json()["token"]
        rows = self.live.read(select(Conversation.id).where(Conversation.token_hash == token_hash(self.token)))
        self.id = rows[0][0]
        return self

    def say(self, text: str, id_: str | None = None) -> None:
        body = {"id": id_ or uuid.uuid4().hex, "text": text}
        assert _post(f"{self.live.url}/api/messages", self.headers, json=body).status_code == 202

    def look(self) -> list[dict[str, Any]]:
        """What is new, as a page asks for it that was away."""
        address = f"{self.live.url}/api/messages?after={self.seen}"
        new = _client().get(address, headers=self.headers).json()["messages"]
        self.heard += new
        self.seen = max([self.seen, *(one["seq"] for one in new)])
        return list(new)

    def all(self) -> list[dict[str, Any]]:
        found = _client().get(f"{self.live.url}/api/messages", headers=self.headers).json()
        return list(found["messages"])


@dataclass
class Specialist:
    """A member of staff at the desk."""

    live: Live
    member: Member
    headers: dict[str, str]

    def to(self, conversation: str, what: str, **body: Any) -> httpx.Response:
        return _post(f"{self._api}/conversations/{conversation}/{what}", self.headers, json=body)

    def says(self, conversation: str, text: str, id_: str | None = None) -> httpx.Response:
        return self.to(conversation, "messages", id=id_ or uuid.uuid4().hex, text=text, confirmed=True)

    def desk(self) -> dict[str, Any]:
        found: dict[str, Any] = _client().get(f"{self._api}/desk", headers=self.headers).json()
        return found

    @contextmanager
    def console(self) -> Iterator[list[tuple[str, Any]]]:
        """The desk's stream, open; gives what comes. The end is a lid that closes: nothing says goodbye."""
        heard: list[tuple[str, Any]] = []
        client = _client(timeout=None)
        ready = threading.Event()

        def listen() -> None:
            with (
                suppress(httpx.HTTPError, OSError),
                client.stream("GET", f"{self._api}/events", headers=self.headers) as s,
            ):
                event = ""
                for line in s.iter_lines():
                    if line.startswith("event: "):
                        event = line[7:]
                    elif line.startswith("data: "):
                        heard.append((event, json.loads(line[6:])))
                        ready.set()

        threading.Thread(target=listen, daemon=True).start()
        assert ready.wait(20)
        try:
            yield heard
        finally:
            client.close()

    @property
    def _api(self) -> str:
        return f"{self.live.url}/console/api"


def _client(**options: Any) -> httpx.Client:
    return httpx.Client(trust_env=False, **{"timeout": 20, **options})


def _post(url: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    with _client() as client:
        return client.post(url, headers=headers, **body)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with living(tmp_path_factory.mktemp("chaos"), deaf=True) as gateway:
        yield gateway


def hired(live: Live, name: str) -> Specialist:
    return Specialist(live, *live.hire(name=name))


@pytest.fixture
def ana(live: Live) -> Specialist:
    return hired(live, "Ana Okafor")


@pytest.fixture
def bo(live: Live) -> Specialist:
    return hired(live, "Bo Lindqvist")


def in_danger(live: Live) -> Person:
    """Somebody who waits because of danger."""
    person = Person(live).enter()
    person.say("I want to die")
    until(lambda: owner(live, person.id)[0] == "waiting")
    return person


def held(live: Live, by: Specialist) -> Person:
    person = in_danger(live)
    assert by.to(person.id, "claim").status_code == 200
    return person


def owner(live: Live, conversation: str) -> tuple[str, str | None]:
    row = live.read(select(Conversation.owner, Conversation.holder).where(Conversation.id == conversation))[0]
    return row[0], row[1]


def takings(live: Live, conversation: str) -> list[str]:
    """Who has it now, as the takings say: one at most, or somebody was claimed twice."""
    statement = (
        select(Taking.staff_id)
        .join(Handoff, Handoff.id == Taking.handoff_id)
        .where(Handoff.conversation_id == conversation, Taking.ended_at.is_(None))
    )
    return [str(row[0]) for row in live.read(statement)]


def until(true: Callable[[], bool], seconds: float = 25) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


def said(messages: list[dict[str, Any]], author: str) -> list[str]:
    return [one["text"] for one in messages if one["author"] == author]


# -- the gateway


def test_a_gateway_killed_while_somebody_is_held_finds_them_held_and_says_everything_once(
    live: Live, ana: Specialist, bo: Specialist
) -> None:
    person = held(live, ana)
    assert ana.says(person.id, "I am here with you.", "s1").status_code == 202
    person.say("thank you", "p1")
    live.kill()
    live.start()
    assert owner(live, person.id) == ("held", ana.member.id) and takings(live, person.id) == [ana.member.id]
    # Neither of the two knew whether their last words had arrived, and says them again.
    assert ana.says(person.id, "I am here with you.", "s1").status_code == 202
    person.say("thank you", "p1")
    refused = bo.to(person.id, "claim")
    assert refused.status_code == 409 and refused.json()["by"] == "Ana Okafor"
    assert ana.says(person.id, "Where are you now?").status_code == 202
    found = person.all()
    assert said(found, "specialist") == ["I am here with you.", "Where are you now?"]
    assert said(found, "person") == ["I want to die", "thank you"]
    after = found[[one["text"] for one in found].index("thank you") :]
    assert said(after, "bot") == [], "the bot is silent while a person holds it, also after a restart"
    assert [one["conversation"] for one in ana.desk()["mine"]] == [person.id]


def test_two_who_claim_while_the_gateway_is_killed_are_one_holder_and_one_who_is_told(
    live: Live, ana: Specialist, bo: Specialist
) -> None:
    people = [in_danger(live) for _ in range(3)]

    def claims(one: Specialist, conversation: str) -> int | None:
        with suppress(httpx.HTTPError):
            return one.to(conversation, "claim").status_code
        return None

    with ThreadPoolExecutor(8) as hands:
        pressed = [hands.submit(claims, one, person.id) for person in people for one in (ana, bo)]
        time.sleep(0.03)
        live.kill()
        for one in pressed:
            one.result()
    live.start()
    for person in people:
        codes = Counter(one.to(person.id, "claim").status_code for one in (ana, bo))
        assert codes == {200: 1, 409: 1}
        assert takings(live, person.id) == [owner(live, person.id)[1]]


# -- the laptop


def test_a_laptop_that_sleeps_lets_go_and_the_person_is_told(live: Live, ana: Specialist, bo: Specialist) -> None:
    with ana.console():
        person = held(live, ana)
        person.look()
    live.later(ASLEEP)
    until(lambda: owner(live, person.id)[0] == "waiting")
    told = person.look()
    assert told and "Ana" not in told[-1]["text"], "they are told that they wait again"
    assert told[-1]["author"] in ("bot", "system")
    assert any(row["conversation"] == person.id and row["alert"] for row in bo.desk()["queue"]), "it rings again"
    assert bo.to(person.id, "claim").status_code == 200
    # The lid opens: the words typed into the old page go nowhere, and Ana is told who has it.
    late = ana.says(person.id, "Are you still there?")
    assert late.status_code in (403, 409)
    assert "Are you still there?" not in said(person.all(), "specialist")
    assert ana.desk()["mine"] == [] and takings(live, person.id) == [bo.member.id]


def test_a_console_that_stays_open_keeps_what_it_holds(live: Live, ana: Specialist) -> None:
    with ana.console() as heard:
        person = held(live, ana)
        live.later(timedelta(seconds=100))
        until(lambda: any(kind == "ping" for kind, _ in heard))
        time.sleep(0.5)
        live.later(timedelta(seconds=100))
        time.sleep(6)  # the watch has looked
        assert owner(live, person.id) == ("held", ana.member.id)


# -- the phone


def test_a_phone_without_network_finds_every_message_in_order_and_once(live: Live, ana: Specialist) -> None:
    person = held(live, ana)
    person.look()
    for number in range(12):
        assert ana.says(person.id, f"line {number}", f"line-{number}").status_code == 202
    ana.says(person.id, "line 11", "line-11")
    back = person.look()
    assert said(back, "specialist") == [f"line {number}" for number in range(12)]
    assert [one["seq"] for one in back] == sorted({one["seq"] for one in back})
    assert person.look() == []


def test_the_desk_says_that_the_person_is_there_while_their_page_is_open(live: Live, ana: Specialist) -> None:
    person = held(live, ana)

    def there() -> bool | None:
        held_now = {one["conversation"]: one for one in ana.desk()["mine"]}
        online: bool | None = held_now[person.id]["person_online"]
        return online

    with _client(timeout=None) as client, client.stream("GET", f"{live.url}/api/events", headers=person.headers):
        until(lambda: there() is True)
    until(lambda: there() is not True)


# -- the database


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[tuple[Live, Callable[[], None]]]:
    """A gateway on a PostgreSQL that a test can restart under it."""
    with own_server() as server:
        url = make_url(server.url).render_as_string(hide_password=False)
        settings = {"PORCHLIGHT_DATABASE_URL": url, "PORCHLIGHT_BUS": "postgres"}
        with living(tmp_path, settings, deaf=True) as gateway:

            def restart() -> None:
                server.stop()
                server.start()

            yield gateway, restart


def test_a_database_that_restarts_finds_everybody_where_they_were(
    restartable: tuple[Live, Callable[[], None]],
) -> None:
    live, restart = restartable
    ana, bo = hired(live, "Ana Okafor"), hired(live, "Bo Lindqvist")
    with ana.console():
        mine, waits = held(live, ana), in_danger(live)
        assert ana.says(mine.id, "before", "s1").status_code == 202
        restart()
    until(lambda: _try(lambda: ana.says(mine.id, "before", "s1").status_code == 202))
    assert owner(live, mine.id) == ("held", ana.member.id) and owner(live, waits.id)[0] == "waiting"
    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(lambda one: one.to(waits.id, "claim").status_code, (ana, bo)))
    assert sorted(answers) == [200, 409]
    assert takings(live, waits.id) == [owner(live, waits.id)[1]]
    with ana.console() as heard:  # the page has connected again by itself
        assert ana.says(mine.id, "after", "s2").status_code == 202
        assert said(mine.all(), "specialist") == ["before", "after"]
        mine.say("I heard both")
        until(lambda: any(kind == "message" and one["message"]["text"] == "I heard both" for kind, one in heard))


def _try(work: Callable[[], bool]) -> bool:
    with suppress(httpx.HTTPError):
        return work()
    return False

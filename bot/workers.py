"""The gateway as several processes: one loads and minds, one listens, the others work out answers.

    python -m bot.workers --host 127.0.0.1 --port 8000

A process of Python uses one core, whatever its threads do, and one that is killed takes ten seconds to load. So one
process reads what never changes (patterns of danger, languages, places, messages, doors), serves nobody, and forks the
workers, which share that memory. The first worker listens: it stores what comes in, acknowledges it, answers danger and
calls, and shows pages; it has the processor before the others. The others do ordinary turns, hand texts to the carrier,
and do what is due. When one dies another is forked within a second; the port stays open meanwhile, and whoever
knocks waits. What they have to know of each other stands in the database; that there is something new goes over
`bot.bus.near`.

gunicorn does the forking and minding, uvicorn the serving.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

import structlog
from gunicorn.app.base import BaseApplication
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn_worker import UvicornWorker

from bot.app import create_app
from bot.bus.near import Mailboxes, NearBus
from bot.clock import clock_from
from bot.conversations.database import upgrade
from bot.database import for_reading, open_database
from bot.logs import set_up_logs
from bot.service import Loaded, Role, Service, ideas_for
from bot.settings import Settings
from bot.supervisor.leash import tie
from directory_client import idea_needs, marked, timetables

log = structlog.get_logger(__name__)

GRACE = 5
"""Seconds that a worker that is asked to end waits for its requests; streams are cut then."""
LESS_URGENT = 5
"""How much nicer than the worker that listens the others are; as nice as Rasa, which they wait for."""
SILENCE = 60
"""Seconds after which a worker whose event loop stands still is ended."""


class Late:
    """The application, made when its worker starts: databases and threads do not survive a fork."""

    def __init__(self, settings: Settings, loaded: Loaded, mailboxes: Mailboxes) -> None:
        self.number = 0
        """Of the worker: 0 listens."""
        self.workers = settings.workers
        self._parts = settings, loaded, mailboxes
        self._app: Starlette | None = None

    @property
    def app(self) -> Starlette:
        if self._app is None:
            settings, loaded, mailboxes = self._parts
            # Other buses reach the workers of this machine too.
            bus = NearBus(mailboxes, self.number) if settings.bus == "memory" else None
            role = Role.BACK if self.number else Role.FRONT
            self._app = create_app(settings, loaded=loaded, bus=bus, role=role)
        return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Worker(UvicornWorker):  # type: ignore[misc]  # neither has gunicorn's worker
    """A worker. Addresses of people are neither logged nor taken from headers that anybody can send."""

    number = 0
    """Its place among the workers; whoever is forked in its stead has the same."""
    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "auto", "http": "auto", "access_log": False, "proxy_headers": False, "server_header": False,
        "timeout_graceful_shutdown": GRACE,
    }  # fmt: skip

    def run(self) -> None:
        if self.number == 0:
            super().run()
        else:
            with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
                runner.run(self._work())

    async def _work(self) -> None:
        """Does what comes over the bus until it is asked to end."""
        late: Late = self.wsgi
        asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
        async with late.app.router.lifespan_context(late.app):
            service: Service = late.app.state.service
            work = asyncio.create_task(service.heed_work(self.number - 1, late.workers))
            while not asked.is_set() and not work.done():
                self.notify()
                with suppress(TimeoutError):
                    await asyncio.wait_for(asked.wait(), SILENCE / 6)
            work.cancel()


class Gateway(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """What is loaded once, and how many serve it."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self._settings = settings
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._late: Late | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._bind, "workers": self._settings.workers + 1, "worker_class": Worker, "preload_app": True,
            "timeout": SILENCE, "graceful_timeout": GRACE + 2, "loglevel": "warning",
            "control_socket_disable": True, "when_ready": _ready, "pre_fork": _numbered, "post_fork": self._forked,
        }.items():  # fmt: skip
            self.cfg.set(name, value)

    def load(self) -> Late:
        """In the process that minds the others.

        Raises:
            BrokenDoor: when a door file cannot be used.
            sqlalchemy.exc.OperationalError: when a database cannot be reached.
        """
        settings = self._settings
        for url in dict.fromkeys((settings.database, settings.directory)):
            upgrade(url)
        idea_needs.use(partial(ideas_for, settings))
        _learn(settings)
        if settings.twilio_account_sid:
            import_module("twilio.rest")  # the workers' carriers need it; here it is in memory once
        self._late = Late(settings, Loaded.of(settings), Mailboxes.for_processes(settings.workers + 1))
        return self._late

    def _forked(self, arbiter: Any, worker: Worker) -> None:
        tie(arbiter.pid)
        assert self._late is not None
        self._late.number = worker.number
        if worker.number:
            os.nice(LESS_URGENT)
            for listening in worker.sockets:
                listening.close()
            worker.sockets = []


def _learn(settings: Settings) -> None:
    """Reads what every search asks of the directory; leaves no connection to the processes that come of this one."""
    engine = for_reading(open_database(settings.directory))
    try:
        with engine.connect() as connection:
            marked.learn(connection)
            timetables.learn(connection, clock_from(settings.test_clock)())
    except Exception:  # one record that nobody can read keeps the first search waiting, and nobody from asking for help
        log.exception("directory_not_learnt")
    finally:
        engine.dispose()


def _ready(arbiter: Any) -> None:
    """What is loaded stays: a collection that went through it would give each worker a copy of its own."""
    gc.collect()
    gc.freeze()


def _numbered(arbiter: Any, worker: Worker) -> None:
    taken = {other.number for other in arbiter.WORKERS.values()}
    worker.number = next(number for number in range(arbiter.num_workers) if number not in taken)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.workers")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args(arguments)
    settings = Settings()
    set_up_logs(settings.log_level)
    os.environ.pop("GUNICORN_CMD_ARGS", None)
    Gateway(settings, given.host, given.port).run()


if __name__ == "__main__":
    main(sys.argv[1:])

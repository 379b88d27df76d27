"""The gateway as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.carrier.rest import Carrier
from bot.carrier.signature import Signatures
from bot.cases.pages import routes as case_routes
from bot.channels import map_pages, web, web_data, web_pages, web_waiting
from bot.clock import Clock
from bot.console import desk_page
from bot.console.after.routes import routes as after_routes
from bot.console.api.canned import stocked
from bot.console.api.routes import Parts
from bot.console.api.routes import routes as desk_routes
from bot.console.floor.routes import routes as floor_routes
from bot.console.interface import Interface
from bot.console.pages import Pages as ConsolePages
from bot.engine import Engine
from bot.guard import Guard, Limits
from bot.handoff.watch import Watch
from bot.hsds import routes as hsds_routes
from bot.incidents.pages import routes as incident_routes
from bot.intake.forgetting import forget_numbers
from bot.language.catalogue import RTL
from bot.language.names import endonym
from bot.learners.board import routes as board_routes
from bot.learners.pages import routes as learner_routes
from bot.logs import set_up_logs
from bot.registers.pages import routes as register_routes
from bot.reports.pages import routes as report_routes
from bot.service import Loaded, Role, Service, assemble, ideas_for
from bot.settings import Settings
from bot.sharing.routes import routes as sharing_routes
from bot.slips.pages import routes as slip_routes
from bot.sms.delivery import Delivery
from bot.sms.routes import Webhooks
from bot.staff.gate import Gate
from bot.staff.pages import refusal as console_refusal
from bot.staff.pages import routes as staff_routes
from bot.tables.routes import routes as table_routes
from bot.voice.routes import routes as voice_routes
from bot.web.pages import STATIC, Lines, Number, Pages
from directory_client import idea_needs
from directory_client.lines import CRISIS, EMERGENCY, HELPLINE, Line, lines

log = structlog.get_logger(__name__)
SWEEP = 3.0
"""Seconds between two looks for messages that a dead process left unanswered."""
THREADS = 16
"""Threads for what waits on the database. With the library's 40 the health check of a busy gateway went unanswered for
a minute, and the supervisor ended what was only slow."""


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    at: Callable[[str], None] = lambda step: None,
    clock: Clock | None = None,
    loaded: Loaded | None = None,
    **replaced: Any,
) -> Starlette:
    """Builds the gateway.

    Args:
        settings: from the environment when not given.
        engine: a client of Rasa to use instead of the configured one.
        at: called between the steps of a turn (tests end the process there).
        clock: a clock to use instead of the product's.
        loaded: what was read for the same settings before.

    Raises:
        BrokenDoor: when a door file cannot be used.
    """
    settings = settings or Settings()
    set_up_logs(settings.log_level)
    service = assemble(settings, engine=engine, at=at, loaded=loaded, **replaced)
    if clock is not None:
        service.clock = service.turns.clock = clock
    limits = Limits.from_settings(settings, partial(service.keys.pseudonym, "network"))
    signatures = Signatures.from_settings(settings)
    console_pages = ConsolePages(Interface.load())
    app = Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            *web.routes,
            *web_waiting.routes,
            *web_data.routes,
            *Webhooks(service, signatures).routes(),
            *voice_routes(service),
            *hsds_routes(service.directory.engine, settings.public_url),
            Mount(
                f"/static/{_pages_version()}",
                StaticFiles(directory=STATIC),
                name="static",
                middleware=[Middleware(GZipMiddleware, minimum_size=1_000)],
            ),
            *desk_page.static(console_pages),
            *desk_page.routes,
            *floor_routes,
            *after_routes,
            *case_routes,
            *learner_routes,
            *board_routes,
            *incident_routes,
            *report_routes,
            *sharing_routes,
            *table_routes,
            *register_routes,
            *slip_routes,
            *staff_routes,
            *desk_routes(),
            *map_pages.routes,
            *web_pages.routes,
        ],
        middleware=[
            Middleware(
                Guard,
                limits=limits,
                embed_origins=tuple(settings.embed_origins.split()),
                map_origin=settings.map_origin,
            ),
            Middleware(Gate),
        ],
        exception_handlers={web.Refused: refused, HTTPException: http_problem, Exception: unexpected},
        lifespan=_lifespan,
    )
    app.state.service = service
    app.state.limits = limits
    app.state.pages = _pages(service)
    app.state.console_pages = console_pages
    app.state.console_refusal = console_refusal
    app.state.desk = Parts.of(service)
    app.state.typing = web_waiting.Signs()
    return app


def _warm(service: Service) -> None:
    """Makes ready what the first who needs it would otherwise wait for: seconds for a search by words."""
    idea_needs.use(partial(ideas_for, service.settings))
    service.turns.ears.screen.warm()


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    service: Service = app.state.service
    # Threads that read and word messages give way sooner to the one that listens: a webhook is to be acknowledged
    # within milliseconds even when many people write at once.
    sys.setswitchinterval(0.001)
    # Nor are there many of them: each that wants the interpreter keeps the one that listens waiting for its share.
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    await service.bus.start()
    await to_thread.run_sync(stocked, service)
    tasks = [asyncio.create_task(service.heed_alarms()), asyncio.create_task(service.online.run())]
    delivery = watch = delivering = None
    if service.role is Role.FRONT:
        tasks.append(asyncio.create_task(_every(SWEEP, service.turns.keep)))
    else:
        tasks.append(asyncio.create_task(_every(SWEEP, partial(_sweep, service))))
        delivery = _delivery(service)
        delivering = asyncio.create_task(delivery.run()) if delivery else None
        watch = Watch(service, app.state.console_pages.interface)
        watch.start()
    threading.Thread(target=_warm, args=(service,), name="warm", daemon=True).start()
    yield
    for task in tasks:
        task.cancel()
    if watch:
        await watch.stop()
    await service.turns.settle()
    if delivery and delivering:
        await delivery.close()
        await delivering
    await service.bus.stop()
    await service.engine.close()
    service.translator.close()


def _delivery(service: Service) -> Delivery | None:
    """The worker that hands texts to the carrier; None without an account or a number that texts."""
    carrier = Carrier.from_settings(service.settings)
    if carrier is None or not any(one.sms for one in service.numbers.by_address.values()):
        return None
    return Delivery(
        service.ledger.engine,
        carrier,
        service.keys,
        service.numbers,
        service.clock,
        public_url=service.settings.public_url,
        writing=service.ledger.writing,
        news=service.to_deliver,
        at=service.turns.at,
    )


async def _sweep(service: Service) -> None:
    """Takes up what was left, and forgets what is not to be kept."""
    taken = await service.turns.recover()
    if taken:
        log.info("turns taken up", count=taken)
    await to_thread.run_sync(partial(forget_numbers, service.ledger, service.doors, service.clock()))


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Does it at start and again and again."""
    while True:
        try:
            await work()
        except Exception as problem:  # the database is away; it may come back
            log.error("sweep failed", problem=type(problem).__name__)
        await asyncio.sleep(seconds)


async def live(request: Request) -> Response:
    return JSONResponse({"live": True})


async def ready(request: Request) -> Response:
    """Ready means that a person is answered; `engine` tells whether Rasa takes part."""
    service = web.service_of(request)
    return JSONResponse({"ready": True, "engine": await service.engine.alive()})


async def refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, web.Refused)
    if _wants_page(request):
        response = web_pages.error_page(request, problem.status)
    else:
        response = JSONResponse({"error": problem.reason}, status_code=problem.status)
    response.headers.update(problem.headers)
    return response


async def http_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if _wants_page(request):
        return web_pages.error_page(request, problem.status_code)
    return JSONResponse({"error": problem.detail}, status_code=problem.status_code, headers=problem.headers)


async def unexpected(request: Request, problem: Exception) -> Response:
    """A mistake of ours. The log gets its kind and place; the person gets a way on."""
    log.error("request failed", path=request.scope.get("route_name", request.method), problem=type(problem).__name__)
    if _wants_page(request):
        return web_pages.error_page(request, 500)
    return JSONResponse({"error": "Something went wrong here. Try again, or call 2-1-1."}, status_code=500)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/health/", "/static/", "/console/api/"))


def _pages_version() -> str:
    from bot.web.pages import _version

    return _version()


def _pages(service: Service) -> Pages:
    known = lines()
    return Pages(
        service.catalogue.say,
        languages=[(code, endonym(code)) for code in service.languages()],
        is_rtl=lambda code: code in RTL,
        lines=Lines(
            emergency=_number(known[EMERGENCY]),
            suicide=_number(known[CRISIS]),
            helpline=_number(known[HELPLINE]),
        ),
        exit_url=service.settings.exit_url,
        sample=service.settings.sample,
    )


def _number(line: Line) -> Number:
    digits = "".join(c for c in line.voice or "" if c.isdigit())
    text = "".join(c for c in line.text or "" if c.isdigit())
    return Number(line.voice or "", f"tel:{digits}", f"sms:{text}" if text else None)

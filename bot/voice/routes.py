"""The addresses of phone calls: what the carrier is told to ask, and what our pages name next."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.carrier.signature import Form, Signatures
from bot.service import Service
from bot.voice import pages, transfer
from bot.voice.answering import STEP, WAIT, Answering, Begin
from bot.voice.calls import Calls
from bot.voice.flow import Flow
from bot.voice.languages import Recordings
from bot.voice.speech import Speech
from bot.voice.webhook import Webhooks


def routes(service: Service, *, begin: Begin = transfer.begin, recordings: Recordings | None = None) -> list[BaseRoute]:
    """All routes under /voice.

    Args:
        begin: starts a transfer.
        recordings: sentences that somebody has spoken; those of the product when not given.
    """
    recordings = recordings or Recordings()
    calls, speech = Calls(service.ledger), Speech(service.catalogue, recordings)
    webhooks = Webhooks(service, Signatures.from_settings(service.settings), calls, speech)
    flow = Flow(Answering(service, calls, speech, begin))

    async def inbound(request: Request, form: Form) -> str:
        async with flow.turn(form):
            return await flow.inbound(form)

    async def step(request: Request, form: Form) -> str:
        async with flow.turn(form):
            return await flow.step(form, number(request, "n", 1))

    async def wait(request: Request, form: Form) -> str:
        async with flow.turn(form):
            return await flow.wait(form, number(request, "n", 1), number(request, "t", 1))

    async def back(request: Request, form: Form) -> str:
        async with flow.turn(form):
            return await flow.back(form, request.query_params.get("why", ""))

    async def overheard(request: Request, form: Form) -> str | None:
        async with flow.turn(form):
            return await flow.overheard(form, number(request, "s", 1))

    async def status(request: Request, form: Form) -> None:
        await flow.status(form)

    return [
        webhooks.route("/voice/inbound", inbound),
        webhooks.route(STEP, step),
        webhooks.route(WAIT, wait),
        webhooks.route("/voice/back", back),
        webhooks.route("/voice/status", status),
        *transfer.routes(webhooks, overheard),
        Mount(pages.RECORDINGS, StaticFiles(directory=recordings.folder, check_dir=False)),
    ]


def number(request: Request, name: str, least: int) -> int:
    """A small number of the query; `least` for anything else."""
    text = request.query_params.get(name, "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else least
    return max(least, found)

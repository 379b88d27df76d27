"""Waiting for work that was begun comes to an end, whatever the moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.tasks import ended

pytestmark = pytest.mark.anyio
Tasks = set[asyncio.Task[Any]]


async def nothing() -> None:
    return None


async def failing() -> None:
    raise ValueError


def begun(tasks: Tasks, *works: Any) -> None:
    for work in works:
        task = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def test_tasks_that_have_just_finished_are_not_waited_for_for_ever() -> None:
    """Between the end of a task and its callback: what once kept a process from ending."""
    tasks: Tasks = set()
    begun(tasks, nothing(), nothing())
    waiting = asyncio.ensure_future(ended(tasks))  # begins in the round in which both finish
    async with asyncio.timeout(2):
        await waiting
    assert not tasks
    tasks.add(task := asyncio.ensure_future(nothing()))  # and one that nothing takes out
    await task
    async with asyncio.timeout(2):
        await ended(tasks)
    assert not tasks


async def test_how_they_end_does_not_matter() -> None:
    tasks: Tasks = set()
    begun(tasks, failing(), asyncio.sleep(60))
    asyncio.get_running_loop().call_later(0.01, next(one for one in tasks if "sleep" in repr(one)).cancel)
    async with asyncio.timeout(2):
        await ended(tasks)


async def test_what_is_begun_meanwhile_is_waited_for_as_well() -> None:
    tasks: Tasks = set()
    later: list[str] = []

    async def second() -> None:
        await asyncio.sleep(0.02)
        later.append("done")

    async def first() -> None:
        begun(tasks, second())

    begun(tasks, first())
    await ended(tasks)
    assert later == ["done"]

"""The house of the floor's tests, with the doors as they are."""

from tests.bot.console.floor.conftest import *  # noqa: F403

"""Serves the package `actions` on loopback, in one process.

rasa-sdk's own entry starts a manager and a worker, twice the memory for nothing here, and its answer
to an error repeats the whole conversation, which Rasa then writes into its log.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

from rasa_sdk import Action
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.utils import all_subclasses
from sanic import Sanic, response

import actions


def all_actions() -> list[type[Action]]:
    """The actions of the package: subclasses that have a name. Those without are bases of others."""
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        importlib.import_module(module.name)
    return [found for found in all_subclasses(Action) if getattr(found, "action", None)]


def main(arguments: list[str]) -> None:
    """Serves until it is asked to stop. The one argument is the port."""
    executor = ActionExecutor()
    for action in all_actions():
        executor.register_action(action)
    app: Sanic[Any, Any] = create_app(executor)
    app.config.ACCESS_LOG = False
    app.config.MOTD = False

    async def say_no_words(request: Any, answer: Any) -> Any:
        """An error is told by its status alone."""
        if answer.status >= 500:
            return response.json({"error": "action failed"}, status=answer.status)
        return None

    app.register_middleware(say_no_words, "response")
    app.run(host="127.0.0.1", port=int(arguments[0]), single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main(sys.argv[1:])

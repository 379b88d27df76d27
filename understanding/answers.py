"""Checks what the action server answers against one schema that is made once.

Rasa 3.6 asks `jsonschema.validate`, which checks the schema itself before each answer and looks for the schema of
schemas anew: two thirds of the processor time of a turn (measured with a sampling profiler, 8 texts a second). The
schema is Rasa's own and does not change, so it is checked once, when the server starts.
"""

from __future__ import annotations

from typing import Any, Dict, Text

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def check_schema_once() -> None:
    """From now on answers are held to the schema without the schema being checked each time. Once is enough."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validated(self: RemoteAction, result: Dict[Text, Any]) -> bool:
        problem = next(validator.iter_errors(result), None)
        if problem is None:
            return True
        raise ValidationError(f"the answer to {self.name()} has not the form of an action's answer: {problem.message}")

    setattr(RemoteAction, "_validate_action_result", validated)  # noqa: B010

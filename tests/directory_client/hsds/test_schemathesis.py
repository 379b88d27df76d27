"""Schemathesis asks what our description allows and what it forbids, and finds nothing that breaks its word."""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from sqlalchemy import Engine
from starlette.applications import Starlette

from bot.hsds import routes
from bot.hsds.openapi import description

_TAKEN = ["2xx", "404"]
SETTINGS = {
    "seed": 211,
    "generation": {"max-examples": 12, "deterministic": True, "no-shrink": True},
    # No schema of a single parameter can say that two do not go together, nor which postal codes there are.
    "checks": {"positive_data_acceptance": {"expected-statuses": [*_TAKEN, "422"]}},
    "operations": [
        {
            "include-path": "/service_at_locations",
            "checks": {"positive_data_acceptance": {"expected-statuses": [*_TAKEN, "422", "400"]}},
        }
    ],
}
interface = schemathesis.openapi.from_dict(
    description("http://testserver/hsds"), config=SchemathesisConfig.from_dict(SETTINGS)
)


@pytest.fixture(scope="session")
def app(engine: Engine) -> Starlette:
    return Starlette(routes=routes(engine, "http://testserver"))


@interface.parametrize()
def test_the_interface_keeps_its_word(case: schemathesis.Case, app: Starlette) -> None:
    case.call_and_validate(app=app)

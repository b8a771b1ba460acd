"""The running app keeps to its own descriptions, whatever a program makes of them."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette

from dashboard.api.routes import routes

# How many operations each has, besides the one that gives the description itself.
DESCRIPTIONS = {"/api/v1/openapi.json": 14, "/api/ogc/api": 9}
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
FEW, MANY = 3, 100
# Dates, areas and ids of versions have forms that JSON Schema has no words for: some texts are refused.
NOT_ASKED = [positive_data_acceptance]


def check(address: str, examples: int) -> int:
    """Ask each operation of a description for what it may be asked for, and for what it may not."""
    schema = schemathesis.openapi.from_asgi(address, Starlette(routes=routes()))
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        for mode in MODES if any(operation.iter_parameters()) else MODES[:1]:

            @settings(max_examples=examples, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(mode))
            def ask(case: Any) -> None:
                case.call_and_validate(excluded_checks=NOT_ASKED)

            ask()
    return len(operations)


@pytest.mark.parametrize(("address", "operations"), DESCRIPTIONS.items())
def test_the_api_keeps_to_its_description(read_only, address, operations):
    assert check(address, FEW) == operations


@pytest.mark.soak
@pytest.mark.parametrize(("address", "operations"), DESCRIPTIONS.items())
def test_the_api_keeps_to_its_description_whatever_is_asked(address, operations):
    assert check(address, MANY) == operations

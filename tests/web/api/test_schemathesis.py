"""Schemathesis asks what the description allows and what it does not, and looks at what comes."""

from __future__ import annotations

import pytest

schemathesis = pytest.importorskip(
    "schemathesis", reason="needs schemathesis, which `make test-slow` installs"
)
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402 (comes with the one above)

from labtape.web import create_app  # noqa: E402 (only where it can be asked)

from .desks import article, keep, opened  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # warnings of the tool's own
N_STREAM = "/api/v1/stream"  # has no end; its own tests read it


@pytest.fixture(scope="module")
def operations():
    with opened("memory:") as desk:
        keep(desk, *map(article, range(12)))
        described = schemathesis.openapi.from_asgi("/openapi.json", create_app(desk))
        found = [result.ok() for result in described.get_all_operations()]
        yield [operation for operation in found if operation.path != N_STREAM]


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_what_is_answered_is_what_is_described(operations, mode):
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
    ]
    asked = []
    if mode == "negative":  # where nothing is asked for, nothing can be wrong
        operations = [operation for operation in operations if operation.path != "/api/v1/health"]
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        @settings(
            max_examples=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            asked.append((case.method, case.path))
            case.call_and_validate(checks=checks)

        ask()
    assert {path for _, path in asked} == {operation.path for operation in operations}
    assert len(asked) > 100

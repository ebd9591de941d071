"""Schemathesis asks what the description allows and what it does not, and looks at what comes."""

from __future__ import annotations

import pytest

schemathesis = pytest.importorskip(
    "schemathesis", reason="needs schemathesis, which `make test-slow` installs"
)
from hypothesis import HealthCheck, Phase, settings  # noqa: E402 (comes with the one above)

from labtape.web import create_app  # noqa: E402 (only where it can be asked)

from .desks import article, keep, opened  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # warnings of the tool's own
schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture(scope="module")
def described():
    with opened("memory:") as desk:
        keep(desk, *map(article, range(12)))
        app = create_app(desk)
        loaded = schemathesis.openapi.from_asgi("/openapi.json", app)
        yield loaded.exclude(path="/api/v1/stream")  # has no end; its own tests read it


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_what_is_answered_is_what_is_described(case):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    case.call_and_validate(
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_headers_conformance,
            response_schema_conformance,
        ]
    )

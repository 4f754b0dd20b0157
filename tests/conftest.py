"""Shared by all tests that run without Odoo."""

from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import HealthCheck, settings

# "ci" looks longer and repeats exactly; choose with HYPOTHESIS_PROFILE
_COMMON = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
}
settings.register_profile("dev", max_examples=50, **_COMMON)
settings.register_profile("ci", max_examples=300, derandomize=True, **_COMMON)
_DEFAULT = "ci" if os.environ.get("CI") else "dev"
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", _DEFAULT))


@pytest.fixture(params=["8", "7.5.4"])
def generation(request):
    """Generations of the product; test with ``indirect`` for one of them."""
    return request.param


@pytest.fixture(params=["in process", "over http"])
def line(request):
    """How the practice CRM is reached."""
    return request.param


@pytest.fixture(scope="session")
def practices():
    """Practice CRMs by line: starting and stopping a server costs half a second."""
    from infor_crm_simulator import Simulator
    from lines import LINES, reached

    with contextlib.ExitStack() as stack:
        yield {
            line: stack.enter_context(reached(Simulator(leads=0, contacts=0), line))
            for line in LINES
        }


@pytest.fixture
def simulator(practices, generation, line):
    """A practice CRM in its first state, on both generations and both lines."""
    crm = practices[line]
    crm.control.reset(seed=7, leads=250, contacts=120, generation=generation)
    yield crm
    crm.close()

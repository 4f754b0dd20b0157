"""The same seed makes the same people, in whichever process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_DIGEST = """
import hashlib, json
from infor_crm_simulator import Simulator

sim = Simulator(seed=1, leads=300, contacts=100)
for table in ("LEAD", "LEAD_ADDRESS", "CONTACT", "ADDRESS", "ACCOUNT", "HISTORY"):
    rows = sim.control.sql(f"SELECT * FROM {table}")
    print(table, hashlib.md5(json.dumps(rows, sort_keys=True).encode()).hexdigest())
"""


def _digests(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stderr)
    return done.stdout


def test_two_processes_make_the_same_people() -> None:
    """People compare what they imported yesterday with a practice CRM started today."""
    assert _digests("1") == _digests("2")

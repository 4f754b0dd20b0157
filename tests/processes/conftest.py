"""A database with the addon, real servers on it, and a practice CRM beside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from real import FIGURES, ROOT, Database, PracticeCrm, practice_crm, shell

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("processes")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("measured with real servers")
        for figure in FIGURES:
            terminalreporter.line(figure)


@pytest.fixture(scope="session")
def logs() -> Path:
    """Where servers write; what they wrote is read at the end."""
    cache = Path(shell('echo "$CACHE"'))
    if not (cache / "ready").exists():
        pytest.fail(
            "Tests with real servers need Odoo and PostgreSQL. Run them with "
            "scripts/test tests/processes, which prepares both, or leave them out "
            "with --ignore=tests/processes.",
            pytrace=False,
        )
    folder = cache / "log"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def odoo_log(logs: Path) -> Path:
    path = logs / "test-processes-odoo.log"
    path.write_text("")
    return path


@pytest.fixture(scope="session")
def original(logs: Path, odoo_log: Path) -> Iterator[str]:
    """A database with the addon that no server ever touched."""
    for name in ("PGHOST", "PGUSER"):
        os.environ[name] = shell(f'echo "${name}"')
    shell("start_postgres")
    name = f"test_processes_{os.getpid()}"
    shell('fresh_database "$@"', name, odoo_log)
    yield name
    shell('drop_db "$@"', name)


@pytest.fixture(scope="session")
def copies(original: str, odoo_log: Path) -> Iterator[Callable[[], Database]]:
    """Makes databases. Each is dropped, and its servers killed, at the end."""
    made: list[Database] = []

    def copy() -> Database:
        name = f"{original}_{len(made)}"
        shell('copy_db "$@"', original, name)
        made.append(Database(name, odoo_log))
        return made[-1]

    yield copy
    for database in made:
        discard(database)


def discard(database: Database) -> None:
    database.close()
    shell('drop_db "$@"', database.name)


@pytest.fixture
def database(copies: Callable[[], Database]) -> Iterator[Database]:
    database = copies()
    yield database
    database.close()


@pytest.fixture(scope="session")
def practice(logs: Path) -> Iterator[PracticeCrm]:
    """Starts others by :meth:`PracticeCrm.another`."""
    with practice_crm(logs / "test-processes-crm.log", leads=10, contacts=10) as crm:
        yield crm


@pytest.fixture(scope="session", autouse=True)
def _quiet_log(odoo_log: Path, copies: Callable[[], Database]) -> Iterator[None]:
    """Servers may be killed and the CRM may lie, but nobody of us complains."""
    yield
    check = [sys.executable, "scripts/_check_log.py", str(odoo_log)]
    found = subprocess.run(check, cwd=ROOT, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr

"""The walls of the house: what may know what (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "infor_crm_connector"
LIB = ADDON / "lib"
SIMULATOR = ROOT / "infor_crm_simulator"
# what lib/ may import besides the standard library and itself
THIRD_PARTY = {"requests", "urllib3"}


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(level, dotted name) of every import, those inside functions included."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            for alias in node.names:
                yield node.level, f"{base}.{alias.name}".lstrip(".")


def target(path: Path, level: int, name: str) -> str:
    """The dotted name an import means, from the repository's root."""
    if not level:
        return name
    package = path.relative_to(ROOT).parent.parts
    base = package[: len(package) - (level - 1)]
    return ".".join((*base, name))


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", python_files(LIB), ids=ids)
def test_the_library_knows_no_odoo_and_no_simulator(path):
    """lib/ imports the standard library, requests and itself, relatively."""
    allowed = THIRD_PARTY | set(sys.stdlib_module_names)
    absolute = {name.split(".")[0] for level, name in imports(path) if not level}
    assert absolute <= allowed


@pytest.mark.parametrize(("room", "other"), [("sdata", "sync"), ("sync", "sdata")])
def test_client_and_engine_do_not_know_each_other(room, other):
    """Neither imports the other, nor anything of the addon above lib/."""
    home = f"infor_crm_connector.lib.{room}"
    for path in python_files(LIB / room):
        for level, name in imports(path):
            meant = target(path, level, name)
            inside = meant == home or meant.startswith(f"{home}.")
            assert not level or inside, f"{ids(path)}: {meant}"


@pytest.mark.parametrize("path", python_files(ADDON), ids=ids)
def test_the_addon_never_imports_the_simulator(path):
    """The addon works where only its own folder is; its tests speak HTTP."""
    for level, name in imports(path):
        first = name.split(".")[0]
        assert level or first not in {"infor_crm_simulator", "tests", "benchmarks"}


@pytest.mark.parametrize("path", python_files(ADDON), ids=ids)
def test_the_addon_imports_its_library_relatively(path):
    """Under two names the library would be loaded twice: errors would not match."""
    for level, name in imports(path):
        parts = name.split(".")
        absolute = not level and (parts[0] in {"sdata", "sync"} or "lib" in parts)
        assert not absolute or name.startswith("odoo.addons.infor_crm_connector")


@pytest.mark.parametrize("path", python_files(SIMULATOR), ids=ids)
def test_the_simulator_shares_no_code_with_the_client(path):
    """A wrong date format must not be able to agree with itself."""
    for level, name in imports(path):
        first = target(path, level, name).split(".")[0]
        assert first not in {"infor_crm_connector", "sdata", "sync", "odoo"}


def test_the_library_holds_no_hosts():
    """No address of a real server or service: where calls go is configured."""
    known = re.compile(r"(schemas\.sage\.com|www\.w3\.org|crm(\.example\.com)?\b|\{)")
    for path in python_files(LIB / "sdata"):
        text = path.read_text(encoding="utf-8")
        for host in re.findall(r"https?://([\w.{-]+)", text):
            assert known.match(host), f"{ids(path)}: {host}"

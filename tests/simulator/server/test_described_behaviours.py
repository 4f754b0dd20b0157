"""The page about the practice CRM, walked line by line.

Each behaviour it lists says how sure we are, and names tests that exist and that turn
the switches it mentions. Those tests run beside this one.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from infor_crm_simulator.faults import KNOWN
from infor_crm_simulator.switches import SWITCHES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
SOURCES = ("recorded", "model", "vendor", "client", "third party", "assumption")
_SECTION = "## Behaviours and how sure we are"


def behaviours() -> list[list[str]]:
    """Cells of every line of the tables of behaviours."""
    section = PAGE.split(_SECTION)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in rows if row[0] != "behaviour"]


@cache
def known_tests() -> dict[str, str]:
    """The source of every test of the practice CRM, by name, with its decorators."""
    found: dict[str, str] = {}
    for path in (ROOT / "tests" / "simulator").rglob("test_*.py"):
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                decorators = [decorator.lineno for decorator in node.decorator_list]
                start = min([node.lineno, *decorators])
                lines = text.splitlines()[start - 1 : node.end_lineno]
                found[node.name] = found.get(node.name, "") + "\n".join(lines)
    return found


def test_there_are_behaviours_of_every_part():
    assert len(behaviours()) > 100


@pytest.mark.parametrize("row", behaviours(), ids=lambda row: row[0][:60])
def test_a_behaviour_has_a_source_and_tests_that_turn_its_switches(row):
    assert len(row) == 3, "a line has a behaviour, a source and its tests"
    behaviour, source, named = row
    assert any(word in source for word in SOURCES) or "ours" in source
    names = re.findall(r"`(test_\w+)`", named)
    assert names, "no test shows it"
    assert [name for name in names if name not in known_tests()] == []
    shown = "\n".join(known_tests()[name] for name in names)
    for brackets in re.findall(r"\[([^\]]+)\]", f"{behaviour} {source}"):
        (switch,) = re.findall(r"`(\w+)`", brackets)
        assert switch in SWITCHES
        assert re.search(rf"\b{switch}\b", shown), f"no named test turns {switch}"


def test_every_switch_belongs_to_a_behaviour():
    listed = " ".join(row[0] + row[1] for row in behaviours())
    unlisted = [name for name in SWITCHES if f"[`{name}`" not in listed]
    assert unlisted == ["generation"], "which all tests of the server run on"


def test_every_fault_is_set_by_a_test():
    everything = "\n".join(known_tests().values())
    assert [name for name in KNOWN if f'"{name}"' not in everything] == []

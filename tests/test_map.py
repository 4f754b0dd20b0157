"""The map of docs/architecture.md leaves no file out, and names none that is gone."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "infor_crm_connector"
MAP = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## The map")[1]
FOLDERS = {"models": 1, "tools": 2, "lib/sdata": "sdata", "lib/sync": "sync"}


def named(folder: str) -> list[str]:
    """What the map says of a folder: names, or patterns."""
    place = FOLDERS[folder]
    if isinstance(place, int):
        rows = MAP.split("| of `lib/sdata`")[0].splitlines()
        cells = [row.split("|")[1:][place] for row in rows if row.startswith("|")]
    else:
        cells = MAP.split(f"| of `lib/{place}`")[1].split("\n\n")[0].splitlines()
    return [name for cell in cells for name in re.findall(r"`([\w*]+)`", cell)]


def files(folder: str) -> set[str]:
    found = (path.stem for path in (ADDON / folder).glob("*.py"))
    return {name.removeprefix("infor_crm_") for name in found if name != "__init__"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_on_the_map(folder):
    """A newcomer looks there first; a new file takes its place in a row."""
    known = named(folder)
    lost = [f for f in files(folder) if not any(fnmatch(f, name) for name in known)]
    assert not lost, f"say in docs/architecture.md where {sorted(lost)} belong"


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_map_names_nothing_that_is_gone(folder):
    there = files(folder)
    gone = [n for n in named(folder) if not any(fnmatch(f, n) for f in there)]
    assert not gone

"""Fails when Odoo's log holds warnings or errors that are ours.

Ours are lines of the addon's loggers, lines about our crons, and any traceback that
passes through our files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ ")
OURS = re.compile(r"infor_crm|infor\.crm|Infor CRM")
BAD_LEVELS = {"WARNING", "ERROR", "CRITICAL"}


def entries(text: str) -> Iterator[tuple[str, str]]:
    """(level, whole entry with its continuation lines)."""
    level, lines = "", []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            if lines:
                yield level, "\n".join(lines)
            level, lines = match["level"], []
        lines.append(line)
    if lines:
        yield level, "\n".join(lines)


def main() -> int:
    text = Path(sys.argv[1]).read_text(errors="replace")
    bad = [
        entry
        for level, entry in entries(text)
        if level in BAD_LEVELS and OURS.search(entry)
    ]
    for entry in bad[:20]:
        print(entry, file=sys.stderr)
    if bad:
        print(f"{len(bad)} warnings or errors of ours in Odoo's log", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

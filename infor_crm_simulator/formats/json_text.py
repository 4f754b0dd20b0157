"""JSON as the server spells it."""

from __future__ import annotations

import json


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded(text: str) -> bytes:
    """UTF-8; lone surrogates, which are no characters, become question marks."""
    return text.encode("utf-8", "replace")

"""Text as the database's own functions change it."""

from __future__ import annotations


def capitals(text: str) -> str:
    """Upper case of the same length: a "ß" stays, as in SQL Server."""
    if text.isascii():
        return text.upper()
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)

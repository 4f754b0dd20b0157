"""What stands in the parentheses behind a kind: a key or a predicate.

``contacts('C…')``, ``contacts("C…")``, ``users(ADMIN   )``, ``groups(name eq 'x')``,
``userOptions('category=General;name=Currency')`` (docs/sdata.md 1.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from . import nodes
from .errors import QueryError, bad_selector
from .grammar import parse_where
from .nodes import Expression


@dataclass(frozen=True)
class Key:
    """One resource by its key, padding removed; `parts` of a composite one by name."""

    value: str
    parts: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Predicate:
    """The one resource for which `expression` holds; `text` is how it was written."""

    expression: Expression
    text: str


Selector = Key | Predicate

_QUOTED = re.compile(r"""\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)")\s*""")
_BARE = re.compile(r"[^'\"()@,]+")
_OPERATOR = re.compile(r"\b(eq|ne|lt|le|gt|ge|and|or|not|like)\b", re.IGNORECASE)


def parse_predicate_or_key(segment: str) -> Selector:
    """The selector of a segment such as ``contacts('C…')`` or just ``('C…')``.

    Percent-encoding is undone. QueryError 400 BadUrlSyntax where it cannot be read.
    """
    text = unquote(segment)
    opening = text.find("(")
    if opening < 0 or not text.rstrip().endswith(")"):
        raise bad_selector(f"'{text}' has no selector in parentheses.")
    inner = text.rstrip()[opening + 1 : -1]
    if match := _QUOTED.fullmatch(inner):
        single, double = match.groups()
        written = single is not None
        return _key(single.replace("''", "'") if written else double.replace('""', '"'))
    return _predicate_or_bare_key(inner)


def _predicate_or_bare_key(inner: str) -> Selector:
    try:
        expression = parse_where(inner)
    except QueryError as error:
        if _BARE.fullmatch(inner) and not _OPERATOR.search(inner):
            return _key(inner)
        raise bad_selector(f"The selector cannot be read: {error.message}") from error
    if isinstance(expression, (nodes.Path, nodes.Literal)):
        return _key(inner)
    return Predicate(expression, inner)


def _key(text: str) -> Key:
    value = text.strip()
    if not value:
        raise bad_selector("The selector is empty.")
    named = [part.partition("=") for part in value.split(";")]
    if len(named) > 1 and all(sign for _name, sign, _value in named):
        return Key(value, {name.strip(): part.strip() for name, _, part in named})
    return Key(value)

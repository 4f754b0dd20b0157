"""The tree of a where clause, before any name in it has been looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

#: A naive datetime means the server's local time.
LiteralValue = str | int | Decimal | bool | datetime | None


@dataclass(frozen=True)
class Literal:
    value: LiteralValue


@dataclass(frozen=True)
class Path:
    """Dotted names as written: ``Account.Id``, ``$key``."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call:
    """A function of docs/sdata.md 4.3; `name` in lower case."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Negative:
    operand: Expression


@dataclass(frozen=True)
class Arithmetic:
    """`operator` is one of ``+ - mul div mod``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison:
    """`operator` is one of ``eq ne lt le gt ge``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Like:
    operand: Expression
    pattern: Expression
    negated: bool = False


@dataclass(frozen=True)
class Between:
    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True)
class In:
    operand: Expression
    choices: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True)
class Not:
    operand: Expression


@dataclass(frozen=True)
class And:
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    operands: tuple[Expression, ...]


Expression = (
    Literal
    | Path
    | Call
    | Negative
    | Arithmetic
    | Comparison
    | Like
    | Between
    | In
    | Not
    | And
    | Or
)

"""The functions of docs/sdata.md 4.3 as SQL."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import bad_where


@dataclass(frozen=True)
class Signature:
    """Kinds of the arguments and the result; `sql` takes the arguments as ``{0}``.

    With `repeats` the last kind stands for any further argument, `optional` says how
    many of the last arguments may be left out.
    """

    arguments: tuple[str, ...]
    result: str
    sql: str
    optional: int = 0
    repeats: str = ""

    def render(self, arguments: list[str]) -> str:
        joined = (self.repeats or ", ").join(arguments)
        return self.sql.format(*arguments, all=joined)

    def kind_of_argument(self, index: int) -> str:
        return self.arguments[min(index, len(self.arguments) - 1)]


def _text_to_text(sql: str) -> Signature:
    return Signature(("text",), "text", sql)


def _number_to_number(sql: str) -> Signature:
    return Signature(("number",), "number", sql)


def _part_of_date(name: str) -> Signature:
    return Signature(("datetime",), "number", f"slx_{name}({{0}})")


SIGNATURES: dict[str, Signature] = {
    "concat": Signature(("text",), "text", "({all})", repeats=" || "),
    "left": Signature(("text", "number"), "text", "substr({0}, 1, max({1}, 0))"),
    "right": Signature(("text", "number"), "text", "slx_right({all})"),
    "substring": Signature(
        ("text", "number", "number"), "text", "slx_substring({all})", optional=1
    ),
    "length": Signature(("text",), "number", "length({0})"),
    "lower": _text_to_text("slx_lower({0})"),
    "upper": _text_to_text("slx_upper({0})"),
    "trim": _text_to_text("trim({0})"),
    "abs": _number_to_number("abs({0})"),
    "floor": _number_to_number("slx_floor({0})"),
    "round": Signature(("number", "number"), "number", "slx_round({all})", optional=1),
    "sign": _number_to_number("slx_sign({0})"),
    "sqrt": _number_to_number("slx_sqrt({0})"),
    "currenttimestamp": Signature((), "datetime", "slx_now()"),
    "dateadd": Signature(("datetime", "number"), "datetime", "slx_add_days({0}, {1})"),
    "datesub": Signature(("datetime", "number"), "datetime", "slx_add_days({0}, -{1})"),
    **{
        name: _part_of_date(name)
        for name in ("year", "month", "day", "hour", "minute", "second")
    },
}


def signature(name: str, count: int) -> Signature:
    """The function of that name for `count` arguments, or 400 BadWhereSyntax."""
    found = SIGNATURES.get(name)
    if found is None:
        raise bad_where(f"The function '{name}' is not known.")
    most = len(found.arguments)
    enough = count >= most - found.optional
    if not enough or (count > most and not found.repeats):
        raise bad_where(f"The function '{name}' does not take {count} arguments.")
    return found

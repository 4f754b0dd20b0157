"""Where expressions as SQL conditions, with SQL's three-valued logic.

Text compares by the server's collation. SQLite's NOCASE knows ASCII only, which is
enough when one side is an ASCII literal; otherwise both sides are folded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from . import nodes
from .calls import signature
from .errors import bad_cast, bad_where
from .functions import fold
from .literals import as_parameter, kind_of_literal
from .nodes import Expression
from .paths import Paths
from .sql import Fragment, chained, join_params
from .switches import switch

_OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SIGNS = {"+": "+", "-": "-", "mul": "*", "div": "/"}
_TEXTS = frozenset({"text", "id", "enum"})
_NONE = type(None)


class Compiler:
    """Compiles the expressions of one query; its joins gather in `paths`."""

    def __init__(
        self, paths: Paths, switches: Mapping[str, object], server_timezone: tzinfo
    ) -> None:
        self.paths = paths
        self._timezone = server_timezone
        self._ignores_case = switch(switches, "collation") == "CI"
        self._binary_ids = switch(switches, "id_collation") == "binary"

    # Conditions

    def condition(self, node: Expression) -> Fragment:
        """A truth value; QueryError 400 where the expression has none."""
        if isinstance(node, nodes.Literal) and isinstance(node.value, (bool, _NONE)):
            return self._constant(node)
        fragment = self.value(node)
        if fragment.kind != "boolean":
            raise bad_where("The where clause needs a condition, not a mere value.")
        if isinstance(node, nodes.Path):
            return Fragment(f"({fragment.sql} = 1)", "boolean", fragment.params)
        return fragment

    def _constant(self, node: nodes.Literal) -> Fragment:
        if node.value is None:
            return Fragment("NULL", "boolean")
        return Fragment(str(int(bool(node.value))), "boolean")

    def _and(self, node: nodes.And) -> Fragment:
        return self._chain("AND", node.operands)

    def _or(self, node: nodes.Or) -> Fragment:
        return self._chain("OR", node.operands)

    def _chain(self, word: str, operands: tuple[Expression, ...]) -> Fragment:
        parts = [self.condition(operand) for operand in operands]
        sql = chained(word, [part.sql for part in parts])
        return Fragment(sql, "boolean", join_params(parts))

    def _not(self, node: nodes.Not) -> Fragment:
        if isinstance(node.operand, nodes.Not):
            return self.condition(node.operand.operand)
        inner = self.condition(node.operand)
        return Fragment(f"(NOT {inner.sql})", "boolean", inner.params)

    def _comparison(self, node: nodes.Comparison) -> Fragment:
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if _is_null(other) and node.operator in ("eq", "ne"):
                return self._null_test(one, node.operator == "ne")
        left, right = self._comparable(node.left, node.right)
        sql = f"({left.sql} {_OPERATORS[node.operator]} {right.sql})"
        return Fragment(sql, "boolean", left.params + right.params)

    def _null_test(self, node: Expression, negated: bool) -> Fragment:
        operand = self.value(node)
        word = "IS NOT NULL" if negated else "IS NULL"
        return Fragment(f"({operand.sql} {word})", "boolean", operand.params)

    def _between(self, node: nodes.Between) -> Fragment:
        operand, *bounds = self._comparable(node.operand, node.low, node.high)
        low, high = bounds
        sql = f"({operand.sql} BETWEEN {low.sql} AND {high.sql})"
        return Fragment(sql, "boolean", join_params([operand, low, high]))

    def _in(self, node: nodes.In) -> Fragment:
        operand, *choices = self._comparable(node.operand, *node.choices)
        word = "NOT IN" if node.negated else "IN"
        sql = f"({operand.sql} {word} ({', '.join(c.sql for c in choices)}))"
        return Fragment(sql, "boolean", join_params([operand, *choices]))

    def _like(self, node: nodes.Like) -> Fragment:
        operand, pattern = self.value(node.operand), self._pattern(node.pattern)
        if operand.kind in ("boolean", "datetime", "reference"):
            raise bad_cast("The operand of 'like' cannot be converted to String.")
        literal = pattern.params[0] if pattern.sql == "?" else None
        word = "NOT " if node.negated else ""
        if self._ignores_case and isinstance(literal, str) and literal.isascii():
            sql = f"({operand.sql} {word}LIKE {pattern.sql})"
        else:
            function = "slx_like_folded" if self._ignores_case else "slx_like"
            sql = f"({word}{function}({operand.sql}, {pattern.sql}))"
        return Fragment(sql, "boolean", operand.params + pattern.params)

    def _pattern(self, node: Expression) -> Fragment:
        pattern = self._operand(node, "text", None)
        if pattern.kind not in {*_TEXTS, "null"}:
            raise bad_cast("The pattern of 'like' cannot be converted to String.")
        return pattern

    # Values

    def value(self, node: Expression) -> Fragment:
        """Any expression; literals take the kind they have by themselves."""
        if isinstance(node, nodes.Literal):
            return self._operand(node, kind_of_literal(node.value), None)
        if isinstance(node, nodes.Path):
            return self.paths.resolve(node.parts)
        return getattr(self, _METHODS[type(node)])(node)

    def _operand(self, node: Expression, kind: str, prop) -> Fragment:
        """`node` where `kind` is wanted: a literal is converted, or refused."""
        if not isinstance(node, nodes.Literal):
            return self.value(node)
        if node.value is None:
            return Fragment("NULL", "null")
        value = as_parameter(node.value, kind, prop, self._timezone)
        return Fragment("?", kind, (value,))

    def _typed(self, node: Expression, kind: str) -> Fragment:
        operand = self._operand(node, kind, None)
        fits = operand.kind in (kind, "null") or (
            kind == "text" and operand.kind in (*_TEXTS, "number")
        )
        if not fits:
            raise bad_cast(f"An operand of kind {operand.kind} is no {kind}.")
        return operand

    def _call(self, node: nodes.Call) -> Fragment:
        found = signature(node.name, len(node.arguments))
        arguments = [
            self._typed(argument, found.kind_of_argument(index))
            for index, argument in enumerate(node.arguments)
        ]
        sql = found.render([argument.sql for argument in arguments])
        return Fragment(sql, found.result, join_params(arguments))

    def _negative(self, node: nodes.Negative) -> Fragment:
        operand = self._typed(node.operand, "number")
        return Fragment(f"(- {operand.sql})", "number", operand.params)

    def _arithmetic(self, node: nodes.Arithmetic) -> Fragment:
        left = self._typed(node.left, "number")
        right = self._typed(node.right, "number")
        if node.operator == "mod":
            sql = f"slx_mod({left.sql}, {right.sql})"
        else:
            sql = f"({left.sql} {_SIGNS[node.operator]} {right.sql})"
        return Fragment(sql, "number", left.params + right.params)

    # Comparing

    def _comparable(self, *operands: Expression) -> list[Fragment]:
        """Operands of one comparison, of one kind and under one collation."""
        values = [None if _is_literal(node) else self.value(node) for node in operands]
        model = next((v for v in values if v), None) or _kind_among(operands)
        fragments = [
            value or self._operand(node, model.kind, model.prop)
            for node, value in zip(operands, values, strict=True)
        ]
        kinds = {part.kind for part in fragments} - {"null"}
        if "reference" in kinds:
            raise bad_cast("An entity cannot be compared with a value.")
        if kinds <= _TEXTS:
            return self._collated(fragments, kinds)
        if len(kinds) > 1:
            raise bad_cast(f"Values of {' and '.join(sorted(kinds))} do not compare.")
        return fragments

    def _collated(self, fragments: list[Fragment], kinds: set[str]) -> list[Fragment]:
        binary = not self._ignores_case or "enum" in kinds
        if binary or ("id" in kinds and self._binary_ids):
            return _with_collation("BINARY", fragments)
        first, *rest = fragments
        if _is_ascii(first) or all(_is_ascii(part) for part in rest):
            return _with_collation("NOCASE", fragments)
        return [_folded(part) for part in fragments]


_METHODS = {
    nodes.And: "_and",
    nodes.Or: "_or",
    nodes.Not: "_not",
    nodes.Comparison: "_comparison",
    nodes.Like: "_like",
    nodes.Between: "_between",
    nodes.In: "_in",
    nodes.Call: "_call",
    nodes.Negative: "_negative",
    nodes.Arithmetic: "_arithmetic",
}


def _is_null(node: Expression) -> bool:
    return isinstance(node, nodes.Literal) and node.value is None


def _is_literal(node: Expression) -> bool:
    return isinstance(node, nodes.Literal)


def _kind_among(literals: tuple[Expression, ...]) -> Fragment:
    """What a comparison of nothing but literals compares."""
    for node in literals:
        if isinstance(node, nodes.Literal) and node.value is not None:
            return Fragment("", kind_of_literal(node.value))
    return Fragment("", "null")


def _is_ascii(fragment: Fragment) -> bool:
    """Whether NOCASE is right beside it: an ASCII literal, or NULL."""
    if fragment.sql != "?":
        return fragment.kind == "null"
    return isinstance(fragment.params[0], str) and fragment.params[0].isascii()


def _with_collation(name: str, fragments: list[Fragment]) -> list[Fragment]:
    """SQLite takes the collation of the leftmost operand that names one."""
    first, *rest = fragments
    return [Fragment(f"{first.sql} COLLATE {name}", first.kind, first.params), *rest]


def _folded(fragment: Fragment) -> Fragment:
    if fragment.sql == "?":
        return Fragment("?", "text", (fold(str(fragment.params[0])),))
    return Fragment(f"slx_fold({fragment.sql})", "text", fragment.params)

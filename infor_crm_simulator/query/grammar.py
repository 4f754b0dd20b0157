"""Where clauses: text in, tree out (docs/sdata.md 4)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput, VisitError

from . import nodes
from .dates import parse_date
from .errors import QueryError, bad_where
from .nodes import Expression

#: Keywords carry a priority and a word boundary, so that "Industry" is no "in".
GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: comparison (_AND comparison)*
?comparison: sum
    | sum COMPARE sum                      -> compare
    | sum _LIKE sum                        -> like
    | sum _NOT _LIKE sum                   -> not_like
    | sum _BETWEEN sum _AND sum            -> between
    | sum _IN "(" arguments ")"            -> within
    | sum _NOT _IN "(" arguments ")"       -> not_within
?sum: product
    | sum PLUS product                     -> arithmetic
    | sum MINUS product                    -> arithmetic
?product: unary
    | product MULTIPLY unary               -> arithmetic
?unary: primary
    | _NOT unary                           -> negation
    | MINUS unary                          -> negative
?primary: "(" disjunction ")"
    | NAME "(" arguments? ")"              -> call
    | NAME ("." NAME)*                     -> path
    | STRING                               -> string
    | NUMBER                               -> number
    | DATE                                 -> date
    | TRUE                                 -> true
    | FALSE                                -> false
    | NULL                                 -> null
arguments: disjunction ("," disjunction)*

_OR.2: /or\b/i
_AND.2: /and\b/i
_NOT.2: /not\b/i
_LIKE.2: /like\b/i
_BETWEEN.2: /between\b/i
_IN.2: /in\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
NULL.2: /null\b/i
COMPARE.2: /(eq|ne|lt|le|gt|ge)\b|=/i
MULTIPLY.2: /(mul|div|mod)\b/i
PLUS: "+"
MINUS: "-"
NAME: /\$?[^\W\d]\w*/
NUMBER: /\d+(\.\d+)?/
STRING: /'(?:[^']|'')*'|"(?:[^"]|"")*"/
DATE: /@[^@]*@/
%ignore /\s+/
"""


@v_args(inline=True)
class _Builder(Transformer):
    """Turns lark's rules into our nodes, bottom-up, while the parser runs."""

    def disjunction(self, *operands: Expression) -> Expression:
        return nodes.Or(operands)

    def conjunction(self, *operands: Expression) -> Expression:
        return nodes.And(operands)

    def compare(self, left: Expression, sign: Token, right: Expression) -> Expression:
        operator = "eq" if sign == "=" else sign.lower()
        return nodes.Comparison(operator, left, right)

    def like(self, operand: Expression, pattern: Expression) -> Expression:
        return nodes.Like(operand, pattern)

    def not_like(self, operand: Expression, pattern: Expression) -> Expression:
        return nodes.Like(operand, pattern, negated=True)

    def between(self, operand: Expression, low: Expression, high: Expression):
        return nodes.Between(operand, low, high)

    def within(self, operand: Expression, choices: tuple[Expression, ...]):
        return nodes.In(operand, choices)

    def not_within(self, operand: Expression, choices: tuple[Expression, ...]):
        return nodes.In(operand, choices, negated=True)

    def arithmetic(self, left: Expression, sign: Token, right: Expression):
        return nodes.Arithmetic(sign.lower(), left, right)

    def negation(self, operand: Expression) -> Expression:
        return nodes.Not(operand)

    def negative(self, _sign: Token, operand: Expression) -> Expression:
        if isinstance(operand, nodes.Literal) and type(operand.value) in (int, Decimal):
            return nodes.Literal(-operand.value)
        return nodes.Negative(operand)

    def call(self, name: Token, arguments: tuple[Expression, ...] = ()) -> Expression:
        return nodes.Call(name.lower(), arguments)

    def arguments(self, *arguments: Expression) -> tuple[Expression, ...]:
        return arguments

    def path(self, *names: Token) -> Expression:
        return nodes.Path(tuple(str(name) for name in names))

    def string(self, token: Token) -> Expression:
        quote = token[0]
        return nodes.Literal(token[1:-1].replace(quote * 2, quote))

    def number(self, token: Token) -> Expression:
        return nodes.Literal(Decimal(token) if "." in token else int(token))

    def date(self, token: Token) -> Expression:
        try:
            return nodes.Literal(parse_date(token[1:-1]))
        except ValueError as error:
            raise bad_where(f"{token} is not a date: {error}") from error

    def true(self, _token: Token) -> Expression:
        return nodes.Literal(True)

    def false(self, _token: Token) -> Expression:
        return nodes.Literal(False)

    def null(self, _token: Token) -> Expression:
        return nodes.Literal(None)


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder())


@lru_cache(maxsize=2048)
def parse_where(text: str) -> Expression:
    """The tree of a where clause; QueryError 400 BadWhereSyntax if it has none."""
    try:
        return _PARSER.parse(text)
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise bad_where(f"The where clause cannot be read: {error.orig_exc}") from error
    except UnexpectedInput as error:
        raise bad_where(_complaint(text, error)) from None
    except (LarkError, ValueError) as error:
        raise bad_where(f"The where clause cannot be read: {error}") from error


def _complaint(text: str, error: UnexpectedInput) -> str:
    position = getattr(error, "pos_in_stream", None)
    token = getattr(error, "token", None)
    if position is None or (token is not None and token.type == "$END"):
        return f"Unexpected end of the where clause '{text}'."
    rest = text[position : position + 20]
    return f"Unexpected '{rest}' at position {position + 1} of the where clause."

"""Generated clauses, answered by SQLite and by a small evaluator in Python.

Each generated piece carries its text and its meaning; the two never meet the parser
or the compiler together. Truth is True, False or None for unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROWS = [
    {"FIRSTNAME": first, "STATUS": status, "SCORE": score, "ISPRIMARY": flag}
    for first, status, score, flag in [
        ("Ann", "active", 1, 1),
        ("ann", "ACTIVE", 2, 0),
        ("Özgür", None, None, None),
        ("özgür", "", -3, 1),
        (None, "a_b%", 0, 0),
        ("", "O'Neill", 10, None),
        ("ΣΟΦΟΣ", "σοφος", 7, 1),
        ("K", "k", 5, 0),
        ("Straße", "STRASSE", 3, None),
        ("z\r\nz", "Z", 4, 1),
    ]
]
TEXTS = ["Ann", "ÖZGÜR", "", "active", "O'Neill", 'say "x"', "σοφοσ", "k", "a_b%", "Z"]
PATTERNS = ["A%", "%n", "_nn", "ö%", "%", "", "a_b%", "%'%", "%R", "_"]
NUMBERS = [-3, 0, 1, 2, 5, 7, 10]

Meaning = Callable[[dict], object]


@dataclass(frozen=True)
class Piece:
    """A part of a clause: its text and what it means for a row."""

    text: str
    of: Meaning

    def __repr__(self) -> str:
        return self.text


def fold(text: str) -> str:
    """Our own idea of "the same but for case", letter by letter."""
    small = [char.lower() if len(char.lower()) == 1 else char for char in text]
    return "".join("σ" if char == "ς" else char for char in small)


def quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


def lifted(function: Callable, *parts: Piece) -> Meaning:
    """`function` of the parts' values, unknown where one of them is."""

    def meaning(row: dict) -> object:
        values = [part.of(row) for part in parts]
        return None if None in values else function(*values)

    return meaning


def column(name: str, spelling: str) -> Piece:
    return Piece(spelling, lambda row: row[name])


def literal(text: str, value: object) -> Piece:
    return Piece(text, lambda row: value)


def negation(value: bool | None) -> bool | None:
    return None if value is None else not value


def conjunction(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def matches(text: str, pattern: str) -> bool:
    """LIKE without regular expressions."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "%":
        return any(matches(text[i:], rest) for i in range(len(text) + 1))
    return bool(text) and head in ("_", text[0]) and matches(text[1:], rest)


marks = st.sampled_from("'\"")
text_literals = st.builds(
    lambda text, mark: literal(quoted(text, mark), text), st.sampled_from(TEXTS), marks
)
text_columns = st.sampled_from(
    [column("FIRSTNAME", "FirstName"), column("STATUS", "STATUS")]
)
texts = st.one_of(
    text_columns,
    text_literals,
    text_columns.map(
        lambda t: Piece(f"upper({t.text})", lifted(lambda v: v.upper(), t))
    ),
    text_columns.map(lambda t: Piece(f"Left({t.text},2)", lifted(lambda v: v[:2], t))),
)
numbers = st.recursive(
    st.one_of(
        st.sampled_from(NUMBERS).map(lambda n: literal(str(n), n)),
        st.just(column("SCORE", "score")),
        text_columns.map(lambda t: Piece(f"length({t.text})", lifted(len, t))),
    ),
    lambda inner: st.builds(
        lambda sign, left, right: Piece(
            f"({left.text} {sign[0]} {right.text})", lifted(sign[1], left, right)
        ),
        st.sampled_from(
            [("+", operator.add), ("-", operator.sub), ("MUL", operator.mul)]
        ),
        inner,
        inner,
    ),
    max_leaves=4,
)

OPERATORS = {
    "eq": operator.eq,
    "=": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "LE": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def comparison(left: Piece, sign: str, right: Piece) -> Piece:
    compare = OPERATORS[sign]

    def meaning(a: object, b: object) -> bool:
        if isinstance(a, str):
            return compare(fold(a), fold(b))
        return compare(a, b)

    return Piece(f"{left.text} {sign} {right.text}", lifted(meaning, left, right))


def null_test(piece: Piece, negated: bool) -> Piece:
    word = "ne" if negated else "eq"
    return Piece(
        f"{piece.text} {word} null", lambda row: (piece.of(row) is None) != negated
    )


def like(piece: Piece, pattern: str, negated: bool) -> Piece:
    word = "not like" if negated else "like"
    meaning = lifted(lambda v: matches(fold(v), fold(pattern)) != negated, piece)
    return Piece(f"{piece.text} {word} {quoted(pattern, chr(39))}", meaning)


def between(piece: Piece, low: Piece, high: Piece) -> Piece:
    text = f"{piece.text} between {low.text} and {high.text}"
    bounds = (comparison(piece, "ge", low), comparison(piece, "LE", high))
    return Piece(text, lambda row: conjunction([bound.of(row) for bound in bounds]))


def within(piece: Piece, choices: list[Piece], negated: bool) -> Piece:
    word = "not in" if negated else "in"
    listed = ",".join(choice.text for choice in choices)
    unequal = [comparison(piece, "ne", choice) for choice in choices]

    def meaning(row: dict) -> bool | None:
        outside = conjunction([one.of(row) for one in unequal])
        return outside if negated else negation(outside)

    return Piece(f"{piece.text} {word} ({listed})", meaning)


signs = st.sampled_from(sorted(OPERATORS))
comparisons = st.one_of(
    st.builds(comparison, texts, signs, texts),
    st.builds(comparison, numbers, signs, numbers),
    st.builds(null_test, st.one_of(texts, numbers), st.booleans()),
    st.builds(like, texts, st.sampled_from(PATTERNS), st.booleans()),
    st.builds(between, numbers, numbers, numbers),
    st.builds(between, texts, texts, texts),
    st.builds(within, texts, st.lists(texts, min_size=1, max_size=3), st.booleans()),
    st.builds(
        within, numbers, st.lists(numbers, min_size=1, max_size=3), st.booleans()
    ),
    st.just(Piece("IsPrimary", lambda row: row["ISPRIMARY"] and True)),
    st.just(Piece("isprimary eq false", lambda row: negation(_flag(row)))),
)


def _flag(row: dict) -> bool | None:
    return None if row["ISPRIMARY"] is None else bool(row["ISPRIMARY"])


def chain(word: str, parts: list[Piece]) -> Piece:
    text = "(" + f" {word} ".join(part.text for part in parts) + ")"

    def meaning(row: dict) -> bool | None:
        values = [part.of(row) for part in parts]
        if word.lower() == "and":
            return conjunction(values)
        return negation(conjunction([negation(value) for value in values]))

    return Piece(text, meaning)


def denied(piece: Piece) -> Piece:
    return Piece(f"not ({piece.text})", lambda row: negation(piece.of(row)))


conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(
            chain,
            st.sampled_from(["and", "or", "OR", "AND"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        inner.map(denied),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def generated_world(world):
    """The world with our rows instead of its contacts."""
    fresh = type(world)()
    fresh.connection.execute("DELETE FROM CONTACT")
    for number, row in enumerate(ROWS):
        fresh.connection.execute(
            f"INSERT INTO CONTACT (CONTACTID, {', '.join(row)}) VALUES (?,?,?,?,?)",
            (str(number), *row.values()),
        )
    fresh.connection.commit()
    return fresh


@settings(max_examples=400, deadline=None)
@given(condition=conditions)
def test_sqlite_and_the_evaluator_agree(generated_world, condition):
    expected = [
        str(number) for number, row in enumerate(ROWS) if condition.of(row) is True
    ]
    assert generated_world.keys("Contact", condition.text) == expected


@settings(max_examples=100, deadline=None)
@given(condition=conditions)
def test_a_clause_its_negation_and_the_unknown_share_the_rows(
    generated_world, condition
):
    found = generated_world.keys("Contact", condition.text)
    denied_rows = generated_world.keys("Contact", f"not ({condition.text})")
    unknown = generated_world.keys("Contact", f"({condition.text}) eq null")
    together = found + denied_rows + unknown
    assert sorted(together) == [str(number) for number in range(len(ROWS))]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_survives_quoting(generated_world, text):
    clean = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    generated_world.connection.execute(
        "UPDATE CONTACT SET STATUS = ? WHERE CONTACTID = '0'", (clean,)
    )
    for mark in "'\"":
        clause = f"Status eq {quoted(clean, mark)} and Id eq '0'"
        assert generated_world.keys("Contact", clause) == ["0"]
    generated_world.connection.rollback()

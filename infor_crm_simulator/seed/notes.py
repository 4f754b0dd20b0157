"""A few lines of history on every fifth lead and contact."""

from __future__ import annotations

from collections.abc import Iterator

from .fixed import LEE
from .keys import key
from .leads import STAMP_COLUMNS, Row
from .traits import DAY, SEED_END

HISTORY_COLUMNS = (
    "HISTORYID", "TYPE", "ACCOUNTID", "ACCOUNTNAME", "CONTACTID", "CONTACTNAME",
    "LEADID", "LEADNAME", "CATEGORY", "DESCRIPTION", "NOTES", "LONGNOTES", "PRIORITY",
    "RESULT", "STARTDATE", "ORIGINALDATE", "COMPLETEDDATE", "COMPLETEDUSER", "USERID",
    "USERNAME", "DURATION", "TIMELESS", "ATTACHMENT", *STAMP_COLUMNS,
)  # fmt: skip

_TYPES = ("atNote", "atPhoneCall", "atEMail", "atToDo", "atNote", "atAppointment")


def history(people: list[Row]) -> Iterator[Row]:
    """Rows for people given as the six columns ACCOUNTID … LEADNAME."""
    for number, person in enumerate(people, start=1):
        yield _note(number, person)


def _note(number: int, person: Row) -> Row:
    when = SEED_END - number * 7_919_000 % (3 * 365 * DAY) // 1000 * 1000
    long = "\r\n".join([f"Talked about offer {number}."] * (1 + number % 15 * 4))
    return (
        key("e", number), _TYPES[number % len(_TYPES)], *person,
        None if number % 3 else "Marketing", f"Follow-up {number}", long[:250], long,
        None if number % 4 else "Low", "Complete" if number % 2 else None, when, when,
        when, LEE, LEE, "Hogan, Lee", number % 4 * 15, number % 2, 0,
        when, LEE, when, LEE,
    )  # fmt: skip

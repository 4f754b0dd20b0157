"""What is planned with some people, and the campaigns they are on."""

from __future__ import annotations

from collections.abc import Iterator

from .fixed import LEE, MIDWEST
from .keys import ADMIN, EVERYONE, key
from .leads import STAMP_COLUMNS, Row
from .traits import DAY, SEED_END

ACTIVITY_COLUMNS = (
    "ACTIVITYID", "TYPE", "ACCOUNTID", "ACCOUNTNAME", "CONTACTID", "CONTACTNAME",
    "LEADID", "LEADNAME", "CATEGORY", "DESCRIPTION", "NOTES", "LONGNOTES", "PRIORITY",
    "STARTDATE", "ORIGINALDATE", "DURATION", "TIMELESS", "ALARM", "ALARMTIME",
    "ROLLOVER", "RECURRING", "ATTACHMENT", "USERID", *STAMP_COLUMNS,
)  # fmt: skip
USER_ACTIVITY_COLUMNS = (
    "USERACTIVITYID", "USERID", "ACTIVITYID", "ALARM", "ALARMTIME", "STATUS",
    *STAMP_COLUMNS,
)  # fmt: skip
CAMPAIGN_COLUMNS = (
    "CAMPAIGNID", "CAMPAIGNNAME", "CAMPAIGNCODE", "CAMPAIGNTYPE", "STATUS",
    "DESCRIPTION", "STARTDATE", "ENDDATE", "SECCODEID", "ACCOUNTMANAGERID",
    *STAMP_COLUMNS,
)  # fmt: skip
TARGET_COLUMNS = (
    "CAMPAIGNTARGETID", "CAMPAIGNID", "ENTITYID", "TARGETTYPE", "STATUS", "STAGE",
    "GROUPNAME", "INITIALTARGET", *STAMP_COLUMNS,
)  # fmt: skip

_TYPES = ("atToDo", "atPhoneCall", "atAppointment", "atPersonal", "atLiterature")
_STAMPS = (SEED_END, ADMIN, SEED_END, ADMIN)

#: Name, code, type, status, owner; the n-th of all people are its targets.
_CAMPAIGNS = (
    ("Spring Newsletter", "SPRING", "E-mail", "Active", EVERYONE, 6),
    ("Messe München", "MMU", "Event", "Active", MIDWEST, 10),
    ("Catalogue 2019", None, "Mailing", "Inactive", EVERYONE, 0),
)


def activities(people: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of activity and participant, for every fourth of people as in `notes`."""
    for number, person in enumerate(people[::4], start=1):
        yield _activity(number, person)


def _activity(number: int, person: Row) -> tuple[Row, Row]:
    activity_key, user = key("V", number), (ADMIN, LEE)[number % 2]
    timeless = number % 3 == 0
    start = SEED_END + (number % 60 - 20) * DAY
    if timeless:
        start = start // DAY * DAY + 5000
    alarm = start - 900_000
    activity = (
        activity_key, _TYPES[number % len(_TYPES)], *person,
        None if number % 3 else "Marketing", f"Follow-up {number}",
        f"Call about offer {number}", f"Call about offer {number}",
        None if number % 4 else "High", start, start, 0 if timeless else 30,
        int(timeless), number % 2, alarm, 0, 0, 0, user, *_STAMPS,
    )  # fmt: skip
    participant = (
        f"{activity_key};{user}", user, activity_key, number % 2, alarm,
        "asUnconfirmed" if number % 5 == 0 else "asAccepted", *_STAMPS,
    )  # fmt: skip
    return activity, participant


def campaigns() -> Iterator[Row]:
    for number, (name, code, kind, status, owner, _every) in _numbered():
        yield (
            key("x", number), name, code, kind, status, f"{name} of the practice CRM",
            SEED_END - 90 * DAY, SEED_END, owner, LEE, *_STAMPS,
        )  # fmt: skip


def targets(leads: int, contacts: int) -> Iterator[Row]:
    place = 0
    for number, (*_about, every) in _numbered():
        for letter, kind, count in (("Q", "Lead", leads), ("C", "Contact", contacts)):
            for entity in range(every, count + 1, every) if every else ():
                place += 1
                yield (
                    key("y", place), key("x", number), key(letter, entity), kind,
                    "Pending", None, None, 1, *_STAMPS,
                )  # fmt: skip


def _numbered() -> Iterator[tuple[int, tuple]]:
    return enumerate(_CAMPAIGNS, start=1)

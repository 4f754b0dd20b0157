"""Rules of activities: what a new one starts with, and completing one.

See docs/sdata.md 5.8 and 8.6.
"""

from __future__ import annotations

from .drafts import Draft
from .entities.activity import USER_ACTIVITY
from .store import Store
from .users import User

_ALARM = 15 * 60_000


def fill_new(draft: Draft, user: User, now: int) -> None:
    """Zeros come from .NET, dates and the leader from the rules."""
    start = draft.values.get("STARTDATE") or now
    values: dict[str, object] = {
        "TYPE": "atToDo",
        "STARTDATE": start,
        "ORIGINALDATE": start,
        "ALARMTIME": int(str(start)) - _ALARM,
        "USERID": user.user_id,
    }
    zeros = ("DURATION", "TIMELESS", "ALARM", "ROLLOVER", "RECURRING", "ATTACHMENT")
    values |= dict.fromkeys(zeros, 0)
    for column, value in values.items():
        if draft.values.get(column) is None:
            draft.values[column] = value


def add_leader(store: Store, draft: Draft) -> None:
    """The leader of a new activity takes part in it."""
    user = str(draft.values["USERID"]).strip()
    copied = ("ALARM", "ALARMTIME", "CREATEDATE", "CREATEUSER", "MODIFYDATE")
    row = {
        "USERACTIVITYID": f"{draft.key};{user}",
        "USERID": user,
        "ACTIVITYID": draft.key,
        "STATUS": "asAccepted",
        **{column: draft.values[column] for column in copied},
        "MODIFYUSER": draft.values["MODIFYUSER"],
    }
    store.insert(USER_ACTIVITY, [row])

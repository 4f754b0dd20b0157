"""Windows of time, by the clock of Infor CRM, in which its records changed.

A window is closed, ``[start, end)``, so that a read which takes hours, or is killed and
resumed, always speaks of the same records; the next one starts a little before its end.
Changes that a server commits late carry the time at which they began.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Besides what the server may take to commit: how wrong our idea of its clock may be.
CLOCK = timedelta(seconds=120)
# So that what somebody changed a moment ago comes along; the next window has it, too.
AHEAD = timedelta(seconds=2)


@dataclass(frozen=True)
class Window:
    """Moments in UTC; ``start`` None: from the beginning of time."""

    start: datetime | None
    end: datetime

    @classmethod
    def after(cls, known_until, end, late_commits):
        """The window that joins one which ended at ``known_until`` (text, or None).

        ``late_commits``: how long the server may work on a change, as timedelta.
        """
        known = moment(known_until)
        start = known and min(known, end) - late_commits - CLOCK
        return cls(start, end)

    def as_json(self):
        return {"start": text(self.start), "end": text(self.end)}

    @classmethod
    def from_json(cls, data):
        return cls(moment(data["start"]), moment(data["end"]))


def clock_of(skew, now=None):
    """What the CRM's clock says; ``skew`` in seconds, None when it was never seen."""
    now = now or datetime.now(UTC)
    return (now + timedelta(seconds=skew or 0)).replace(microsecond=0)


def text(value):
    return value and value.isoformat()


def moment(value):
    return datetime.fromisoformat(value) if value else None

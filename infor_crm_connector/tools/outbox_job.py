"""What the outbox hands around while it waits for the CRM: plain values."""

from dataclasses import dataclass, field


@dataclass
class Task:
    """A row of the outbox that a lane claimed.

    ``todo``: send it (waiting), find out whether it arrived (unsure), or see later
    what is there (verify). ``mark``: our id in the CRM. ``parent_key``: key, in the
    CRM, of what the row goes with. ``repeat``: it may have been sent before, and was
    looked for in vain.
    """

    id: int
    type: str
    kind: str | None
    key: str | None
    mark: str
    payload: dict
    attempts: int
    todo: str = "waiting"
    parent_id: int | None = None
    parent_state: str | None = None
    parent_key: str | None = None
    repeat: bool = False


@dataclass
class Result:
    """What became of a task.

    ``state``  done, waiting (try again), unsure (its answer was lost), parked (somebody
               has to do something) or dropped (not needed any more)
    ``key``    of the record in the CRM
    ``seconds`` until the next try
    ``tried``  the CRM failed: counts as an attempt
    ``verify`` look later whether it is there, and only once
    ``entry``  what a type hands on to its ``_outbox_close``
    """

    state: str
    key: str | None = None
    reason: str | None = None
    crm_message: str | None = None
    facts: dict | None = None
    seconds: float | None = None
    tried: bool = False
    verify: bool = False
    double: bool = False
    entry: object = None


@dataclass
class OutboxJob:
    """``sent``: ids of rows whose creation was announced to the database."""

    connector: object
    lane: int
    client: object = None
    sent: set = field(default_factory=set)

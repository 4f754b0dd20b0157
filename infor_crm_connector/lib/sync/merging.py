"""Three values of a record: what was last agreed, what Odoo holds, what the CRM holds.

"Changed" means: differs from what both sides last agreed on. The clock decides only
between two real changes. The pull and the push of a run decide with the same function;
the pull performs ``to_odoo``, the push ``to_infor``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from .arms import CLEARED, INFOR, ODOO, TRAVELS, WINS, Field, Move, Rule, blank, same

Values = Mapping[str, Any]
NO_VALUES: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Policy:
    """The connector's conflict rule. ``whole_record``: it decides for all fields that
    are allowed both ways at once. ``keep``: nobody decides, Odoo's value stays and is
    reported (imports)."""

    conflict: Literal["latest", "infor", "odoo", "keep"] = "latest"
    whole_record: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """When the two records last changed, both by Odoo's clock, and by how much these
    times may be wrong: within ``allowance`` the CRM wins, as it does without a time."""

    odoo: datetime | None = None
    infor: datetime | None = None
    allowance: timedelta = timedelta(0)

    @property
    def latest(self) -> str:
        if self.odoo is None or self.infor is None:
            return INFOR
        return ODOO if self.odoo - self.infor > self.allowance else INFOR


@dataclass(frozen=True, slots=True)
class Lost:
    """A real change that is overwritten: ``value`` is what ``side`` held. That of side
    ``odoo`` is lost by performing ``to_odoo``, the other by ``to_infor``."""

    field: str
    side: str
    value: Any


@dataclass(frozen=True, slots=True)
class Cleared:
    """Blanked on ``side``; neither erased on the other nor written back."""

    field: str
    side: str


@dataclass(frozen=True)
class Merge:
    """What to write on either side; None erases.

    ``agreed``: what counts as agreed once ``to_odoo`` is performed (after a successful
    write of ``to_infor`` those values as well). Of a pull-only field that differed at
    the first meeting it is the CRM's value, so that its next change is seen.
    ``differs``: two values of which neither may travel.
    """

    to_odoo: dict[str, Any] = field(default_factory=dict)
    to_infor: dict[str, Any] = field(default_factory=dict)
    agreed: dict[str, Any] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()
    differs: tuple[str, ...] = ()
    cleared: tuple[Cleared, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether neither side has to be written."""
        return not self.to_odoo and not self.to_infor

    def lost_on(self, side: str) -> tuple[Lost, ...]:
        return tuple(lost for lost in self.lost if lost.side == side)


def merge(
    base: Values,
    odoo: Values,
    infor: Values,
    rules: Mapping[str, Rule],
    policy: Policy | None = None,
    times: Times | None = None,
    stale: Values = NO_VALUES,
) -> Merge:
    """What to write on either side so that both agree as far as ``rules`` allow.

    All by field. A field that is missing in ``rules``, ``odoo`` or ``infor`` is not
    known here and left alone (a value that could not be read must be missing, not
    None). ``stale``: values before the last pull, which an old form may have saved
    back: Odoo's value is then no change, and a blank erases nothing in the CRM.

    >>> rules = {"city": Rule(pull=True, push=True)}
    >>> merge({"city": "Linz"}, {"city": "Linz"}, {"city": "Graz"}, rules).to_odoo
    {'city': 'Graz'}
    """
    record = _Record(policy or Policy(), times or Times())
    for name, rule in rules.items():
        if name not in odoo or name not in infor:
            continue
        entry = Field(base.get(name), odoo[name], infor[name], rule)
        if same(entry.odoo, entry.infor):
            record.agree(name, entry)
        elif name in stale and is_stale(entry.base, entry.odoo, stale[name], rule):
            record.restore(name, entry)
        else:
            record.add(name, entry)
    return record.merged()


def is_stale(base: Any, odoo: Any, before: Any, rule: Rule) -> bool:
    """Whether Odoo's value is one that an old form may have put back. ``before``: the
    value before the last pull."""
    if blank(odoo) and not (rule.push and rule.may_clear and not rule.fill_if_empty):
        return False  # no opinion, whoever blanked it: not pushed, not written back
    return same(odoo, before) and not same(odoo, base)


class _Record:
    """The fields of one record, and what becomes of each."""

    def __init__(self, policy: Policy, times: Times) -> None:
        self._policy = policy
        self._times = times
        self._moves: dict[str, tuple[Field, Move]] = {}
        self._written: dict[str, dict[str, Any]] = {ODOO: {}, INFOR: {}}
        self._agreed: dict[str, Any] = {}
        self._lost: list[Lost] = []
        self._differs: list[str] = []
        self._cleared: list[Cleared] = []

    def add(self, name: str, entry: Field) -> None:
        self._moves[name] = entry, entry.move()

    def agree(self, name: str, entry: Field) -> None:
        """Both hold the same, whatever was before."""
        if not (blank(entry.odoo) and blank(entry.base)):
            self._agreed[name] = _plain(entry.odoo)

    def restore(self, name: str, entry: Field) -> None:
        """A stale form put an old value back: the CRM's replaces it, and while that is
        a blank without a say, the value last agreed on."""
        target = entry.infor
        if blank(target) and not entry.may_clear:
            target = entry.base
        if not entry.may_restore(target):
            self._differs.append(name)
            return
        if not blank(entry.odoo):
            self._lost.append(Lost(name, ODOO, entry.odoo))
        self._write(name, ODOO, target)
        self._agreed[name] = _plain(target)

    def merged(self) -> Merge:
        decide = self._decide_record if self._in_conflict() else self._decide_field
        for name, (entry, move) in self._moves.items():
            self._perform(name, entry, decide(entry, move))
        return Merge(
            self._written[ODOO],
            self._written[INFOR],
            self._agreed,
            tuple(self._lost),
            tuple(self._differs),
            tuple(self._cleared),
        )

    # --- conflicts ------------------------------------------------------------------

    @property
    def _winner(self) -> str:
        rule = self._policy.conflict
        return self._times.latest if rule == "latest" else rule

    def _in_conflict(self) -> bool:
        """Whether the record as a whole was changed on both sides. Only fields allowed
        both ways count: others have one direction whoever wins."""
        if not self._policy.whole_record or self._policy.conflict == "keep":
            return False
        both = [pair for pair in self._moves.values() if pair[0].rule.both]
        if any(move is Move.CONFLICT for _entry, move in both):
            return True
        return all(
            any(entry.changed(side) for entry, _move in both) for side in (ODOO, INFOR)
        )

    def _decide_field(self, entry: Field, move: Move) -> Move:
        if self._policy.conflict == "keep":
            return _kept(entry, move)
        return WINS[self._winner] if move is Move.CONFLICT else move

    def _decide_record(self, entry: Field, move: Move) -> Move:
        """The loser's changes go back to what the winner holds, if that is anything."""
        winner = self._winner
        loser = INFOR if winner == ODOO else ODOO
        if move is Move.CONFLICT:
            return WINS[winner]
        if not entry.rule.both or move is not TRAVELS[loser]:
            return move
        winners = entry.odoo if winner == ODOO else entry.infor
        has_a_say = entry.may_clear or not blank(winners)
        return WINS[winner] if has_a_say and entry.changed(loser) else move

    # --- performing -----------------------------------------------------------------

    def _perform(self, name: str, entry: Field, move: Move) -> None:
        if move in (Move.ODOO, Move.ODOO_WINS):
            self._travel(name, INFOR, entry.odoo, entry.infor, move)
        elif move in (Move.INFOR, Move.INFOR_WINS):
            self._travel(name, ODOO, entry.infor, entry.odoo, move)
            self._agreed[name] = _plain(entry.infor)
        elif move in (Move.DIFFERS, Move.REMEMBER):
            self._differs.append(name)
            if move is Move.REMEMBER:
                self._agreed[name] = entry.infor
        elif move is not Move.NOTHING:
            side = ODOO if move is CLEARED[ODOO] else INFOR
            self._cleared.append(Cleared(name, side))

    def _travel(self, name: str, to: str, value: Any, old: Any, move: Move) -> None:
        self._write(name, to, value)
        if move in WINS.values():
            self._lost.append(Lost(name, to, old))

    def _write(self, name: str, to: str, value: Any) -> None:
        self._written[to][name] = _plain(value)


def _kept(entry: Field, move: Move) -> Move:
    """Without a conflict rule: two opinions are kept and said, a local edit of what
    only comes from the CRM is nobody's concern."""
    if move in (Move.CONFLICT, Move.REMEMBER):
        return Move.DIFFERS
    return Move.NOTHING if move is Move.DIFFERS else move


def _plain(value: Any) -> Any:
    return None if blank(value) else value

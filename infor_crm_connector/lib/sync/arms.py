"""The arms of the decision table: what one field's three values ask for.

A value is JSON-like: ``str`` ``int`` ``float`` ``bool`` or None; None and "" are blank,
``False`` and 0 are values. A blank base means that nothing was ever agreed on.

The table for readers is in docs/architecture.md; an arm here has a test of its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

ODOO, INFOR = "odoo", "infor"


def blank(value: Any) -> bool:
    return value is None or value == ""


def same(one: Any, other: Any) -> bool:
    """Equal, and not merely because Python takes False for 0; blanks are alike."""
    if blank(one) or blank(other):
        return blank(one) and blank(other)
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field may do: the mapping's permission, narrowed by the list's pickers.

    ``pull``: the CRM's value may go to Odoo; ``push``: Odoo's may go to the CRM.
    ``may_clear``: a blank is a value and erases. ``fill_if_empty``: only a blank is
    written over.
    """

    pull: bool = True
    push: bool = False
    may_clear: bool = False
    fill_if_empty: bool = False

    @property
    def both(self) -> bool:
        """Allowed both ways: the one kind of field a conflict rule decides."""
        return self.pull and self.push and not self.fill_if_empty


class Move(Enum):
    """What a field asks for. ``WINS``: the value travels and a real change of the
    other side is lost."""

    NOTHING = "nothing"
    REMEMBER = "remember"
    DIFFERS = "differs"
    CONFLICT = "conflict"
    ODOO = "odoo"
    INFOR = "infor"
    ODOO_WINS = "odoo_wins"
    INFOR_WINS = "infor_wins"
    ODOO_CLEARED = "odoo_cleared"
    INFOR_CLEARED = "infor_cleared"


TRAVELS = {ODOO: Move.ODOO, INFOR: Move.INFOR}
WINS = {ODOO: Move.ODOO_WINS, INFOR: Move.INFOR_WINS}
CLEARED = {ODOO: Move.ODOO_CLEARED, INFOR: Move.INFOR_CLEARED}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that both sides hold differently, with the value last agreed on."""

    base: Any
    odoo: Any
    infor: Any
    rule: Rule

    def changed(self, side: str) -> bool:
        """Whether a side moved away from what was agreed, so that it could lose."""
        value = self.odoo if side == ODOO else self.infor
        if blank(value) and not self.may_clear:
            return False  # blank is no opinion
        return not blank(self.base) and not same(value, self.base)

    @property
    def may_clear(self) -> bool:
        return self.rule.may_clear and not self.rule.fill_if_empty

    def may_leave(self, side: str) -> bool:
        """Whether a side's value may travel to the other."""
        return self.rule.push if side == ODOO else self.rule.pull

    def may_restore(self, target: Any) -> bool:
        """Whether a pull may replace what a stale form saved."""
        if not self.rule.pull or (self.rule.fill_if_empty and not blank(self.odoo)):
            return False
        return self.may_clear or not blank(target)

    def move(self) -> Move:
        """Of two values that are not the same."""
        if not (self.rule.pull or self.rule.push):
            return Move.NOTHING
        if blank(self.odoo):
            return self._one_blank(self.infor, INFOR, ODOO)
        if blank(self.infor):
            return self._one_blank(self.odoo, ODOO, INFOR)
        if self.rule.fill_if_empty:
            return Move.DIFFERS
        if blank(self.base):
            return self._first_meeting()
        return self._two_values()

    # --- a value on one side only ---------------------------------------------------

    def _one_blank(self, value: Any, full: str, empty: str) -> Move:
        if blank(self.base):
            # never agreed on: filled, not cleared
            return TRAVELS[full] if self.may_leave(full) else Move.NOTHING
        erases = self.may_clear and self.may_leave(empty)
        if same(value, self.base):
            return TRAVELS[empty] if erases else CLEARED[empty]
        if not erases:
            # a new value since then: it fills the blank, which has no opinion
            return TRAVELS[full] if self.may_leave(full) else CLEARED[empty]
        return Move.CONFLICT if self.may_leave(full) else WINS[empty]

    # --- two values -----------------------------------------------------------------

    def _first_meeting(self) -> Move:
        if self.rule.both:
            return Move.CONFLICT
        # pushing a field was chosen by name; pulling is the default, and must not
        # wipe out what somebody has in Odoo
        return Move.ODOO_WINS if self.rule.push else Move.REMEMBER

    def _two_values(self) -> Move:
        if same(self.infor, self.base):
            return Move.ODOO if self.rule.push else Move.DIFFERS
        if same(self.odoo, self.base):
            return Move.INFOR if self.rule.pull else Move.DIFFERS
        if self.rule.both:
            return Move.CONFLICT
        return Move.ODOO_WINS if self.rule.push else Move.INFOR_WINS

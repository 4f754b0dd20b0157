"""One person on two sides, edited at random and synced at random.

The sides are dictionaries, the clocks disagree, the person is in two lists that pick
different fields, and forms are opened and saved at the wrong time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from sync import INFOR, ODOO, Merge, Policy, Rule, Times, blank, merge, same

COLUMN = "properties.infor_region"
VALUES = {
    "city": ["Linz", "Graz", "Wien", None, ""],
    "phone": ["1", "2", None],
    "rating": [0, 1, False, None],
    COLUMN: ["North", "South", "West", None],
}
NAMES = list(VALUES)
BOTH = (ODOO, INFOR)
ALLOWANCE = timedelta(seconds=2)

names = st.sampled_from(NAMES)
edits = names.flatmap(lambda n: st.tuples(st.just(n), st.sampled_from(VALUES[n])))
ceilings = st.builds(Rule, *[st.booleans()] * 4)
policies = st.builds(
    Policy, st.sampled_from(["latest", "infor", "odoo"]), st.booleans()
)


class TwoSides(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.values = {side: dict.fromkeys(NAMES) for side in BOTH}
        self.base: dict = {}
        self.stale: dict = {}
        self.now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.written = dict.fromkeys(BOTH, self.now)
        self.skew = timedelta(0)
        self.ceiling = dict.fromkeys(NAMES, Rule(True, True))
        self.picks = [{name: (True, True) for name in NAMES} for _list in range(2)]
        self.policy = Policy()
        self.form: dict | None = None

    @initialize(ceilings=st.tuples(*[ceilings] * len(NAMES)), policy=policies)
    def set_up(self, ceilings, policy) -> None:
        self.ceiling = dict(zip(NAMES, ceilings, strict=True))
        self.policy = policy

    # --- what people do -------------------------------------------------------------

    @rule(side=st.sampled_from(BOTH), edit=edits)
    def edit(self, side, edit) -> None:
        name, value = edit
        self.values[side][name] = value
        self._touch(side)

    @rule(name=names, ceiling=ceilings)
    def map_field(self, name, ceiling) -> None:
        self.ceiling[name] = ceiling

    @rule(number=st.integers(0, 1), name=names, pull=st.booleans(), push=st.booleans())
    def pick_field(self, number, name, pull, push) -> None:
        self.picks[number][name] = (pull, push)

    @rule(policy=policies)
    def choose_rule(self, policy) -> None:
        self.policy = policy

    @rule(minutes=st.sampled_from([-10, 0, 10]))
    def clocks_drift(self, minutes) -> None:
        self.skew = timedelta(minutes=minutes)

    @rule(seconds=st.sampled_from([1, 60]))
    def time_passes(self, seconds) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def open_form(self) -> None:
        self.form = {COLUMN: self.values[ODOO][COLUMN]}

    @precondition(lambda self: self.form is not None)
    @rule()
    def save_form(self) -> None:
        self.values[ODOO].update(self.form)
        self.form = None
        self._touch(ODOO)

    def _touch(self, side) -> None:
        self.written[side] = self.now

    # --- what a run does ------------------------------------------------------------

    @property
    def allowed(self) -> dict[str, Rule]:
        """The mapping's, narrowed by lists of which one is enough."""
        found = {}
        for name, ceiling in self.ceiling.items():
            pulls, pushes = zip(*(picks[name] for picks in self.picks), strict=True)
            found[name] = replace(
                ceiling, pull=ceiling.pull and any(pulls),
                push=ceiling.push and any(pushes),
            )  # fmt: skip
        return found

    def merge(self) -> Merge:
        stamp = self.written[INFOR] + self.skew  # as the CRM's clock has it
        times = Times(self.written[ODOO], stamp - self.skew, ALLOWANCE)
        odoo, infor = self.values[ODOO], self.values[INFOR]
        merged = merge(
            self.base, odoo, infor, self.allowed, self.policy, times, self.stale
        )
        self._check(merged)
        return merged

    @rule()
    def pull(self) -> None:
        merged = self.merge()
        if COLUMN in merged.to_odoo:
            self.stale[COLUMN] = self.values[ODOO][COLUMN]
        self._write(ODOO, merged.to_odoo)
        self.base |= merged.agreed

    @rule()
    def push(self) -> None:
        merged = self.merge()
        held = {n: v for n, v in merged.agreed.items() if n not in merged.to_odoo}
        self._write(INFOR, merged.to_infor)
        self.base |= held | merged.to_infor

    def _write(self, side, values) -> None:
        self.values[side].update(values)
        if values:
            self._touch(side)

    @rule()
    def sync(self) -> None:
        self.pull()
        self.push()
        again = self.merge()
        assert again.nothing, "a second run plans nothing"
        assert not again.lost
        reported = {*again.differs, *(one.field for one in again.cleared)}
        for name, allowed in self.allowed.items():
            if allowed.pull and allowed.push and name not in reported:
                assert same(self.values[ODOO][name], self.values[INFOR][name])

    # --- what must hold of every plan -------------------------------------------------

    def _check(self, merged: Merge) -> None:
        assert not merged.to_odoo.keys() & merged.to_infor.keys()
        self._check_side(merged, ODOO, merged.to_odoo)
        self._check_side(merged, INFOR, merged.to_infor)
        for lost in merged.lost:
            self._check_lost(merged, lost)

    def _check_side(self, merged: Merge, side: str, written: dict) -> None:
        lost = {one.field: one.value for one in merged.lost_on(side)}
        for name, value in written.items():
            rule, old = self.allowed[name], self.values[side][name]
            assert rule.pull if side == ODOO else rule.push, "only what is allowed"
            assert not same(old, value)
            assert not blank(value) or rule.may_clear, "a blank never erases"
            assert not rule.fill_if_empty or blank(old)
            if not blank(old) and not same(old, self.base.get(name)):
                assert same(lost[name], old), "no edit is lost silently"

    def _check_lost(self, merged: Merge, lost) -> None:
        """Nothing is lost for a lesser reason than a change of the other side."""
        assert same(self.values[lost.side][lost.field], lost.value)
        winner = INFOR if lost.side == ODOO else ODOO
        stale = lost.side == ODOO and lost.field in self.stale
        if stale and same(lost.value, self.stale[lost.field]):
            return
        allowed = self.allowed[lost.field]
        if allowed.pull and allowed.push and self.policy.conflict == "latest":
            later = self.written[ODOO] - self.written[INFOR] > ALLOWANCE
            assert winner == (ODOO if later else INFOR)
        if not self.policy.whole_record:
            theirs = self.values[winner][lost.field]
            base = self.base.get(lost.field)
            assert blank(base) or not same(theirs, base), "both had changed it"

    @invariant()
    def an_old_form_reverts_nothing_in_the_crm(self) -> None:
        value = self.values[ODOO][COLUMN]
        if COLUMN in self.stale and same(value, self.stale[COLUMN]):
            assert COLUMN not in self.merge().to_infor or same(
                value, self.base.get(COLUMN)
            )


TestTwoSides = TwoSides.TestCase


def record(values: dict) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({n: st.sampled_from(values[n]) for n in values})


@settings(max_examples=6 * settings().max_examples)
@given(
    agreed=record(VALUES),
    edited=st.tuples(record(VALUES), record(VALUES)),
    ceilings=st.tuples(*[ceilings] * len(NAMES)),
    policy=policies,
    seconds=st.tuples(*[st.integers(0, 5)] * 2),
    before=st.sampled_from(VALUES[COLUMN]),
)
def test_any_two_sides(agreed, edited, ceilings, policy, seconds, before) -> None:
    """Whatever has happened before: far more of it than a machine walks through."""
    sides = TwoSides()
    sides.base = {name: value for name, value in agreed.items() if not blank(value)}
    sides.values = dict(zip(BOTH, map(dict, edited), strict=True))
    sides.ceiling = dict(zip(NAMES, ceilings, strict=True))
    sides.policy = policy
    for side, later in zip(BOTH, seconds, strict=True):
        sides.written[side] += timedelta(seconds=later)
    sides.stale = {COLUMN: before}
    sides.now += timedelta(minutes=1)
    sides.an_old_form_reverts_nothing_in_the_crm()
    sides.sync()

"""The sync engine: plans from values. No Odoo, no database, no network.

Callers hand in what both sides hold and what they last agreed on, and get back frozen
actions; performing them is somebody else's work.
"""

from .importing import (
    Action,
    Bound,
    Create,
    Holder,
    Incoming,
    Link,
    Skip,
    State,
    TakeOver,
    Unchanged,
    Update,
    plan_page,
)
from .merging import Merge, Policy, Rule, blank, merge

__all__ = [
    "Action",
    "Bound",
    "Create",
    "Holder",
    "Incoming",
    "Link",
    "Merge",
    "Policy",
    "Rule",
    "Skip",
    "State",
    "TakeOver",
    "Unchanged",
    "Update",
    "blank",
    "merge",
    "plan_page",
]

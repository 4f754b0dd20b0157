"""The sync engine: plans from values. No Odoo, no database, no network.

Callers hand in what both sides hold and what they last agreed on, and get back frozen
actions; performing them is somebody else's work.
"""

from .actions import (
    Action,
    Bound,
    Create,
    Holder,
    Incoming,
    Link,
    OfBound,
    Settings,
    Skip,
    State,
    TakeOver,
    Unchanged,
    Update,
)
from .arms import INFOR, ODOO, Rule, blank, same
from .consent import (
    CLEAR_DO_NOT_EMAIL,
    LIFT_BLACKLIST,
    ConsentPlan,
    Flags,
    Resolution,
    decide,
    plan_consent,
)
from .counting import Counts, counts
from .fate import (
    AskConversion,
    Converted,
    Evidence,
    Fate,
    Gone,
    Linked,
    StillThere,
    plan_fate,
)
from .importing import plan_page
from .matching import NONE_OF_THEM, Candidate, Match, choose
from .merging import Cleared, Lost, Merge, Policy, Times, is_stale, merge
from .people import merge_person
from .submission import Difference, SubmissionPlan, plan_submission

__all__ = [
    "CLEAR_DO_NOT_EMAIL",
    "INFOR",
    "LIFT_BLACKLIST",
    "NONE_OF_THEM",
    "ODOO",
    "Action",
    "AskConversion",
    "Bound",
    "Candidate",
    "Cleared",
    "ConsentPlan",
    "Converted",
    "Counts",
    "Create",
    "Difference",
    "Evidence",
    "Fate",
    "Flags",
    "Gone",
    "Holder",
    "Incoming",
    "Link",
    "Linked",
    "Lost",
    "Match",
    "Merge",
    "OfBound",
    "Policy",
    "Resolution",
    "Rule",
    "Settings",
    "Skip",
    "State",
    "StillThere",
    "SubmissionPlan",
    "TakeOver",
    "Times",
    "Unchanged",
    "Update",
    "blank",
    "choose",
    "counts",
    "decide",
    "is_stale",
    "merge",
    "merge_person",
    "plan_consent",
    "plan_fate",
    "plan_page",
    "plan_submission",
    "same",
]

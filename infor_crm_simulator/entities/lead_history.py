"""What remains of a converted lead: LeadHistory, see docs/sdata.md 8.8."""

from __future__ import annotations

from ..model import Entity
from .lead import LEAD
from .notation import STAMPS, fields

_STAMP_NAMES = {prop.name for prop in STAMPS}
#: The columns that are copied from the lead.
COPIED = tuple(
    prop
    for prop in LEAD.properties
    if not prop.expression and prop.name not in _STAMP_NAMES
)


def lead_history(*, has_feed: bool) -> Entity:
    """The product gives it no feed; some customers do."""
    return Entity(
        name="LeadHistory",
        path="leadHistory",
        table="HIST_LEAD",
        plural="LeadHistory",
        key_column="LEADHISTID",
        key_letter="h",
        display="LastName",
        properties=(
            *fields("""
            LeadId:id! ContactId:id AccountId:id OpportunityId:id ContactMerged:bool
            AccountMerged:bool LeadProcessedDate:date LeadProcessedBy:id
            """),
            *COPIED,
            *STAMPS,
        ),
        read_only=True,
        has_feed=has_feed,
        label="Lead History",
    )

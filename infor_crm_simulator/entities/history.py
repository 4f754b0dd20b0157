"""History: notes, calls, e-mails and audit rows, see docs/sdata.md 8.5.

It names its account, contact and lead by plain ids and has no relations, so a path
like ``Contact.Email`` does not exist on it.
"""

from __future__ import annotations

from ..model import Entity
from .notation import STAMPS, computed, enum, fields

#: Names and numbers of the activity types; the wire carries the name.
ACTIVITY_TYPES = (
    ("atInternal", 0),
    ("atSchedule", 1),
    ("atProcessStart", 262144),
    ("atAppointment", 262145),
    ("atPhoneCall", 262146),
    ("atToDo", 262147),
    ("atNote", 262148),
    ("atQuestion", 262149),
    ("atMessageBox", 262150),
    ("atEventSelection", 262151),
    ("atReport", 262152),
    ("atDoc", 262153),
    ("atEMail", 262154),
    ("atFax", 262155),
    ("atDatabaseChange", 262156),
    ("atView", 262157),
    ("atOLE", 262158),
    ("atBasicScript", 262159),
    ("atProcess", 262160),
    ("atPage", 262161),
    ("atPersonal", 262162),
    ("atLiterature", 262163),
    ("atStop", 262164),
)

_FIELDS = fields("""
AccountId:id AccountName:128 ContactId:id ContactName:64 LeadId:id LeadName:64
OpportunityId:id OpportunityName:64 TicketId:id TicketNumber:64 ActivityId:id
Category:64?Note_Category_Codes Description:64?Note_Regarding Notes:255
LongNotes:memo! Priority:64?Priorities Result:64?Note_Result_Codes ResultCode:8
StartDate:date! OriginalDate:date! CompletedDate:date! CompletedUser:id UserId:id
UserName:64 Duration:int! Timeless:bool! Attachment:bool! AttachmentCount:int
ProcessId:id ProcessNode:16 UserDef1:255 UserDef2:255 UserDef3:255
""")

HISTORY = Entity(
    name="History",
    path="history",
    table="HISTORY",
    plural="History",
    key_column="HISTORYID",
    key_letter="e",
    display="Description",
    properties=(
        enum("Type", ACTIVITY_TYPES, nullable=False),
        *_FIELDS,
        computed(
            "EndDate", "({t}.STARTDATE+COALESCE({t}.DURATION,0)*60000)", "datetime"
        ),
        *STAMPS,
    ),
    extra={
        "follows": (
            ("ACCOUNTID", "Account"),
            ("CONTACTID", "Contact"),
            ("LEADID", "Lead"),
        )
    },
)

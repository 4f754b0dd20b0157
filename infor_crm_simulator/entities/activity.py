"""Activities and who takes part in them, see docs/sdata.md 8.6."""

from __future__ import annotations

from ..model import Entity, Reference
from .history import ACTIVITY_TYPES
from .notation import STAMPS, computed, enum, fields

_STATUSES = (("asAccepted", 0), ("asDeclned", 1), ("asUnconfirmed", 2))

_FIELDS = fields("""
AccountId:id AccountName:128 ContactId:id ContactName:64 LeadId:id LeadName:64
OpportunityId:id OpportunityName:64 TicketId:id TicketNumber:64 ProjectId:32
Category:64 Description:64 Notes:255 LongNotes:memo Priority:64?Priorities
PhoneNumber:32 StartDate:date! OriginalDate:date Duration:int! Timeless:bool!
Alarm:bool! AlarmTime:date! Rollover:bool! Recurring:bool! RecurPeriod:int
RecurPeriodSpec:int RecurIterations:int RecurSkip:memo Attachment:bool
AttachmentCount:int UserId:id ProcessId:id ProcessNode:16 ForeignId1:id ForeignId2:id
ForeignId3:id ForeignId4:id UserDef1:255 UserDef2:255 UserDef3:255
""")

ACTIVITY = Entity(
    name="Activity",
    path="activities",
    table="ACTIVITY",
    plural="Activities",
    key_column="ACTIVITYID",
    key_letter="V",
    display="Description",
    properties=(
        enum("Type", ACTIVITY_TYPES, nullable=False),
        *_FIELDS,
        computed(
            "EndDate", "({t}.STARTDATE+COALESCE({t}.DURATION,0)*60000)", "datetime"
        ),
        *STAMPS,
    ),
)

#: Its key joins those of activity and user, docs/sdata.md 1.5.
USER_ACTIVITY = Entity(
    name="UserActivity",
    path="userActivities",
    table="USER_ACTIVITY",
    plural="UserActivities",
    key_column="USERACTIVITYID",
    key_letter="",
    display="UserId",
    properties=(
        *fields("UserId:id! ActivityId:id! Alarm:bool AlarmTime:date"),
        enum("Status", _STATUSES),
        *STAMPS,
    ),
    references=(Reference("Activity", "Activity", "ACTIVITYID", nullable=False),),
    read_only=True,
    label="User Activity",
)

"""LeadSource, see docs/sdata.md 8.11."""

from __future__ import annotations

from ..model import Entity
from .notation import STAMPS, computed, fields

LEAD_SOURCE = Entity(
    name="LeadSource",
    path="leadsources",
    table="LEADSOURCE",
    plural="LeadSources",
    key_column="LEADSOURCEID",
    key_letter="L",
    display="Description",
    properties=(
        computed("LeadsourceId", "{t}.LEADSOURCEID", "id"),
        *fields("""
        Description:64! AbbrevDescription:32 Type:64 Status:64 Cost:dec SourceDate:date
        """),
        *STAMPS,
    ),
    label="Lead Source",
)

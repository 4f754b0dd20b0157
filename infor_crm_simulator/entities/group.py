"""Groups of the system contract, see docs/sdata.md 8.12.

Names are lower camel as in the vendor's samples. A query group keeps its condition as
a where clause over the kind of its family; an ad hoc group names its members in the
table ADHOCGROUP (GROUPID, ENTITYID).
"""

from __future__ import annotations

from dataclasses import replace

from ..model import Entity
from .notation import computed, fields

GROUP = Entity(
    name="group",
    path="groups",
    table="PLUGIN",
    plural="Groups",
    key_column="PLUGINID",
    key_letter="p",
    display="name",
    properties=(
        *fields("""
        family:64! name:64! displayName:64 mainTable:64~ isAdHoc:bool~ isHidden:bool
        userId:id~ version:int~
        """),
        computed("pluginId", "{t}.PLUGINID", "id"),
        *fields("createDate:date~ createUser:id~ modifyDate:date~ modifyUser:id~"),
        *(
            replace(prop, hidden=True)
            for prop in fields("condition:memo releasedTo:id")
        ),
    ),
)

#: The same rows in the business model, where they have no feed.
PLUGIN = replace(GROUP, name="Plugin", plural="Plugins", has_feed=False)

MEMBERS = "ADHOCGROUP"
CREATE_MEMBERS = (
    f"CREATE TABLE {MEMBERS} (GROUPID TEXT NOT NULL, ENTITYID TEXT NOT NULL, "
    "UNIQUE (GROUPID, ENTITYID))"
)

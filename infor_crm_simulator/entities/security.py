"""Owner, User and UserInfo, see docs/sdata.md 8.7."""

from __future__ import annotations

from dataclasses import replace

from ..model import Entity, Reference
from .notation import STAMPS, computed, enum, fields, joined

#: The stored letters of the product are S, U, G, D; the wire has the names.
OWNER_TYPES = (("System", 0), ("User", 1), ("Team", 2), ("Department", 3))

#: Numbers 3, 5, 6 and 7 are those the official client filters by; the rest is ours.
USER_TYPES = (
    ("Network", 0),
    ("Remote", 1),
    ("Concurrent", 2),
    ("WebViewer", 3),
    ("Admin", 4),
    ("Retired", 5),
    ("Template", 6),
    ("AddOn", 7),
)

OWNER = Entity(
    name="Owner",
    path="owners",
    table="SECCODE",
    plural="Owners",
    key_column="SECCODEID",
    key_letter="F",
    display="OwnerDescription",
    properties=(
        computed("OwnerId", "{t}.SECCODEID", "id"),
        *fields("OwnerDescription:64!"),
        enum("Type", OWNER_TYPES, nullable=False),
        *STAMPS,
    ),
    read_only=True,
)

_DESCRIPTOR = joined("LASTNAME", "FIRSTNAME", separator=", ").replace("{t}", "ui")

USER = Entity(
    name="User",
    path="users",
    table="USERSECURITY",
    plural="Users",
    key_column="USERID",
    key_letter="U",
    display="UserDescriptor",
    properties=(
        *fields("UserName:30! Enabled:bool!"),
        enum("Type", USER_TYPES, nullable=False),
        *fields("IsManager:bool AccessLevel:int"),
        replace(
            computed(
                "UserDescriptor",
                f"(SELECT {_DESCRIPTOR} FROM USERINFO ui WHERE ui.USERID={{t}}.USERID)",
            ),
            hidden=True,
        ),
        *STAMPS,
    ),
    references=(
        Reference("UserInfo", "UserInfo", "USERID"),
        Reference("DefaultOwner", "Owner", "DEFAULTSECCODEID"),
        Reference("Manager", "User", "MANAGERID"),
    ),
    read_only=True,
)

USER_INFO = Entity(
    name="UserInfo",
    path="userInfo",
    table="USERINFO",
    plural="UserInfo",
    key_column="USERID",
    key_letter="U",
    display="NameLF",
    properties=(
        *fields("""
        FirstName:32 LastName:32 MiddleName:32 Title:32 Department:32 Email:128
        Phone:32 Mobile:32 Direct:32 Fax:32 Home:32 Region:64 Company:128
        UserName:64 TimeZone:64
        """),
        computed("NameLF", joined("LASTNAME", "FIRSTNAME", separator=", ")),
        *STAMPS,
    ),
    read_only=True,
    label="User Info",
)

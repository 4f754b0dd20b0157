"""Account and Address, see docs/sdata.md 8.3 and 8.4."""

from __future__ import annotations

from ..model import Collection, Entity, Reference
from .lead import ADDRESS_TEXT, CITY_STATE_ZIP, FULL_ADDRESS, STREET
from .notation import STAMPS, computed, fields

_TEXT = fields("""
AccountName:128! AccountNameUpper:128~ Aka:64 MainPhone:32 Fax:32 TollFree:32
TollFree2:32 AlternatePhone:32 OtherPhone1:32 OtherPhone2:32 OtherPhone3:32 Email:128
EmailType:64 WebAddress:128 WebAddress2:128 WebAddress3:128 WebAddress4:128
Type:64?Account_Type SubType:64 Status:64?Account_Status Industry:64?Industry
Region:64 Division:64 Territory:64 SicCode:64 Description:128
BusinessDescription:2000 Notes:memo ShortNotes:255 CreditRating:10 CurrencyCode:64
Score:32 Ticker:16 ImportSource:24?Source ExternalAccountNumber:32
InternalAccountNumber:32 ParentAccountNumber:32 ParentId:12
DoNotSolicit:bool NationalAccount:bool TargetAccount:bool NotifyDefects:bool
NotifyOnClose:bool NotifyOnStatus:bool Employees:int Revenue:dec Relationship:int
LastHistoryDate:date
""")

_COMPUTED = (
    computed(
        "LastTouchedInDays",
        "((slx_now()-{t}.LASTHISTORYDATE)/86400000)",
        "integer",
    ),
    # The practice CRM has no tickets yet: the count of none is 0.
    computed("NumberOfOpenTickets", "0", "integer"),
)

ACCOUNT = Entity(
    name="Account",
    path="accounts",
    table="ACCOUNT",
    plural="Accounts",
    key_column="ACCOUNTID",
    key_letter="A",
    display="AccountName",
    properties=_TEXT + _COMPUTED + STAMPS,
    references=(
        Reference("Address", "Address", "ADDRESSID"),
        Reference("ShippingAddress", "Address", "SHIPPINGID"),
        Reference("Owner", "Owner", "SECCODEID", nullable=False),
        Reference("AccountManager", "User", "ACCOUNTMANAGERID"),
        Reference("RegionalManager", "User", "REGIONALMANAGERID"),
        Reference("DivisionalManager", "User", "DIVISIONALMANAGERID"),
        Reference("LeadSource", "LeadSource", "LEADSOURCEID"),
        Reference("DefaultTicketOwner", "Owner", "DEFAULTTICKETOWNERID"),
    ),
    collections=(
        Collection("Contacts", "Contact", "ACCOUNTID"),
        Collection("Addresses", "Address", "ENTITYID"),
    ),
    owner_column="SECCODEID",
)


def address(*, country_length: int) -> Entity:
    return Entity(
        name="Address",
        path="addresses",
        table="ADDRESS",
        plural="Addresses",
        key_column="ADDRESSID",
        key_letter="a",
        display="Description",
        properties=(
            *fields("EntityId:id!"),
            *fields(ADDRESS_TEXT.format(country=country_length)),
            computed("CityStatePostal", CITY_STATE_ZIP),
            computed("CityStateZip", CITY_STATE_ZIP),
            computed("StreetAddress", STREET),
            computed("FullAddress", FULL_ADDRESS),
            *STAMPS,
        ),
        extra={"parent": (None, "ENTITYID")},
    )

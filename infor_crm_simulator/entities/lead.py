"""Lead and its address, see docs/sdata.md 8.1 and 8.4."""

from __future__ import annotations

from ..model import Collection, Entity, Reference
from .notation import STAMPS, computed, fields, joined

_TEXT = fields("""
FirstName:32 LastName:32 MiddleName:32 Prefix:16?Name_Prefix Suffix:16?Name_Suffix
Title:64?Title Company:128 CompanyUpper:128~ LastNameUpper:32~ Email:128 WorkPhone:32
HomePhone:32 Mobile:32 Fax:32 TollFree:32 WebAddress:128 Industry:64?Industry
Interests:128 SICCode:64 Status:64?Lead_Status Type:64?Lead_Type
Priority:32?Priorities Division:64 Employees:32 Revenue:32 CreditRating:10
DataQuality:32 Description:128 BusinessDescription:2000 Notes:memo
PreferredContact:64 Ticker:16 ImportSource:24?Source ImportId:12
UserField1:80 UserField2:80 UserField3:80 UserField4:80 UserField5:80
UserField6:80 UserField7:80 UserField8:80 UserField9:80 UserField10:80
DoNotEmail:bool DoNotFAX:bool DoNotMail:bool DoNotPhone:bool DoNotSolicit:bool
IsPrimary:bool AssignDate:date LastCallDate:date NextCallDate:date
""")

#: Columns a customer added to the base table (the names are ours).
_CUSTOM = fields(
    """
CustomerTier:32?Customer_Tier NewsletterTopics:255?Newsletter_Topics
LegacyReference:40 ConsentDate:date WantsCatalogue:bool EngagementScore:int
AnnualBudget:dec EventAttendee:1
""",
    custom=True,
)

_LAST_FIRST = joined("LASTNAME", "FIRSTNAME", separator=", ")
_NAMES = (
    computed("LeadFullName", joined("FIRSTNAME", "MIDDLENAME", "LASTNAME")),
    computed("LeadNameFirstLast", joined("FIRSTNAME", "LASTNAME")),
    computed("LeadNameLastFirst", _LAST_FIRST),
    computed("LeadNamePrefixFirstLast", joined("PREFIX", "FIRSTNAME", "LASTNAME")),
)

LEAD = Entity(
    name="Lead",
    path="leads",
    table="LEAD",
    plural="Leads",
    key_column="LEADID",
    key_letter="Q",
    display="LeadNameLastFirst",
    properties=_TEXT + _CUSTOM + _NAMES + STAMPS,
    references=(
        Reference("Address", "LeadAddress", "LEAD_ADDRESSID", nullable=False),
        Reference("Owner", "Owner", "SECCODEID", nullable=False),
        Reference("AccountManager", "User", "ACCOUNTMANAGERID"),
        Reference("LeadSource", "LeadSource", "LEADSOURCEID"),
    ),
    collections=(Collection("Addresses", "LeadAddress", "LEADID"),),
    owner_column="SECCODEID",
)

#: Kept exactly in step with Address apart from whose it is.
ADDRESS_TEXT = """
Description:64?Address_Description Type:64 Address1:64 Address2:64 Address3:64
Address4:64 City:32?City State:32?State PostalCode:24 Country:{country}?Country
County:32 IsPrimary:bool IsMailing:bool Salutation:64 Routing:64 TimeZone:64
"""
CITY_STATE_ZIP = (
    "TRIM(COALESCE({t}.CITY,'')||CASE WHEN COALESCE({t}.STATE,'')='' THEN '' "
    "ELSE ', '||{t}.STATE END||' '||COALESCE({t}.POSTALCODE,''))"
)
STREET = joined("ADDRESS1", "ADDRESS2", "ADDRESS3", "ADDRESS4", separator="\r\n")
FULL_ADDRESS = joined(
    "ADDRESS1", "ADDRESS2", "ADDRESS3", "CITY", "STATE", "POSTALCODE", "COUNTRY"
)


def lead_address(*, country_length: int, has_feed: bool) -> Entity:
    """7.5 has no feed for it, 8 has (docs/sdata.md 1.3)."""
    return Entity(
        name="LeadAddress",
        path="leadAddresses",
        table="LEAD_ADDRESS",
        plural="LeadAddresses",
        key_column="LEAD_ADDRESSID",
        key_letter="b",
        display="Description",
        properties=(
            *fields("LeadId:id!"),
            *fields(ADDRESS_TEXT.format(country=country_length)),
            *fields("ImportId:12"),
            computed("LeadCtyStZip", CITY_STATE_ZIP),
            computed("FullAddress", FULL_ADDRESS),
            *STAMPS,
        ),
        has_feed=has_feed,
        label="Lead Address",
        extra={"parent": ("Lead", "LEADID")},
    )

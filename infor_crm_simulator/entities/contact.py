"""Contact, see docs/sdata.md 8.2."""

from __future__ import annotations

from ..model import Collection, Entity, Reference
from .notation import STAMPS, computed, fields, joined

_TEXT = fields("""
FirstName:32 LastName:32 LastNameUpper:32~ MiddleName:32 Prefix:16?Name_Prefix
Suffix:16?Name_Suffix Initials:32 Salutation:64 Title:64?Title Department:32
AccountName:128 Email:128 SecondaryEmail:128 Email3:128 WorkPhone:32 HomePhone:32
Mobile:32 Fax:32 Pager:32 OtherPhone:32 PagerNumeric:32 WebAddress:128
WebAddress2:128 Type:64?Contact_Type SubType:64 Status:64?Contact_Status Score:32
Description:128 Interests:128 CuisinePreference:64?CuisinePrefs PreferredContact:64
Assistant:64 ReportsTo:64 Referral:64 PreviousEmployer:64 Spouse:64 Children:64
Alumni:64 ImportSource:24?Source Directions:memo WebUserName:30 WebPassword:20
WebPasswordHint:64 PinNumber:7 LocationCode:12 Weight:12 AlternateKeyPrefix:8
AlternateKeySuffix:24 Categories:255 LastHistoryBy:12
DoNotEmail:bool DoNotFax:bool DoNotMail:bool DoNotPhone:bool DoNotSolicit:bool
IsPrimary:bool IsServiceAuthorized:bool Birthday:date SpouseBirthday:date
LastHistoryDate:date YearGraduated:int
""")

#: Columns a customer added to the base table (the names are ours).
_CUSTOM = fields(
    """
CustomerTier:32?Customer_Tier NewsletterTopics:255?Newsletter_Topics
PreferredLanguage:32 ConsentDate:date VipCustomer:bool LoyaltyPoints:int
LastOrderAmount:dec EventAttendee:1
""",
    custom=True,
)


def _of_mailing(sql: str) -> str:
    """A value of the mailing address, which is the ShippingAddress."""
    sql = sql.replace("{t}", "sa")
    return f"(SELECT {sql} FROM ADDRESS sa WHERE sa.ADDRESSID={{t}}.SHIPPINGID)"


_COMPUTED = (
    computed("FullName", joined("FIRSTNAME", "MIDDLENAME", "LASTNAME")),
    computed("Name", joined("FIRSTNAME", "LASTNAME")),
    computed("NameLF", joined("LASTNAME", "FIRSTNAME", separator=", ")),
    computed("NamePFL", joined("PREFIX", "FIRSTNAME", "LASTNAME")),
    computed("MailingStreet", _of_mailing(joined("ADDRESS1", "ADDRESS2"))),
    computed("MailingCityStZip", _of_mailing(joined("CITY", "STATE", "POSTALCODE"))),
    computed("MailingCountyCountry", _of_mailing(joined("COUNTY", "COUNTRY"))),
)

CONTACT = Entity(
    name="Contact",
    path="contacts",
    table="CONTACT",
    plural="Contacts",
    key_column="CONTACTID",
    key_letter="C",
    display="NameLF",
    properties=_TEXT + _CUSTOM + _COMPUTED + STAMPS,
    references=(
        Reference("Account", "Account", "ACCOUNTID", nullable=False),
        Reference("Address", "Address", "ADDRESSID"),
        Reference("ShippingAddress", "Address", "SHIPPINGID"),
        Reference("Owner", "Owner", "SECCODEID", nullable=False),
        Reference("AccountManager", "User", "ACCOUNTMANAGERID"),
        Reference("RegionalManager", "User", "REGIONALMANAGERID"),
        Reference("DivisionalManager", "User", "DIVISIONALMANAGERID"),
    ),
    collections=(Collection("Addresses", "Address", "ENTITYID"),),
    owner_column="SECCODEID",
)

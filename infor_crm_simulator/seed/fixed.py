"""What every practice CRM has whatever its seed: owners, logins, sources, picklists."""

from __future__ import annotations

from dataclasses import dataclass

from .keys import ADMIN, EVERYONE, SYSTEM_OWNER, key

MIDWEST = key("F", 1)
NORTHEAST = key("F", 2)
EMEA = key("F", 3)
LEE_OWN = key("F", 4)
MARKETING = "DEPT00000001"

#: Key, description, type.
OWNERS = (
    (EVERYONE, "Everyone", "System"),
    (SYSTEM_OWNER, "System", "System"),
    (MIDWEST, "Midwest", "Team"),
    (NORTHEAST, "Northeast", "Team"),
    (EMEA, "EMEA, Vertrieb", "Team"),
    (LEE_OWN, "Hogan, Lee", "User"),
    (MARKETING, "Marketing", "Department"),
)

#: How records are spread over owners and account managers.
OWNER_SPREAD = (EVERYONE,) * 10 + (MIDWEST,) * 4 + (NORTHEAST,) * 3 + (EMEA,) * 3


@dataclass(frozen=True)
class Person:
    """A user of the practice CRM."""

    key: str
    login: str
    first: str
    last: str
    title: str = ""
    email: str = ""
    type: str = "Network"
    enabled: bool = True
    default_owner: str = EVERYONE
    manager: str | None = ADMIN


LEE = key("U", 1)
PEOPLE = (
    Person(ADMIN, "admin", "", "Administrator", type="Network", manager=None),
    Person(LEE, "lee", "Lee", "Hogan", "Sales Manager", default_owner=LEE_OWN),
    Person(key("U", 2), "dora", "Dora", "Müller", "Midwest Rep", default_owner=MIDWEST),
    Person(key("U", 3), "noleads", "Nora", "Leadless", "Support"),
    Person(key("U", 4), "expired", "Evan", "Expired"),
    Person(key("U", 5), "retired", "Rita", "Retired", type="Retired", enabled=False),
    Person(key("U", 6), "mfa", "Max", "Factor"),
    Person(key("U", 7), "nometa", "Ned", "Nometa"),
    Person(key("U", 8), "reader", "Rhea", "Reader"),
    Person(key("U", 9), "jürgen", "Jürgen", "Groß", "Außendienst", default_owner=EMEA),
    Person(key("U", 10), "webviewer", "Web", "Viewer", type="WebViewer"),
    Person(key("U", 11), "guarded", "Gwen", "Guarded"),
)

#: Account managers of seeded records; None is common.
MANAGERS = (ADMIN, LEE, key("U", 2), None, None)

#: Description, abbreviation, type.
SOURCES = (
    ("Trade Show", "TS", "Event"),
    ("Web", "WEB", "Internet"),
    ("Referral", "REF", "Word of mouth"),
    ("Advertising", "ADV", "Print"),
    ("E-mail Campaign", "EML", "Internet"),
    ("Messe München", "MMU", "Event"),
    ("Partner", None, None),
)

#: Items per picklist; an item is its text, or a pair of text and code.
PICKLISTS: dict[str, tuple[str | tuple[str, str], ...]] = {
    "Title": (
        "CEO",
        "CFO",
        "CIO",
        "Marketing Director",
        "Sales Director",
        "Office Manager",
        "Buyer",
        "Engineer",
        "Geschäftsführer",
    ),
    "Name Prefix": ("Mr.", "Mrs.", "Ms.", "Dr.", "Prof."),
    "Name Suffix": ("Jr.", "Sr.", "III", "PhD"),
    "Industry": (
        "Agriculture",
        "Banking",
        "Education",
        "Financial Services",
        "Government",
        "Healthcare",
        "Manufacturing",
        "Retail",
        "Technology",
        "Telecommunications",
    ),
    "Account Type": ("Prospect", "Customer", "Lead", "Partner", "Vendor", "Suspect"),
    "Account Status": ("Active", "Inactive", "Dormant", "Purge"),
    "Contact Type": ("Customer", "Prospect", "Partner", "Vendor"),
    "Contact Status": ("Active", "Inactive"),
    "Lead Type": ("Suspect", "Prospect", "Qualified"),
    "Lead Status": ("New", "Unqualified", "Qualified", "In Progress", "Closed"),
    "Customer Types": ("End User", "Reseller"),
    "Priorities": ("None", "Low", "Medium", "High"),
    "Role": ("Decision Maker", "Influencer", "User"),
    "Source": tuple((name, code or "") for name, code, _type in SOURCES),
    "State": (
        ("Arizona", "AZ"),
        ("California", "CA"),
        ("Illinois", "IL"),
        ("New York", "NY"),
        ("Texas", "TX"),
        ("Washington", "WA"),
    ),
    "Country": ("USA", "United Kingdom", "Germany", "Austria", "France", "Italy"),
    "City": ("Phoenix", "Chicago", "London", "Wien", "Linz", "München"),
    "Address Description": ("Office", "Home", "Mailing", "Billing"),
    "CuisinePrefs": ("American", "Chinese", "French", "Italian", "Mexican", "Thai"),
    "Note Regarding": ("Follow-up", "Meeting", "Newsletter", "Call notes"),
    "E-mail Regarding": ("Newsletter", "Offer", "Invitation"),
    "Phone Call Regarding": ("Follow-up", "Qualify lead", "Complaint"),
    "Meeting Regarding": ("Demo", "Review"),
    "To Do Regarding": ("Send letter", "Send quote"),
    "Personal Activity Regarding": ("Vacation", "Lunch"),
    "Lit Request Regarding": ("Catalogue",),
    "Note Category Codes": ("Marketing", "Sales", "Database Change"),
    "Note Result Codes": (("Complete", "COM"), ("Done", "DON")),
    "E-mail Category Codes": ("Marketing", "Sales"),
    "Phone Call Category Codes": ("Inbound", "Outbound"),
    "Meeting Category Codes": ("On site", "Remote"),
    "To Do Category Codes": ("Letter", "Task"),
    "Phone Call Result Codes": (("Complete", "COM"), ("Left Message", "LM")),
    "Meeting Result Codes": (("Complete", "COM"), ("Cancelled", "CAN")),
    "To Do Result Codes": (("Complete", "COM"),),
    "Personal Activity Result Codes": (("Complete", "COM"),),
    "Customer Tier": (("Gold", "G"), ("Silver", "S"), ("Bronze", "B")),
    "Newsletter Topics": ("Products", "Events", "Events & Training", "Press"),
}

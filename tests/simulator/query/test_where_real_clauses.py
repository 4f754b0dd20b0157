"""Every clause that real clients are known to send (docs/sdata.md 4.6)."""

import pytest

CLAUSES = [
    ("Contact", "Email eq 'x@y'", "Ca"),
    (
        "Contact",
        '(Email eq "x@y" or SecondaryEmail eq "x@y" or Email3 eq "x@y") '
        'and (Subsnum eq null or Subsnum eq "")',
        "Bad",
    ),
    (
        "Account",
        'Contacts.FirstName eq "John" and Contacts.LastName eq "Abbott" '
        'and AccountName eq "Abbott Ltd."',
        "1",
    ),
    ("Contact", "ModifyDate ge @2026-02-01@", "Bd"),
    # The row without an address fails although its own date would do.
    (
        "Contact",
        "ModifyDate ge @2026-03-01@ or Address.ModifyDate ge @2026-03-01@",
        "a",
    ),
    ("History", "ContactId eq 'CA2EK000000a' and Type eq 'atNote'", "1"),
    ("History", 'LeadId eq "QA2EK0000001" and Type ne "atDatabaseChange"', "2"),
    ("Contact", 'Account.Id eq "AA2EK0000001"', "ad"),
    ("Deal", 'Contacts.Contact.Id eq "CA2EK000000B"', "12"),
    (
        "Contact",
        '(LastNameUpper like "Q%" or upper(FirstName) like "Q%" or '
        'upper(NameLF) like "%QUADE%") or (AccountName like "%abbott%")',
        "Bad",
    ),
    (
        "User",
        "Enabled eq true and (Type ne 3 AND Type ne 5 AND Type ne 6 AND Type ne 7)",
        "1",
    ),
    ("Owner", 'Type ne "Department"', "21"),
    ("Group", "upper(family) eq 'CONTACT'", "12"),
    (
        "Group",
        "((upper(family) eq 'LEAD') and (upper(Name) eq 'NEWSLETTER') "
        "or PluginId eq 'p6UJ9A000002')",
        "23",
    ),
    (
        "History",
        'UserId eq "U1" and ((StartDate gt @2026-05-01T10:30:00Z@ or '
        "EndDate gt @2026-05-01T10:30:00Z@) and StartDate lt @2026-05-02@)",
        "1",
    ),
    (
        "History",
        "((Timeless eq false and StartDate between @2026-05-01T00:00:00Z@ and "
        "@2026-05-01T23:59:59Z@) or (Timeless eq true and StartDate between "
        "@2026-05-02T00:00:00Z@ and @2026-05-02T00:00:05Z@))",
        "12",
    ),
    ("Contact", "Id in ('CA2EK000000a','CA2EK000000d')", "ad"),
    ("Contact", "ModifyDate lt @2026-02-01@ or ModifyDate eq null", "Ca"),
    (
        "Contact",
        "(DoNotEmail eq false or DoNotEmail eq null) and Email like '%@%'",
        "Ca",
    ),
    (
        "Contact",
        "Status eq 'active' and DoNotEmail = false and ModifyDate gt "
        "@2026-01-01T00:00:00Z@ and ModifyDate lt @2026-04-01T00:00:00Z@",
        "ad",
    ),
    (
        "Contact",
        "Status eq 'Active' and (Account.ModifyDate gt @2026-01-01@ and "
        "Account.ModifyDate lt @2026-02-01@)",
        "ad",
    ),
    ("Participant", "Deal.Id eq 'oA2EK0000001' and Role eq 'Buyer'", "1"),
    (
        "Account",
        "AccountManager.Id eq 'UDEMOA000001' and Type eq 'Prospect' and "
        'upper(AccountName) like "%BBOT%"',
        "1",
    ),
    (
        "History",
        "Category eq 'Database Change' and Description like '%Status%' and "
        "StartDate ge @2026-01-01@",
        "3",
    ),
    ("Contact", "(Status eq 'Active') and Id gt 'CA2EK000000B'", "ad"),
    ("Account", "left(AccountName,3) eq 'Abb'", "1"),
    ("Contact", "Account.AccountName ne null", "Bad"),
    ("Group", 'name eq "All Contacts"', "2"),
    ("User", "UserName like '%Territory%'", "2"),
    ("Group", "isAdHoc and upper(family) eq 'CONTACT'", "1"),
    ("Group", "not isHidden", "1"),
    ("History", "Description not like '%.URL'", "3"),
    ("Account", "AccountManager.UserInfo.LastName eq 'Hogan'", "1"),
]


@pytest.mark.parametrize(("kind", "where", "found"), CLAUSES)
def test_a_clause_of_the_field_finds_its_rows(world, kind, where, found):
    assert world.ends(kind, where) == found


def test_names_keywords_and_functions_ignore_case(world):
    clause = "UPPER(firstname) EQ 'JOHN' AND NOT (donotemail EQ TRUE)"
    assert world.ends("Contact", clause) == "a"


def test_the_dollar_key_is_the_id(world):
    assert world.ends("Contact", "$key eq 'CA2EK000000a'") == "a"
    assert world.ends("Contact", "Account.$key eq 'AA2EK0000002'") == "B"


def test_an_empty_clause_finds_everything(world):
    assert world.ends("Contact", " ") == world.ends("Contact") == "BCad"

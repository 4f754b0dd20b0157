"""Nulls, joins, collections, dates, text and rights: where rows vanish or appear."""

import pytest

CS = {"collation": "CS"}
JOIN = {"collection_paths": "join"}


class TestNull:
    def test_an_unequal_comparison_drops_rows_without_a_value(self, world):
        assert world.ends("Contact", "Status ne 'Inactive'") == "ad"
        clause = "(Status ne 'Inactive' or Status eq null)"
        assert world.ends("Contact", clause) == "Cad"

    def test_not_keeps_the_unknown_unknown(self, world):
        assert world.ends("Contact", "not DoNotEmail") == "ad"
        assert world.ends("Contact", "not (Score gt 7)") == "Bd"

    @pytest.mark.parametrize(
        ("clause", "found"),
        [
            ("Score eq null", "C"),
            ("null eq Score", "C"),
            ("Score ne null", "Bad"),
            ("Score gt null", ""),
            ("Score in (7, null)", "B"),
            ("Score not in (7, null)", ""),
            ("Score between null and 100", ""),
            ("null", ""),
            ("Score gt 7 or null", "a"),
            ("FirstName like null", ""),
            ("(Score gt 7) eq null", "C"),
            ("Score + 1 eq null", "C"),
            ("upper(Status) eq null", "C"),
        ],
    )
    def test_null_compares_as_in_sql(self, world, clause, found):
        assert world.ends("Contact", clause) == found

    def test_an_empty_text_is_not_null(self, world):
        assert world.ends("Contact", "Email ne ''") == "BCa"
        assert world.ends("Contact", "Subsnum eq ''") == "B"


class TestReferences:
    def test_a_criterion_on_a_missing_reference_drops_the_row(self, world):
        clause = "LastName eq 'O''Hara' or Account.AccountName eq 'Abbott Ltd.'"
        assert world.ends("Contact", clause) == "ad"

    def test_not_even_a_null_test_finds_the_missing_reference(self, world):
        assert world.ends("Contact", "Account.AccountName eq null") == ""

    def test_the_reference_itself_can_be_null(self, world):
        assert world.ends("Contact", "Account eq null") == "C"
        assert world.ends("Contact", "Account ne null") == "Bad"

    def test_two_criteria_mean_one_referenced_row(self, world):
        clause = "Address.City eq 'Linz' and address.COUNTRY eq 'Switzerland'"
        assert world.ends("Contact", clause) == ""


class TestCollections:
    def test_a_parent_is_found_once_for_many_children(self, world):
        assert world.ends("Account", "Contacts.LastName ne null") == "12"

    def test_two_criteria_mean_the_same_child(self, world):
        clause = "Contacts.FirstName eq 'John' and Contacts.LastName eq 'Straße'"
        assert world.ends("Account", clause) == ""

    def test_a_parent_without_children_is_dropped_even_inside_or(self, world):
        clause = "AccountName like 'Empty%' or Contacts.LastName eq 'Abbott'"
        assert world.ends("Account", clause) == "1"

    def test_joining_repeats_the_parent_per_child(self, world):
        found = world.ends("Account", "Contacts.LastName ne null", switches=JOIN)
        assert found == "112"

    def test_a_reference_behind_a_collection_is_reached(self, world):
        assert world.ends("Deal", "Contacts.Contact.LastName eq 'Quade'") == "12"

    def test_a_reference_outside_stays_an_inner_join(self, world):
        clause = "Deals.Role eq 'Buyer' and Account.AccountName like 'B%'"
        assert world.ends("Contact", clause) == "B"


class TestDates:
    def test_a_date_without_a_zone_is_the_servers(self, world):
        clause = "StartDate eq @2026-05-01T12:00:00@"
        assert world.ends("History", clause, server_timezone="Europe/Vienna") == "1"
        assert world.ends("History", clause, server_timezone="UTC") == ""

    def test_a_day_begins_at_the_servers_midnight(self, world):
        clause = "StartDate ge @2026-05-03@"
        assert world.ends("History", clause) == "3"
        # Midnight in New York is four hours later.
        assert world.ends("History", clause, server_timezone="America/New_York") == ""

    @pytest.mark.parametrize(
        "moment",
        [
            "2026-05-01T10:00:00Z",
            "2026-05-01T12:00:00+02:00",
            "2026-05-01T05:00:00.000-05:00",
            "2026-05-01T10:00:00.0009999Z",
            "2026-05-01T10:00Z",
        ],
    )
    def test_zones_and_fractions_are_understood(self, world, moment):
        options = {"server_timezone": "Asia/Tokyo"}
        assert world.ends("History", f"StartDate eq @{moment}@", **options) == "1"

    def test_winter_and_summer_have_their_own_offsets(self, world):
        vienna = {"server_timezone": "Europe/Vienna"}
        winter = world.compile("Contact", "ModifyDate gt @2026-01-15@", **vienna)
        summer = world.compile("Contact", "ModifyDate gt @2026-07-15@", **vienna)
        assert winter.params == (world.ms("2026-01-14T23:00:00"),)
        assert summer.params == (world.ms("2026-07-14T22:00:00"),)

    def test_dates_before_1970_are_negative(self, world):
        compiled = world.compile("Contact", "ModifyDate gt @1901-01-01T00:00:00Z@")
        assert compiled.params == (world.ms("1901-01-01"),)
        assert compiled.params[0] < 0


class TestText:
    @pytest.mark.parametrize(
        ("clause", "found"),
        [
            ("Email eq 'X@y'", "Ca"),
            ("FirstName eq 'ÖZGÜR'", "B"),
            ("FirstName in ('ann', 'özgür')", "BC"),
            ("FirstName like 'öz%'", "B"),
            ("FirstName like '_zgür'", "B"),
            ("LastName ge 'q' and LastName lt 's'", "B"),
            ("LastName between 'Q' and 'r'", "B"),
            ("Status eq AccountName", ""),
            ("Address.City eq 'ZÜRICH'", "B"),
        ],
    )
    def test_case_does_not_matter_by_default(self, world, clause, found):
        assert world.ends("Contact", clause) == found

    @pytest.mark.parametrize(
        ("clause", "found"),
        [
            ("Email eq 'x@y'", "a"),
            ("FirstName eq 'özgür'", ""),
            ("FirstName like 'Ö%'", "B"),
            ("FirstName like 'ö%'", ""),
            ("upper(FirstName) like 'Ö%'", "B"),
            ("Status in ('active')", "d"),
        ],
    )
    def test_case_matters_where_the_database_says_so(self, world, clause, found):
        assert world.ends("Contact", clause, switches=CS) == found

    def test_keys_keep_their_case(self, world):
        assert world.ends("Contact", "Id eq 'ca2ek000000A'") == ""
        assert world.ends("History", "ContactId eq 'CA2EK000000A'") == ""
        same = {"id_collation": "CI"}
        assert world.ends("Contact", "Id eq 'ca2ek000000A'", switches=same) == "a"

    def test_padding_of_a_key_does_not_matter(self, world):
        assert world.ends("Contact", "Id eq 'CA2EK000000a   '") == "a"

    @pytest.mark.parametrize(
        "clause", ["LastName eq 'O''Hara'", 'LastName eq "O\'Hara"']
    )
    def test_quotes_are_doubled_or_of_the_other_kind(self, world, clause):
        assert world.ends("Contact", clause) == "C"

    def test_wildcards_in_an_equation_are_characters(self, world):
        assert world.ends("Contact", "Email eq '%'") == ""

    def test_a_pattern_may_come_from_a_column(self, world):
        assert world.ends("Contact", "LastNameUpper like upper(LastName)") == "BCad"
        assert world.ends("Contact", "'abbott' like LastName") == "a"


class TestEnums:
    def test_members_are_compared_by_name_in_any_case(self, world):
        assert world.ends("History", "Type eq 'ATNOTE'") == "1"
        assert world.ends("History", "Type in ('atNote','atEMail')") == "12"

    def test_members_have_numbers(self, world):
        assert world.ends("History", "Type eq 262154") == "2"
        assert world.ends("User", "Type eq 3") == "2"

    def test_like_sees_the_name(self, world):
        assert world.ends("History", "Type like 'at%e'") == "13"


class TestRights:
    def test_hidden_rows_do_not_exist(self, world):
        rights = ("{t}.{owner} IN (?)", ("SYST00000001",))
        assert world.ends("Account", row_filter=rights) == "13"

    def test_rows_joined_to_hidden_ones_vanish(self, world):
        rights = ("{t}.{owner} IN (?)", ("SYST00000001",))
        everyone = world.ends("Contact", "Account.Id ne null")
        restricted = world.ends("Contact", "Account.Id ne null", row_filter=rights)
        assert (everyone, restricted) == ("Bad", "ad")

    def test_rights_may_differ_by_entity(self, world):
        def rights(entity):
            if entity.name == "Address":
                return "{t}.CITY <> ?", ("Linz",)
            return None

        assert world.ends("Contact", "Address.City ne null", row_filter=rights) == "B"

    def test_rights_hold_inside_collections(self, world):
        def rights(entity):
            return (
                ("{t}.ROLE = ?", ("Advisor",)) if entity.name == "Participant" else None
            )

        clause = "Contacts.Contact.LastName ne null and Title ne ?"
        clause = clause.replace("?", "'Tunnel'")
        assert world.ends("Deal", clause, row_filter=rights) == "1"


def test_children_are_read_below_their_parent(world):
    parent = ("ACCOUNTID", "AA2EK0000001")
    assert world.ends("Contact", parent=parent) == "ad"
    assert world.ends("Contact", "Score lt 0", parent=parent) == "d"


def test_a_query_by_the_clock_says_so(world):
    fresh = world.compile("Contact", "ModifyDate gt dateSub(currentTimestamp(), 1)")
    assert fresh.volatile
    assert world.compile("Contact", "AgeInDays gt 1").volatile
    assert not world.compile("Contact", "Score gt 1").volatile

"""select=, include= and what stands in parentheses behind a kind."""

import pytest

from infor_crm_simulator.query import (
    Key,
    Predicate,
    QueryError,
    parse_include,
    parse_predicate_or_key,
    parse_select,
    parse_where,
)


class TestNames:
    def test_names_ignore_case_and_keep_their_spelling(self):
        tree = parse_select("Id, createdate ,STATUS")
        assert list(tree) == ["Id", "createdate", "STATUS"]
        assert "CreateDate" in tree
        assert tree.wants("Status")
        assert not tree.wants("Email")

    def test_a_slash_implies_the_nested_object(self):
        tree = parse_select("LastName,Account/AccountName,Account/Owner/Type,Address/*")
        assert tree.nested == ["Account", "Address"]
        assert list(tree.below("ACCOUNT")) == ["AccountName", "Owner"]
        assert tree.below("account").below("owner").wants("type")
        assert tree.below("Address").everything
        assert not tree.below("LastName")

    def test_a_star_wants_everything_of_its_level(self):
        tree = parse_select("*,Account/AccountName")
        assert tree.wants("Anything")
        assert not tree.below("Account").everything

    @pytest.mark.parametrize("text", [None, "", " ", ",", "/"])
    def test_nothing_named_is_an_empty_tree(self, text):
        assert not parse_select(text)

    def test_include_takes_dollar_names(self):
        tree = parse_include("Address,$permissions,Account/Contacts")
        assert "$permissions" in tree
        assert "contacts" in tree.below("Account")


class TestSelectors:
    @pytest.mark.parametrize(
        "segment",
        [
            "contacts('CA2EK0013058')",
            'contacts("CA2EK0013058")',
            "contacts(CA2EK0013058)",
            "contacts('CA2EK0013058  ')",
            "('CA2EK0013058')",
            "contacts%28%27CA2EK0013058%27%29",
            "contacts( 'CA2EK0013058' )",
        ],
    )
    def test_a_key_is_found_however_it_is_quoted(self, segment):
        assert parse_predicate_or_key(segment) == Key("CA2EK0013058")

    def test_a_raw_key_may_hold_blanks(self):
        assert parse_predicate_or_key("users(ADMIN       )") == Key("ADMIN")
        assert parse_predicate_or_key("pickLists(Lead Status)") == Key("Lead Status")

    def test_quotes_inside_are_doubled(self):
        assert parse_predicate_or_key("x('O''Hara')") == Key("O'Hara")
        assert parse_predicate_or_key('x("say ""so""")') == Key('say "so"')

    def test_composite_keys_come_in_two_forms(self):
        short = parse_predicate_or_key("userOptions('General;Currency')")
        named = parse_predicate_or_key("userOptions('category=General;name=Currency')")
        assert short == Key("General;Currency")
        assert named.parts == {"category": "General", "name": "Currency"}

    def test_a_predicate_is_a_where_clause(self):
        found = parse_predicate_or_key(
            "groups(family eq 'Account' and name eq 'All Accounts')"
        )
        assert found == Predicate(
            parse_where("family eq 'Account' and name eq 'All Accounts'"),
            "family eq 'Account' and name eq 'All Accounts'",
        )

    def test_a_predicate_may_be_percent_encoded(self):
        found = parse_predicate_or_key("groups(name%20eq%20%27A%20%26%20B%27)")
        assert found.expression == parse_where("name eq 'A & B'")

    @pytest.mark.parametrize(
        "segment", ["x()", "x('')", "x", "x('a", "x(name eq)", "x('a','b')", "x(a or)"]
    )
    def test_anything_else_is_a_bad_url(self, segment):
        with pytest.raises(QueryError) as caught:
            parse_predicate_or_key(segment)
        assert (caught.value.status, caught.value.sdata_code) == (400, "BadUrlSyntax")

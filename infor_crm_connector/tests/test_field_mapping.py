"""Standard Field Names: what is mapped with what."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..const import DEFAULT_MAPPING
from .test_export_values import EncoderCase

ADDRESS = ("street", "street2", "city", "state_id", "zip", "country_id")


class MappingCase(EncoderCase):
    def setUp(self):
        super().setUp()
        self.Mapping = self.env["infor.crm.field.mapping"]

    def refuses(self, sentence, target, path, **values):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.map(target, path, **values)
        self.assertIn(sentence, str(caught.exception))

    def places(self):
        found = self.Mapping.search([("connector_id", "=", self.connector.id)])
        return {(row.odoo_model, row.kind) for row in found}

    def reset(self, connector):
        wizard = self.env["infor.crm.optimize"].create({"connector_id": connector.id})
        wizard.action_reset_defaults()

    def odoo_field(self, name, model="mailing.contact"):
        self.env["infor.crm.odoo.field"]._refresh()
        found = self.env["infor.crm.odoo.field"].search(
            [("model", "=", model), ("name", "=", name)]
        )
        self.assertEqual(len(found), 1, name)
        return found


@tagged("post_install", "-at_install")
class TestDefaults(MappingCase):
    def test_good_defaults_from_the_first_minute_address_included(self):
        self.assertEqual(self.places(), set(DEFAULT_MAPPING))
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        self.assertFalse(rows.filtered("suspended"))
        self.assertFalse(rows.filtered("may_clear"))
        self.assertFalse(rows.filtered("fill_if_empty"))
        for model, kind in self.places():
            place = self.Mapping._rows_of(self.connector, kind, model)
            self.assertLessEqual(set(ADDRESS), set(place.mapped("odoo_field")))
            self.assertIn("LastName", place.mapped("crm_field"))

    def test_the_defaults_keep_all_rules(self):
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        for row in rows:
            row.write({"crm_field": row.crm_field, "direction": row.direction})

    def test_what_an_administrator_took_away_stays_away(self):
        self.row("street2").unlink()
        self.connector.action_reconfirm()
        self.env["infor.crm.connector"]._offer_default_mappings()
        self.assertFalse(self.row("street2"))
        self.assertTrue(self.row("street"))

    def test_connectors_of_former_versions_get_what_is_new(self):
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        rows.filtered(lambda row: row.odoo_model != "mailing.contact").unlink()
        self.row("street2").unlink()
        self.connector.mapping_offered = False
        self.env["infor.crm.connector"]._offer_default_mappings()
        self.assertEqual(self.places(), set(DEFAULT_MAPPING))
        self.assertFalse(self.row("street2"), "it was taken away before")

    def test_reset_to_defaults_is_the_way_back(self):
        before = {
            (row.odoo_model, row.kind, row.odoo_field, row.crm_field, row.direction)
            for row in self.Mapping.search([("connector_id", "=", self.connector.id)])
        }
        self.row("street2").unlink()
        self.row("function").write({"direction": "pull", "may_clear": True})
        self.map(self.set_property("score", "integer"), "EngagementScore")
        self.reset(self.connector)
        rows = self.Mapping.search([("connector_id", "=", self.connector.id)])
        after = {
            (row.odoo_model, row.kind, row.odoo_field, row.crm_field, row.direction)
            for row in rows
        }
        self.assertEqual(after, before)
        self.assertFalse(rows.filtered("may_clear"))

    def test_resetting_touches_no_other_connector(self):
        other = self.make_connected(name="Another")
        row = self.Mapping.search(
            [("connector_id", "=", other.id), ("odoo_field", "=", "phone")], limit=1
        )
        row.unlink()
        count = other.mapping_count
        self.reset(self.connector)
        other.invalidate_recordset()
        self.assertEqual(other.mapping_count, count)


@tagged("post_install", "-at_install")
class TestChoosing(MappingCase):
    """Both sides are chosen from what is really there."""

    def test_a_row_is_chosen_not_typed(self):
        form = Form(
            self.Mapping.with_context(default_connector_id=self.connector.id),
            "infor_crm_connector.infor_crm_field_mapping_view_list",
        )
        form.odoo_model = "mailing.contact"
        form.kind = "lead"
        form.odoo_field_id = self.odoo_field(self.set_property("score", "integer"))
        form.crm_field_id = self.field("EngagementScore")
        form.direction = "both"
        row = form.save()
        self.assertEqual(row.odoo_field, "properties.score")
        self.assertEqual(row.crm_field, "EngagementScore")
        self.assertEqual(row.odoo_label, "Score")

    def test_columns_of_uploaded_lists_can_be_chosen(self):
        target = self.set_property("shoe_size", "float")
        self.assertEqual(self.odoo_field(target).label, "Shoe_size")
        self.assertTrue(self.odoo_field(target).custom)

    def test_fields_of_every_model_can_be_chosen(self):
        self.assertEqual(
            self.odoo_field("website", "res.partner").label, "Website Link"
        )
        self.assertTrue(self.odoo_field("partner_name", "crm.lead"))
        self.assertTrue(self.odoo_field("name.last", "res.partner"))

    def test_bookkeeping_and_imported_columns_are_not_offered(self):
        self.imported("lead", "CustomerTier")
        self.env["infor.crm.odoo.field"]._refresh()
        names = self.env["infor.crm.odoo.field"].search([]).mapped("name")
        for name in ("id", "create_date", "message_bounce", "email_normalized"):
            self.assertNotIn(name, names)
        self.assertFalse([name for name in names if "infor_" in name])

    def test_a_column_that_is_gone_is_not_offered_any_more(self):
        target = self.set_property("score", "integer")
        field = self.odoo_field(target)
        base = self.env["properties.base.definition"].sudo()
        base._get_definition_for_property_field(
            "mailing.contact", "properties"
        ).properties_definition = []
        self.env["infor.crm.odoo.field"]._refresh()
        self.assertFalse(field.active)

    def test_the_screen_opens_with_what_there_is_now(self):
        target = self.set_property("fresh", "char")
        action = self.connector.action_view_mappings()
        self.assertEqual(action["name"], "Standard Field Names")
        self.assertEqual(action["context"]["default_connector_id"], self.connector.id)
        found = self.env["infor.crm.odoo.field"].search([("name", "=", target)])
        self.assertTrue(found)

    def test_the_menu_opens_the_mapping_of_the_only_connector(self):
        self.env["infor.crm.connector"].search([]).filtered(
            lambda c: c != self.connector
        ).mode = "draft"
        action = self.Mapping.action_open()
        self.assertEqual(action["domain"], [("connector_id", "=", self.connector.id)])

    def test_administrators_map_and_others_only_look(self):
        user = new_test_user(
            self.env, "marketing", groups="infor_crm_connector.group_user"
        )
        row = self.row("phone").with_user(user)
        self.assertEqual(row.odoo_label, "Phone")
        with self.assertRaises(AccessError):
            row.direction = "pull"
        with self.assertRaises(AccessError):
            self.connector.with_user(user)._reset_mapping()


@tagged("post_install", "-at_install")
class TestRefusals(MappingCase):
    def test_an_odoo_field_twice(self):
        """Odoo shows people the message of the index."""
        with (
            self.assertRaises(UniqueViolation) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.map("phone", "Mobile")
        name = caught.exception.diag.constraint_name
        self.assertEqual(name, "infor_crm_field_mapping_field_unique")

    def test_a_field_of_the_crm_pushed_twice(self):
        target = self.set_property("desk_phone", "char")
        self.refuses(
            "“Work Phone” of Infor CRM would be filled from “Desk_phone” and from "
            "“Phone”",
            target,
            "workphone",
        )
        self.assertTrue(self.map(target, "WorkPhone", direction="pull"))

    def test_types_that_cannot_be_converted(self):
        target = self.set_property("since", "date")
        self.refuses(
            "“Since” and “Industry” cannot be mapped: Text of Infor CRM cannot be "
            "converted into a date of Odoo.",
            target,
            "Industry",
        )
        self.refuses("cannot be converted", "name", "DoNotEmail")

    def test_a_field_of_the_crm_that_can_only_be_read(self):
        target = self.set_property("full_name", "char")
        sentence = "“Lead Full Name” can only be read in Infor CRM"
        self.refuses(sentence, target, "LeadFullName")
        self.refuses(sentence, target, "LeadFullName", direction="push")
        self.assertTrue(self.map(target, "LeadFullName", direction="pull"))

    def test_a_field_of_odoo_that_can_only_be_read(self):
        self.row("commercial_company_name", model="res.partner").unlink()
        self.refuses(
            "can only be read in Odoo",
            "commercial_company_name",
            "Company",
            model="res.partner",
        )

    def test_types_of_odoo_that_the_crm_has_nothing_like(self):
        self.refuses("“Tags” of Odoo cannot be mapped", "tag_ids", "Industry")
        target = self.set_property("colours", "tags", tags=[["a", "A", 1]])
        self.refuses("Odoo has no field", target, "Industry")

    def test_fields_that_are_not_there(self):
        self.refuses("Odoo has no field “shoe_size” there", "shoe_size", "Industry")
        self.refuses("Infor CRM has no field “ShoeSize” there", "name", "ShoeSize")

    def test_places_that_make_no_sense(self):
        self.refuses(
            "Mailing contact cannot be mapped with Account of Infor CRM",
            "name",
            "AccountName",
            kind="account",
        )
        self.assertTrue(
            self.map("name", "AccountName", kind="account", model="res.partner")
        )

    def test_the_address_people_are_matched_by_stays(self):
        row = self.row("email")
        sentence = "stays mapped with Email"
        for values in (
            {"crm_field": "WebAddress"},
            {"odoo_field": "name"},
            {"direction": "push"},
            {"kind": "contact"},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                row.write(values)
        with self.assertRaisesRegex(UserError, sentence):
            row.unlink()
        row.direction = "pull"


@tagged("post_install", "-at_install")
class TestLookingAgain(MappingCase):
    """A changed mapping makes the lists concerned look again."""

    def setUp(self):
        super().setUp()
        self.sync, _run = self.imported()
        self.contacts, _run = self.imported("contact")
        (self.sync | self.contacts).write({"read_all": False, "push_all": False})

    def assertLooksAgain(self):
        self.assertTrue(self.sync.read_all and self.sync.push_all)
        self.assertFalse(self.contacts.read_all or self.contacts.push_all)

    def test_after_a_new_row(self):
        self.map(self.set_property("score", "integer"), "EngagementScore")
        self.assertLooksAgain()

    def test_after_a_changed_row(self):
        self.row("phone").direction = "pull"
        self.assertLooksAgain()

    def test_after_a_row_that_was_taken_away(self):
        self.row("phone").unlink()
        self.assertLooksAgain()

    def test_not_after_a_row_was_moved(self):
        self.row("phone").sequence = 3
        self.assertFalse(self.sync.read_all or self.sync.push_all)


@tagged("post_install", "-at_install")
class TestMappedColumns(MappingCase):
    """Columns that people added travel once they are mapped."""

    def test_a_column_of_an_uploaded_list_is_filled(self):
        target = self.set_property("score", "integer")
        self.map(target, "EngagementScore")
        self.imported()
        row = next(
            rows[0]
            for rows in self.usable(self.rows()).values()
            if not rows[1:] and rows[0]["ENGAGEMENTSCORE"] is not None
        )
        contact = self.contact(row["EMAIL"])
        self.assertEqual(contact.properties["score"], row["ENGAGEMENTSCORE"])

    def test_a_choice_is_found_by_its_label(self):
        tiers = {row["CUSTOMERTIER"] for row in self.rows() if row["CUSTOMERTIER"]}
        choices = [[f"k{n}", tier] for n, tier in enumerate(sorted(tiers))]
        target = self.set_property("tier", "selection", selection=choices)
        self.map(target, "CustomerTier")
        self.imported()
        row = next(
            rows[0]
            for rows in self.usable(self.rows()).values()
            if not rows[1:] and rows[0]["CUSTOMERTIER"]
        )
        contact = self.contact(row["EMAIL"])
        labels = dict(choices)
        stored = contact.properties._values["tier"]
        self.assertEqual(labels[stored], row["CUSTOMERTIER"])

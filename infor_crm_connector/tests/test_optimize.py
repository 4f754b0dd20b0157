"""Optimize for Infor CRM: a mapping is proposed, and shown before it is saved."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .test_field_mapping import ADDRESS, MappingCase


class OptimizeCase(MappingCase):
    def setUp(self):
        super().setUp()
        # columns of this database would take the counterparts
        base = self.env["properties.base.definition"].sudo()
        base._get_definition_for_property_field(
            "mailing.contact", "properties"
        ).properties_definition = []

    def open(self):
        action = self.Mapping.with_context(
            default_connector_id=self.connector.id
        ).action_optimize()
        return self.env[action["res_model"]].browse(action["res_id"])

    def line(self, wizard, target, kind="lead", model="mailing.contact"):
        lines = wizard.line_ids | wizard.kept_ids
        return lines.filtered(
            lambda line: (
                (line.odoo_field, line.kind, line.odoo_model) == (target, kind, model)
            )
        )

    def proposed(self, target, **place):
        line = self.line(self.open(), target, **place)
        return line.change, line.crm_field, line.direction

    def state(self):
        return {
            (row.odoo_model, row.kind, row.odoo_field): (row.crm_field, row.direction)
            for row in self.Mapping.search([("connector_id", "=", self.connector.id)])
        }

    def forget_address(self, kind="lead", model="mailing.contact"):
        for target in ADDRESS:
            self.row(target, kind, model).unlink()


@tagged("post_install", "-at_install")
class TestOptimize(OptimizeCase):
    def test_street_city_state_postal_code_and_country_are_proposed(self):
        self.forget_address()
        wizard = self.open()
        found = {t: self.line(wizard, t) for t in ADDRESS}
        self.assertEqual(
            {t: line.crm_field for t, line in found.items()},
            {
                "street": "Address/Address1",
                "street2": "Address/Address2",
                "city": "Address/City",
                "state_id": "Address/State",
                "zip": "Address/PostalCode",
                "country_id": "Address/Country",
            },
        )
        self.assertEqual({line.change for line in found.values()}, {"added"})
        self.assertTrue(all(line.take for line in found.values()))

    def test_it_is_proposed_for_every_model(self):
        for model in ("res.partner", "crm.lead"):
            self.forget_address("lead", model)
            found = self.proposed("zip", model=model)
            self.assertEqual(found, ("added", "Address/PostalCode", "push"))

    def test_columns_of_uploaded_lists_find_their_counterpart(self):
        cases = {
            ("mobile_phone", "char"): ("added", "Mobile", "both"),
            ("engagement_score", "integer"): ("added", "EngagementScore", "both"),
            ("web", "char"): ("added", "WebAddress", "both"),
            ("customer_tiers", "char"): ("added", "CustomerTier", "both"),
        }
        targets = {name: self.set_property(*name) for name in cases}
        wizard = self.open()
        for name, expected in cases.items():
            with self.subTest(name=name):
                line = self.line(wizard, targets[name])
                found = line.change, line.crm_field, line.direction
                self.assertEqual(found, expected)

    def test_what_is_only_similar_is_not_ticked(self):
        target = self.set_property("customer_tiers", "char")
        line = self.line(self.open(), target)
        self.assertEqual((line.reason, line.take), ("similar", False))

    def test_nor_what_merely_has_the_same_name_in_odoo(self):
        line = self.line(self.open(), "priority", model="crm.lead")
        self.assertEqual((line.reason, line.take), ("same", False))
        target = self.set_property("mobile", "char")
        line = self.line(self.open(), target)
        self.assertEqual((line.reason, line.take), ("same", True))

    def test_a_type_that_does_not_fit_is_not_proposed(self):
        target = self.set_property("mobile", "date")
        self.assertFalse(self.line(self.open(), target))

    def test_what_can_only_be_read_is_pulled(self):
        target = self.set_property("lead_full_name", "char")
        self.assertEqual(self.proposed(target), ("added", "LeadFullName", "pull"))

    def test_consent_and_bookkeeping_are_never_proposed(self):
        targets = [
            self.set_property("do_not_email", "boolean"),
            self.set_property("create_date", "datetime"),
            self.set_property("import_id", "char"),
        ]
        wizard = self.open()
        for target in targets:
            self.assertFalse(self.line(wizard, target))
        crm_fields = wizard.line_ids.mapped("crm_field")
        self.assertFalse([name for name in crm_fields if name.startswith("DoNot")])

    def test_nothing_is_proposed_twice(self):
        self.set_property("mobile", "char")
        self.set_property("cell", "char")
        wizard = self.open()
        places = [(x.odoo_model, x.kind, x.crm_field) for x in wizard.line_ids]
        self.assertEqual(len(places), len(set(places)))

    def test_imported_columns_are_left_alone(self):
        self.imported("lead", "CustomerTier")
        targets = self.open().line_ids.mapped("odoo_field")
        self.assertFalse([name for name in targets if "infor_" in name])


@tagged("post_install", "-at_install")
class TestTheDifference(OptimizeCase):
    def test_what_stands_already_is_kept(self):
        wizard = self.open()
        self.assertEqual(self.line(wizard, "phone").change, "kept")
        self.assertEqual(len(wizard.kept_ids), len(self.state()))
        self.assertFalse(wizard.kept_ids.filtered("take"))

    def test_a_part_of_the_address_in_another_place_is_changed(self):
        self.row("street").crm_field = "Address/Address3"
        line = self.line(self.open(), "street")
        self.assertEqual(
            (line.change, line.former, line.crm_field),
            ("changed", "Address/Address3", "Address/Address1"),
        )

    def test_two_that_changed_places_come_back(self):
        self.row("street").crm_field = "Address/Address4"
        self.row("street2").crm_field = "Address/Address1"
        self.row("street").crm_field = "Address/Address2"
        self.row("street2").may_clear = True
        self.open().action_save()
        self.assertEqual(self.row("street").crm_field, "Address/Address1")
        self.assertEqual(self.row("street2").crm_field, "Address/Address2")
        self.assertTrue(self.row("street2").may_clear, "this was somebody's choice")

    def test_a_place_that_another_field_holds_is_left_to_it(self):
        self.row("street").unlink()
        target = self.set_property("strasse", "char")
        self.map(target, "Address/Address1")
        wizard = self.open()
        self.assertFalse(self.line(wizard, "street"))
        self.assertEqual(self.line(wizard, target).change, "kept")

    def test_a_field_that_is_gone_gets_another_counterpart(self):
        target = self.set_property("mobile", "char")
        self.map(target, "TollFree")
        self.field("TollFree").active = False
        self.env.invalidate_all()
        line = self.line(self.open(), target)
        self.assertEqual(
            (line.change, line.former, line.crm_field),
            ("changed", "TollFree", "Mobile"),
        )

    def test_nothing_is_saved_before_save(self):
        self.forget_address()
        before = self.state()
        self.open()
        self.assertEqual(self.state(), before)

    def test_save_writes_what_is_ticked_and_nothing_else(self):
        self.forget_address()
        before = self.state()
        wizard = self.open()
        with Form(wizard) as form:
            for number, line in enumerate(wizard.line_ids):
                with form.line_ids.edit(number) as edited:
                    edited.take = line.odoo_field in ("city", "zip")
        wizard.action_save()
        added = {place: what for place, what in self.state().items()}
        self.assertEqual(
            {place: added[place] for place in added.keys() - before.keys()},
            {
                ("mailing.contact", "lead", "city"): ("Address/City", "both"),
                ("mailing.contact", "lead", "zip"): ("Address/PostalCode", "both"),
            },
        )
        self.assertEqual({p: added[p] for p in before}, before)

    def test_everything_proposed_can_be_saved(self):
        self.forget_address()
        self.set_property("mobile", "char")
        self.set_property("customer_tiers", "char")
        wizard = self.open()
        wizard.line_ids.take = True
        count = len(self.state())
        wizard.action_save()
        added = wizard.added_count
        self.assertEqual(len(self.state()), count + added)

    def test_a_second_time_there_is_nothing_left_to_propose(self):
        self.forget_address()
        wizard = self.open()
        wizard.line_ids.take = True
        wizard.action_save()
        again = self.open()
        self.assertFalse(again.line_ids)
        self.assertEqual((again.added_count, again.changed_count), (0, 0))

    def test_only_administrators_may(self):
        user = new_test_user(
            self.env, "marketing", groups="infor_crm_connector.group_user"
        )
        with self.assertRaises(AccessError):
            self.Mapping.with_user(user).with_context(
                default_connector_id=self.connector.id
            ).action_optimize()
        wizard = self.open()
        with self.assertRaises(AccessError):
            wizard.with_user(user).action_save()

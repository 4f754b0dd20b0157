"""Whatever happens afterwards, a sync opts nobody in, and no mailing reaches them.

Somebody opts out on either side, and then anything happens in any order: syncs,
imports, pushes, copies of lists, new addresses on either side, conversions, edits,
twins opted in. Asked of lists, of segments of mailing contacts and of contacts, for
each address the person ever had. Seeded, so that a failure can be repeated.
"""

import random

from odoo.tests import tagged

from .sync_common import SyncCase

WALKS, STEPS = 3, 7
STARTS = ("opt_out_there", "opt_out_here", "leave_list")


class ConsentWalk:
    """One person, and what happens to them."""

    def __init__(self, case, seed):
        self.case = case
        self.draw = random.Random(seed)
        self.number = 0
        self.key, self.contact = case.somebody_mailed()
        self.kind = "lead"
        self.path = []
        self.everywhere = False
        # a copy made before somebody left the list is another list
        case.copies = case.env["mailing.list"]
        self.addresses = {self.contact.email_normalized}
        self.partner = case.env["res.partner"].create({"name": "Same person"})

    def go(self):
        self.case.assertIn(self.contact.email_normalized, self.reached())
        self.step(self.draw.choice(STARTS))
        self.step("do_sync")
        steps = [name for name in dir(self) if name.startswith("do_")]
        for _ in range(STEPS):
            self.step(self.draw.choice(steps))
            self.check()
        self.step("do_sync")
        self.step("do_sync_contacts")
        self.check()
        if self.everywhere:
            said = self.case.crm_row(self.key, self.kind)
            out = said["DONOTEMAIL"] or said["DONOTSOLICIT"]
            self.case.assertTrue(out, f"may be mailed by Infor CRM after {self.path}")

    def step(self, name):
        self.path.append(name)
        getattr(self, name)()
        self.case.env.flush_all()
        self.case.env.invalidate_all()

    # --- opting out -------------------------------------------------------------------

    def opt_out_there(self):
        self.everywhere = True
        self.case.crm_edit(self.key, self.kind, DoNotEmail=True)

    def opt_out_here(self):
        self.everywhere = True
        self.case.env["mail.blacklist"].sudo()._add(self.contact.email)

    def leave_list(self):
        """From this list only: others may go on, but not what was made of it."""
        self.case.subscription(self.contact).opt_out = True

    # --- what may happen --------------------------------------------------------------

    def do_sync(self):
        self.case.synced()

    def do_sync_contacts(self):
        self.case.synced(self.case.contacts)

    def do_import(self):
        self.case.again(self.case.sync)

    def do_import_contacts(self):
        self.case.again(self.case.contacts)

    def do_push_elsewhere(self):
        """Another list that is only pushed."""
        self.case.other_list.contact_ids = [(4, self.contact.id)]
        self.case.synced(self.case.pushed, "push")

    def do_copy_list(self):
        self.case.copies |= self.case.sync.list_id.copy()

    def do_move_there(self):
        self.case.crm_edit(self.key, self.kind, Email=self.address())

    def do_move_here(self):
        self.case.odoo_edit(self.contact, email=self.address())

    def do_edit_there(self):
        self.case.crm_edit(self.key, self.kind, FirstName=f"Name {self.number}")

    def do_edit_here(self):
        self.number += 1
        self.case.odoo_edit(self.contact, first_name=f"Name {self.number}")

    def do_remove_and_add(self):
        """Put on the list anew, as if nothing had been."""
        self.case.subscription(self.contact).unlink()
        self.case.env["mailing.subscription"].create(
            {"list_id": self.case.sync.list_id.id, "contact_id": self.contact.id}
        )

    def do_twin(self):
        """Somebody types the address once more, and puts it on a list."""
        twin = self.case.env["mailing.contact"].create({"email": self.contact.email})
        twin.list_ids = [(4, self.case.other_list.id)]

    def do_convert(self):
        if self.kind == "lead":
            made = self.case.crm_convert(self.key)
            self.key, self.kind = made["contact"].strip(), "contact"

    def do_convert_decided(self):
        """Two contacts have the address, and people say which the lead became."""
        lead, address = self.key, self.contact.email_normalized
        self.do_convert()
        if self.key == lead:
            return
        self.case.crm_add(address, "contact")
        self.do_edit_here()
        self.do_sync()
        cards = self.case.env["infor.crm.question.card"].search(
            [
                ("question_id.subject_key", "=", lead),
                ("question_id.state", "=", "open"),
                ("key", "=", self.key),
            ]
        )
        for card in cards:
            card.action_choose()

    def address(self):
        self.number += 1
        return f"moved.{self.case.sync.id}.{self.number}@people.example"

    # --- what must hold ---------------------------------------------------------------

    def check(self):
        self.addresses.add(self.contact.email_normalized)
        reached = self.reached() & self.held_back()
        self.case.assertFalse(reached, f"would be mailed after {self.path}")

    def held_back(self):
        """Who refuses e-mail does so at each address; who left a list is no member of
        it at the former ones."""
        known = {self.contact.email_normalized}
        return self.addresses if self.everywhere else known

    def reached(self):
        case = self.case
        lists = case.sync.list_id | case.contacts.list_id | case.copies
        if self.everywhere:
            lists |= case.other_list
        found = set()
        for address in self.held_back():
            here = [("email_normalized", "=", address)]
            self.partner.email = address
            found |= case.reached_by_segment("mailing.contact", here)
            found |= case.reached_by_segment("res.partner", here)
        for one in lists:
            found |= case.reached(one)
        return found | case.reached(lists)


class ConsentRandomMixin:
    crm_options = {"seed": 1, "leads": 20, "contacts": 12}

    def setUp(self):
        super().setUp()
        self.contacts, _run = self.imported("contact")
        self.set_up(self.contacts, **self.options)
        self.set_up(self.sync, pushing=("FirstName", "Email"))
        self.other_list = self.env["mailing.list"].create({"name": "Others"})
        self.pushed = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=self.other_list.id
        )
        self.set_up(self.pushed, push=True, push_add=True, push_update=True)

    def test_who_opted_out_is_never_opted_in_nor_mailed(self):
        for seed in range(WALKS):
            with self.subTest(seed=seed):
                ConsentWalk(self, f"{self.generation} {seed}").go()

    def somebody_mailed(self):
        """(key, mailing contact) of a lead whom nothing happened to yet."""
        for row in self.rows():
            person = self.person(row)
            mine = person and self.subscription(person)
            out = row["DONOTEMAIL"] or row["DONOTSOLICIT"]
            if mine and not out and not mine.opt_out and not person.is_blacklisted:
                return self.key(row), person
        raise AssertionError("nobody is left")

    # --- who would be mailed ----------------------------------------------------------

    def reached(self, lists):
        return self._reached(
            {
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [(6, 0, lists.ids)],
            }
        )

    def reached_by_segment(self, model, domain):
        return self._reached(
            {
                "mailing_model_id": self.env["ir.model"]._get_id(model),
                "mailing_domain": repr(domain),
            }
        )

    def _reached(self, values):
        """Addresses to which a mailing would really go."""
        mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "body_arch": "<p>Hi</p>", "body_html": "<p>Hi</p>"}
            | values
        )
        ids = mailing._get_recipients()
        model = self.env[mailing.mailing_model_real]
        people = model.browse(ids)
        refused = set(self.env["mail.blacklist"].search([]).mapped("email"))
        asked = self.env[mailing.mailing_model_name]
        refused |= set(asked._mailing_get_opt_out_list(mailing))
        mailing.unlink()
        return set(people.mapped("email_normalized")) - refused


@tagged("post_install", "-at_install")
class TestConsentRandom(ConsentRandomMixin, SyncCase):
    pass


@tagged("post_install", "-at_install")
class TestConsentRandomOld(ConsentRandomMixin, SyncCase):
    generation = "7.5.4"

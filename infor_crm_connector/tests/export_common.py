"""What the tests of values for Infor CRM share."""

from ..tools.export_values import Encoder
from .import_common import ImportCase

ANN = {
    "first_name": "Ann",
    "last_name": "O'Hara",
    "email": "ann@acme.example",
    "company_name": "Acme",
}


class EncoderCase(ImportCase):
    crm_options = {"seed": 1, "leads": 40, "contacts": 10}

    def encoder(self, kind="lead", model="mailing.contact"):
        return Encoder(self.env, self.connector, kind, model)

    def row(self, target, kind="lead", model="mailing.contact"):
        found = self.env["infor.crm.field.mapping"]._rows_of(
            self.connector, kind, model
        )
        return found.filtered(lambda row: row.odoo_field == target)

    def map(self, target, path, kind="lead", model="mailing.contact", **values):
        return self.env["infor.crm.field.mapping"].create(
            {
                "connector_id": self.connector.id,
                "kind": kind,
                "odoo_model": model,
                "odoo_field": target,
                "crm_field": path,
                **values,
            }
        )

    def set_property(self, name, kind, **values):
        """A column as people add it to the contacts of an uploaded list."""
        base = self.env["properties.base.definition"].sudo()
        record = base._get_definition_for_property_field(
            "mailing.contact", "properties"
        )
        item = {"name": name, "string": name.capitalize(), "type": kind, **values}
        record.properties_definition = [*(record.properties_definition or []), item]
        return f"properties.{name}"

    def only_problem(self, encoder, target, value):
        """The sentence about a value that is not sent."""
        wire, problems = encoder.encode({target: value})
        self.assertEqual(wire, {}, "it was sent all the same")
        self.assertEqual(list(problems), [target])
        return problems[target]

    def send(self, wire, key=None):
        """The record of the CRM after it was written over real HTTP."""
        with self.connector._client() as client:
            if key is None:
                key = client.create("leads", wire).key
            else:
                client.update("leads", key, wire)
            return client.get("leads", key, select=["*", "Address/*"])

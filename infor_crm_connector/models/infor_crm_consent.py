from odoo import api, fields, models


class InforCrmConsent(models.Model):
    """A consent that somebody gave in a form: to which words, when and where.

    Proof, and no more than that: nobody is e-mailed because of it. Where the person had
    opted out, a question asks people whether that still stands.
    """

    _name = "infor.crm.consent"
    _description = "Infor CRM Consent"
    _order = "given_at desc, id desc"
    _rec_name = "address"

    address = fields.Char("E-mail", readonly=True, index="btree_not_null")
    text = fields.Text("Consented to", required=True, readonly=True)
    given_at = fields.Datetime("Given on", required=True, readonly=True)
    page = fields.Char(readonly=True)
    form = fields.Char(readonly=True)
    website = fields.Char(readonly=True)
    lang = fields.Char("Language", readonly=True)
    connector_id = fields.Many2one(
        "infor.crm.connector",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    outbox_id = fields.Many2one(
        "infor.crm.outbox",
        "Submission",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _record(self, row, payload, address):
        """Keep the consents of a submission. ``row``: of the outbox."""
        form = payload["form"]
        return self.sudo().create(
            [
                {
                    "address": address,
                    "text": text,
                    "given_at": payload["at"],
                    "page": form["page"],
                    "form": form["title"],
                    "website": form["website"],
                    "lang": form["lang"],
                    "connector_id": row.connector_id.id,
                    "company_id": row.connector_id.company_id.id,
                    "outbox_id": row.id,
                }
                for text in payload["consents"]
            ]
        )

    @api.model
    def _erase(self, addresses):
        self.sudo().search([("address", "in", list(addresses))]).unlink()

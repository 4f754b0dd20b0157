from lxml import etree
from markupsafe import Markup

from odoo import models

from ..tools import form_marks, form_seal
from ..tools.form_seal import Place

# Whoever edits the page sees the options; they would be lost when it is saved.
EDITS = ("inherit_branding", "inherit_branding_auto", "edit_translations")


class IrQweb(models.AbstractModel):
    """Seals the forms of website pages when their template is compiled."""

    _inherit = "ir.qweb"

    def _get_template(self, template):
        element, document, ref = super()._get_template(template)
        website = self.env.context.get("website_id")
        if website and isinstance(ref, int):
            found = list(form_marks.forms(element))
            if found:
                key = self.env["ir.ui.view"].sudo().browse(ref).key or str(ref)
                self._infor_seal(found, "view", key, website)
                if not any(self.env.context.get(name) for name in EDITS):
                    form_marks.hide_options(element)
        return element, document, ref

    def _infor_seal(self, elements, sort, ref, website):
        for element in elements:
            model = form_marks.model_of(element)
            place = Place(sort, ref, website, element.get(form_marks.PUSH), model)
            form_marks.seal(element, form_seal.make(self.env, place))


class IrQwebFieldHtml(models.AbstractModel):
    """Forms in a record's own text: a blog post, an event."""

    _inherit = "ir.qweb.field.html"

    def record_to_html(self, record, field_name, options):
        place = f"{record._name},{record.id},{field_name}"
        return super(
            IrQwebFieldHtml, self.with_context(infor_crm_place=place)
        ).record_to_html(record, field_name, options)

    def value_to_html(self, value, options):
        html = super().value_to_html(value, options)
        website = self.env.context.get("website_id")
        place = self.env.context.get("infor_crm_place")
        if not (html and website and place and form_marks.PUSH in html):
            return html
        body = etree.fromstring(f"<body>{html}</body>", etree.HTMLParser())[0]
        self.env["ir.qweb"]._infor_seal(
            list(form_marks.forms(body)), "html", place, website
        )
        if not any(self.env.context.get(name) for name in EDITS):
            form_marks.hide_options(body)
        return Markup(etree.tostring(body, encoding="unicode", method="html")[6:-7])

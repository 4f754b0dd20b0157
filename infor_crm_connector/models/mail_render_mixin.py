"""Rendering of imported columns in a mailing.

A text whose expressions are all on the white list is not given to QWeb: Odoo replaces
them by a regular expression that knows dotted names only. What its own placeholder
picker inserts for a property, ``object.properties.get('x')``, would stay in the mail as
it stands (and be empty in a subject), and a country would read ``res.country(20,)``.
Such texts are rendered here by QWeb itself, which refuses everything off the white
list.
"""

import re

from lxml import html
from markupsafe import Markup

from odoo import api, models
from odoo.tools.rendering_tools import parse_inline_template, render_inline_template

PROPERTY = re.compile(r"object\.properties\.get\(")
RELATION = re.compile(r"\bobject\.(country_id|state_id)(?![\w.])")


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_template_qweb_regex(self, template_src, model, res_ids):
        source = RELATION.sub(r"object.\1.name", str(template_src))
        if not PROPERTY.search(source):
            return super()._render_template_qweb_regex(source, model, res_ids)
        variables = self._render_eval_context()
        result = {}
        for record in self.env[model].browse(res_ids):
            rendered = self.env["ir.qweb"]._render(
                html.fragment_fromstring(source, create_parent="div"),
                {**variables, "object": record},
                raise_on_forbidden_code_for_model=model,
            )
            result[record.id] = Markup(rendered[len("<div>") : -len("</div>")])
        return result

    @api.model
    def _render_template_inline_template_regex(self, template_txt, model, res_ids):
        text = RELATION.sub(r"object.\1.name", str(template_txt))
        if not PROPERTY.search(text):
            return super()._render_template_inline_template_regex(text, model, res_ids)
        # The caller has made sure that every expression is on the white list.
        template = parse_inline_template(text)
        variables = self._render_eval_context()
        return {
            record.id: render_inline_template(template, {**variables, "object": record})
            for record in self.env[model].browse(res_ids)
        }

import logging

from odoo import http
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

from odoo.addons.website.controllers.form import WebsiteForm
from odoo.addons.website_mass_mailing.controllers.main import MassMailController

from ..tools.form_marks import SEAL

_logger = logging.getLogger(__name__)


class InforCrmWebsiteForm(WebsiteForm):
    """Form builder's forms: what is sent with a good seal is noted for Infor CRM, in
    the transaction and beside the action the form has anyway. With a bad one nothing
    is, and the visitor cannot tell."""

    def _handle_website_form(self, model_name, **kwargs):
        seal = kwargs.pop(SEAL, None)
        request.params.pop(SEAL, None)
        request.infor_crm_form = (seal, dict(kwargs)) if seal else None
        return super()._handle_website_form(model_name, **kwargs)

    def insert_record(self, request, model_sudo, values, custom, meta=None):
        record_id = super().insert_record(
            request, model_sudo, values, custom, meta=meta
        )
        sent = getattr(request, "infor_crm_form", None)
        if record_id and sent:
            record = request.env[model_sudo.model].sudo().browse(record_id)
            _note("_submit", sent[0], model_sudo.model, sent[1], record)
        return record_id


class InforCrmNewsletter(MassMailController):
    """The box that asks for nothing but an address."""

    @http.route()
    def subscribe(self, list_id, value, subscription_type, **post):
        seal = post.pop(SEAL, None)
        answer = super().subscribe(list_id, value, subscription_type, **post)
        subscribed = answer.get("toast_type") == "success"
        if seal and subscribed and subscription_type == "email":
            _note("_subscribe", seal, "", value, list_id=list_id)
        return answer


def _note(method, seal, model, posted, record=None, list_id=None):
    """Never in the visitor's way: what fails here is undone alone, and logged."""
    # theirs must not fail inside ours
    request.env.flush_all()
    opened = None
    forms = request.env["infor.crm.form"].sudo()
    page = request.httprequest.headers.get("Referer")
    try:
        with request.env.cr.savepoint():
            opened = forms._open(seal, model, request.website)
            if opened and _meant(opened, list_id):
                record = record if record is not None else _subscriber(posted)
                getattr(forms, method)(opened, posted, record, request.website, page)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise  # Odoo repeats the whole request
    except Exception as error:
        _logger.exception("A form's submission could not be noted for Infor CRM")
        if opened:
            _keep_raw(forms, opened, posted, error)


def _meant(opened, list_id):
    """A newsletter's box is for its own list alone."""
    own = opened.marks.list_id
    return own is None or str(own) == str(list_id)


def _subscriber(address):
    contacts = request.env["mailing.contact"].sudo()
    normalized = email_normalize(address, strict=False)
    return contacts.search([("email_normalized", "=", normalized)], limit=1)


def _keep_raw(forms, opened, posted, error):
    try:
        with request.env.cr.savepoint():
            posted = posted if isinstance(posted, dict) else {"email": posted}
            forms._keep_raw(opened, posted, error)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception:
        _logger.exception("Nor could it be kept; Odoo's own record is all there is")

"""Values of Odoo → what is sent to the CRM; the counterpart of ``import_values``.

Whatever cannot be sent is left out and said: nothing is cut,
guessed, or sent to be refused.
"""

from ..lib.sync import blank
from .odoo_fields import ADDRESS, EMAILS, NAME_LINES, catalogue
from .person_names import split_name
from .place_names import load_place_names
from .wire_field import Fitter, Misfit, wire_field

ADDRESS_PROBLEM = "address"
# A new address belongs to somebody, and is the one letters go to.
NEW_ADDRESS = {"Description": "Office", "IsPrimary": True, "IsMailing": True}
# Every lead needs these (docs/sdata.md 8.1): path, connector's setting, where Odoo has
# it when the mapped field is empty.
LAST_NAME, FIRST_NAME, COMPANY = "LastName", "FirstName", "Company"


class Encoder:
    """What the mapping of one kind and one Odoo model can send; made once per run.

    ``targets``: Odoo fields that may be sent. ``read_targets``: what to read of an Odoo
    record so that ``encode`` and ``create_values`` can also say what they left out.
    Call it in the main thread.
    """

    def __init__(self, env, connector, kind, odoo_model):
        self._env = env
        self._connector = connector.sudo()
        self._model = odoo_model
        self._odoo = catalogue(env, odoo_model)
        self._reasons = {}
        self._fields = {}
        self._load(kind)
        self._fitter = Fitter(env, load_place_names(env))
        self._by_path = {f.path.lower(): f for f in self._fields.values()}

    def _load(self, kind):
        env = self._env
        rows = env["infor.crm.field.mapping"]._rows_of(
            self._connector, kind, self._model
        )
        self._mapped = set(rows.mapped("odoo_field"))
        for row in rows:
            odoo = self._odoo.get(row.odoo_field)
            if row.suspended or odoo is None:
                self._reasons[row.odoo_field] = env._("its field is gone")
            elif row.direction == "pull":
                self._reasons[row.odoo_field] = env._(
                    "its mapping goes from Infor CRM to Odoo only"
                )
            else:
                self._fields[row.odoo_field] = wire_field(row.crm_field_id, odoo)
        if self._model == "mailing.contact":
            self._add_columns(kind)

    def _add_columns(self, kind):
        """Columns that lists picked have a property of their own."""
        columns = self._env["infor.crm.field.mapping"]._column_fields(
            self._connector, kind
        )
        for target, field in columns.items():
            if target in self._mapped or target not in self._odoo:
                continue
            column = wire_field(field, self._odoo[target])
            if column.read_only:
                self._reasons[target] = self._env._("Infor CRM lets nobody change it")
            else:
                self._fields[target] = column

    @property
    def targets(self):
        return tuple(self._fields)

    @property
    def read_targets(self):
        unmapped = [t for t in ADDRESS if t not in self._mapped and t in self._odoo]
        name = ["name"] if self._model == "mailing.contact" else []
        return tuple(dict.fromkeys([*self._fields, *unmapped, *name]))

    def encode(self, values, record=None):
        """(values of the wire, {target: sentence} for what was left out).

        ``values``: {target: value in Odoo's terms}; None clears. ``record``: the CRM's
        record as it was read; the key of its address keeps a change in that address.
        What lies in the address is nested: ``{"Address": {"City": …}}``.
        """
        wire, problems = {}, {}
        for target, value in values.items():
            field = self._fields.get(target)
            if field is None:
                self._explain(target, value, problems)
                continue
            try:
                fitted = self._fitter.fit(field, value, self._country_known(values))
            except Misfit as misfit:
                problems[target] = self._sentence(field.label, misfit)
            else:
                _put(wire, field.path, fitted)
        self._explain_address(values, problems)
        _keep_address(wire, record)
        return wire, problems

    def create_values(self, values):
        """(wire, problems, refusal) for a new lead: the connector's defaults join.

        ``refusal`` is a sentence when the lead must not be created, else None. Blank
        values are not sent. A last name that Odoo has only in one line is taken from
        there, so ``wire`` may hold more than ``values``: what both sides agree on is
        what ``values`` says.
        """
        filled = {t: v for t, v in self._named(values).items() if not blank(v)}
        allowed = {t: v for t, v in filled.items() if t not in self._reasons}
        wire, problems = self.encode(allowed)
        if "Address" in wire:
            wire["Address"] = {**NEW_ADDRESS, **wire["Address"]}
        refusal = self._complete(wire, problems)
        return {**self._defaults(), **wire}, problems, refusal

    # --- what is left out -------------------------------------------------------------

    def _explain(self, target, value, problems):
        if target in self._reasons:
            label = self._label(target)
            problems[target] = self._sentence(label, self._reasons[target])
        elif not blank(value) and target not in (*ADDRESS, "name"):
            reason = self._env._("it is not mapped in Standard Field Names")
            problems[target] = self._sentence(self._label(target), reason)

    def _explain_address(self, values, problems):
        """One sentence for all of an address that has nowhere to go."""
        lost = [
            self._label(target)
            for target in ADDRESS
            if not blank(values.get(target)) and target not in self._mapped
        ]
        if lost:
            problems[ADDRESS_PROBLEM] = self._env._(
                "The address was not sent (%s): it is not mapped in Standard Field "
                "Names.",
                ", ".join(lost),
            )

    def _label(self, target):
        odoo = self._odoo.get(target)
        return odoo.label if odoo else target

    def _sentence(self, label, reason):
        return self._env._(
            "%(field)s was not sent: %(reason)s.", field=label, reason=str(reason)
        )

    def _country_known(self, values):
        """Will the CRM know the country that a state belongs to?"""
        if "country_id" in values:
            return not blank(values["country_id"]) and "country_id" in self._fields
        return "country_id" in self._mapped

    # --- new leads --------------------------------------------------------------------

    def _named(self, values):
        """First and last name, taken apart where a mailing contact has one line."""
        last, first = (self._by_path.get(p.lower()) for p in (LAST_NAME, FIRST_NAME))
        line = None if self._model in NAME_LINES else values.get("name")
        given = [values.get(f.target) for f in (first, last) if f]
        if not last or not line or any(not blank(value) for value in given):
            return values
        parts = dict(zip((first, last), split_name(line), strict=True))
        return {**values, **{f.target: part for f, part in parts.items() if f}}

    def _complete(self, wire, problems):
        """The refusal when a last name or company is missing; else they are there."""
        connector = self._connector
        for path, missing, text, sentence in (
            (
                LAST_NAME,
                connector.missing_last_name,
                connector.missing_last_name_text,
                self._env._("Infor CRM wants a last name, and this person has none."),
            ),
            (
                COMPANY,
                connector.missing_company,
                connector.missing_company_text,
                self._env._("Infor CRM wants a company, and this person has none."),
            ),
        ):
            if wire.get(path):
                continue
            field = self._by_path.get(path.lower())
            if field and field.target in problems:
                return problems[field.target]  # a placeholder is no value that is there
            if missing != "text":
                return sentence
            wire[path] = text.strip()
        return None

    def _defaults(self):
        """What the administrator wants in every new lead."""
        connector = self._connector
        wire = {"Owner": {"$key": connector._owner_key()}}
        manager = connector.default_account_manager_id.key or connector.crm_user_key
        if manager:
            wire["AccountManager"] = {"$key": manager}
        if connector.default_lead_source_id:
            wire["LeadSource"] = {"$key": connector.default_lead_source_id.key}
        for name in ("status", "type"):
            if text := (connector[f"default_{name}"] or "").strip():
                wire[name.capitalize()] = text
        return wire


def email_target(odoo_model):
    """The field that holds the address people are matched by."""
    return EMAILS[odoo_model]


def _put(wire, path, value):
    *references, name = path.split("/")
    for reference in references:
        wire = wire.setdefault(reference, {})
    wire[name] = value


def _keep_address(wire, record):
    """Name the address that is meant: values beside its key change that one."""
    if record is None or "Address" not in wire or "Address" not in record:
        return
    key = record.at("Address/$key")
    if key:
        wire["Address"] = {"$key": str(key).strip(), **wire["Address"]}
    else:
        wire["Address"] = {**NEW_ADDRESS, **wire["Address"]}

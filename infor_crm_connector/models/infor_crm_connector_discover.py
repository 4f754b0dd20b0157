from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from odoo import models

from ..const import FORBIDDEN_FIELDS, REFERENCE_FIELDS, RESOURCES
from ..lib.sdata import errors

# subject -> (feed, select, label of a record). Feeds a login may not read are left
# out: choosing by name is a comfort, not a need.
CHOICES = {
    "owner": ("owners", ("OwnerDescription", "Type"), "OwnerDescription"),
    "user": ("userInfo", ("UserName", "Email"), "UserName"),
    "lead_source": ("leadsources", ("Description", "Status"), "Description"),
}
# Free text in the CRM: what is written there has to look like what is there.
SPELLED = frozenset({"address/state", "address/country"})
SAMPLE = 100  # records
MOST_USED = 50  # spellings


class InforCrmConnectorDiscover(models.Model):
    """What the CRM offers: fields of each kind, lists of values, owners, users.

    Asking and storing are apart: nothing is written while waiting for the CRM.
    """

    _inherit = "infor.crm.connector"

    def _refresh_fields(self):
        """Ask the CRM for its fields and choices and store them.

        Raises the client's errors. Call it without own writes pending.
        """
        self.ensure_one()
        with self._client() as client:
            found = self._fetch_offer(client)
        self._store_offer(found)

    def action_refresh_fields(self):
        self.check_access("write")
        self._ensure_callable()
        for connector in self:
            connector._at_the_edge(connector._refresh_fields)

    # --- asking: HTTP only ----------------------------------------------------------

    def _fetch_offer(self, client):
        """{"fields": {kind: [values]}, "choices": {subject: [values]}} from the CRM."""
        fields_of = {
            kind: self._fetch_fields(client, kind, resource)
            for kind, resource in RESOURCES.items()
        }
        self._add_picklists(client, fields_of)
        self._add_used_values(client, fields_of)
        choices = {
            subject: found
            for subject in CHOICES
            if (found := self._fetch_choices(client, subject)) is not None
        }
        return {
            "fields": {kind: rows for kind, rows in fields_of.items() if rows},
            "choices": choices,
        }

    def _fetch_fields(self, client, kind, resource):
        """Values for infor.crm.field; none where the login may not see the kind."""
        try:
            found = client.fields(resource)
        except (errors.RightsRefused, errors.KindNotFound):
            return []
        rows = {}
        for info in found:
            if info.name.lower() not in FORBIDDEN_FIELDS:
                rows[info.name.lower()] = self._field_values(kind, info)
        for name, label in REFERENCE_FIELDS[kind]:
            rows.setdefault(name.lower(), self._reference_values(kind, name, label))
        return list(rows.values())

    def _field_values(self, kind, info):
        return {
            "kind": kind,
            "name": info.name,
            "label": info.label or info.name,
            "type": info.type,
            "max_length": info.max_length or 0,
            "nullable": info.nullable,
            "read_only": info.read_only,
            "custom": bool(info.custom),
            "picklist": info.picklist or False,
            "selection_items": False,
            "limited": False,
            "multiple": False,
        }

    def _reference_values(self, kind, name, label):
        return {
            "kind": kind,
            "name": name,
            "label": label,
            "type": "string",
            "max_length": 0,
            "nullable": True,
            "read_only": True,
            "custom": False,
            "picklist": False,
            "selection_items": False,
            "limited": False,
            "multiple": False,
        }

    def _add_picklists(self, client, fields_of):
        """Put the values of each list into the fields that use it."""
        rows = [row for found in fields_of.values() for row in found if row["picklist"]]
        names = sorted({row["picklist"] for row in rows})
        with ThreadPoolExecutor(max_workers=client.parallel) as pool:
            lists = dict(zip(names, pool.map(_picklist_of(client), names), strict=True))
        for row in rows:
            row.update(lists[row["picklist"]])

    def _add_used_values(self, client, fields_of):
        """How the CRM spells its states and countries, from its oldest records."""
        for kind, rows in fields_of.items():
            wanted = [row for row in rows if row["name"].lower() in SPELLED]
            records = _first_records(client, RESOURCES[kind], wanted) if wanted else []
            for row in wanted:
                texts = (str(r.at(row["name"]) or "").strip() for r in records)
                counted = Counter(text for text in texts if text).most_common(MOST_USED)
                row["used_values"] = [text for text, _count in counted] or False

    def _fetch_choices(self, client, subject):
        """[{"key", "name"}] or None when this login may not list them."""
        resource, select, label = CHOICES[subject]
        try:
            with client.read(resource, select=select) as pages:
                records = [record for page in pages for record in page.records]
        except (errors.RightsRefused, errors.KindNotFound, errors.ServerFault):
            return None
        named = (
            (record.key, str(record.get(label) or "").strip()) for record in records
        )
        return [{"key": key, "name": name} for key, name in named if key and name]

    # --- storing: database only -------------------------------------------------------

    def _store_offer(self, found):
        connector = self.sudo()
        for kind, rows in found["fields"].items():
            connector._store_rows(
                "infor.crm.field", [("kind", "=", kind)], "name", rows
            )
        for subject, rows in found["choices"].items():
            values = [{**row, "subject": subject} for row in rows]
            domain = [("subject", "=", subject)]
            connector._store_rows("infor.crm.choice", domain, "key", values)

    def _store_rows(self, model, domain, identifier, rows):
        """Create, change and deactivate rows so that they are what the CRM offers."""
        known = (
            self.env[model]
            .with_context(active_test=False)
            .search([("connector_id", "=", self.id), *domain])
        )
        by_name = {row[identifier].lower(): row for row in known}
        new = []
        for values in rows:
            record = by_name.pop(values[identifier].lower(), None)
            if record is None:
                new.append({**values, "connector_id": self.id})
            elif changed := _difference(record, {**values, "active": True}):
                record.write(changed)
        self.env[model].create(new)
        gone = [row.id for row in by_name.values() if row.active]
        self.env[model].browse(gone).write({"active": False})


def _difference(record, values):
    return {
        name: value
        for name, value in values.items()
        if (record[name] or False) != (value or False)
    }


def _picklist_of(client):
    """name -> what a field with that list is; no items where it cannot be read."""

    def fetch(name):
        try:
            found = client.picklist(name)
        except (errors.NotFound, errors.KindNotFound, errors.RightsRefused):
            return {"selection_items": False, "limited": False, "multiple": False}
        items = [{"text": item.text, "code": item.code} for item in found]
        return {
            "selection_items": items,
            # an empty list would allow nothing at all
            "limited": found.must_exist and bool(items),
            "multiple": found.multiple,
        }

    return fetch


def _first_records(client, resource, rows):
    """A page of records; none where they cannot be read: it is only a sample."""
    select = [row["name"] for row in rows]
    options = {"page_size": SAMPLE, "read_ahead": 0, "cross_check": False}
    try:
        with client.read(resource, select=select, **options) as pages:
            return next((page.records for page in pages), [])
    except (errors.RightsRefused, errors.KindNotFound, errors.ServerFault):
        return []

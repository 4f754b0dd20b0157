from odoo import models


class InforCrmListSyncKnown(models.Model):
    """Up to when, and in what, a list knows the changes of Infor CRM."""

    _inherit = "infor.crm.list.sync"

    def _holds_kind(self, kind):
        """Whether people of this list may be records of that kind."""
        self.ensure_one()
        if self.push_only or self.kind == kind:
            return True
        return kind in self.env["infor.crm.worker"]._kinds_to_read(self)

    def _is_pulling(self):
        self.ensure_one()
        return bool(self.pull and not self.pull_paused and not self.push_only)

    def _pulled_fields(self):
        """{Odoo target: field of the CRM} that this list may pull now."""
        rows = self._mapping_rows(self.kind)
        pulls, _pushes = self._picked_targets(rows)
        found = self._imported_fields(rows)
        return {t: found[t] for t in found if pulls is None or t in pulls}

    def _column_fields(self):
        """The same of its columns, which are filled once whatever may be pulled."""
        paths = self._paths()
        targets = (self._column_target(field) for field in self._picked_columns())
        return {target: paths[target] for target in targets if target in paths}

    def _imported_fields(self, rows=None):
        """What an import reads: all that the mapping allows, and the columns."""
        rows = self._mapping_rows(self.kind) if rows is None else rows
        paths = self._paths(rows)
        ceiling = self._ceiling(self.kind, rows)
        return {t: paths[t] for t, r in ceiling.items() if r.pull and t in paths}

    def _paths(self, rows=None):
        rows = self._mapping_rows(self.kind) if rows is None else rows
        paths = {row.odoo_field: row.crm_field for row in rows}
        if not self.push_only:
            for field in self._picked_columns(rows):
                paths[self._column_target(field)] = field.name
        return paths

    def _was_pulled(self, known, wanted):
        """Whether all that is wanted now was wanted up to the last window."""
        fields = known.get("fields") or {}
        same = wanted.items() <= fields.items()
        joins = bool(self.group_key) or not self.pull_add or bool(known.get("add"))
        return bool(known.get("until")) and same and joins

    def _new_columns(self, known):
        """Targets of columns that were never read for the whole list."""
        fields = known.get("fields") or {}
        return [t for t, path in self._column_fields().items() if fields.get(t) != path]

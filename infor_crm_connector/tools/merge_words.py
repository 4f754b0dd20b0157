"""What a merge did and did not, in words for people: the field's label, both values."""

from ..lib.sync import INFOR, ODOO

LONGEST = 80  # characters of a value
PLACES = {"country_id": "res.country", "state_id": "res.country.state"}


class MergeWords:
    """``labels``: {Odoo target: label}"""

    def __init__(self, env, labels):
        self._env = env
        self._labels = labels

    def of_merge(self, merge, odoo, infor):
        """Lines about what a pull did. ``odoo``, ``infor``: what the sides held."""
        lost = {one.field: one for one in merge.lost_on(ODOO)}
        changed = [name for name in merge.to_odoo if name not in lost]
        lines = []
        if changed:
            labels = ", ".join(self.label(name) for name in changed)
            lines.append(self._env._("Changed: %s", labels))
        lines += [self._overwritten(one, merge.to_odoo) for one in lost.values()]
        lines += [self._kept(name, odoo, infor) for name in merge.differs]
        lines += [self._cleared(one, odoo, infor) for one in merge.cleared]
        return lines

    def _overwritten(self, lost, written):
        return self._env._(
            "%(label)s: %(odoo)s in Odoo was replaced by %(infor)s of Infor CRM",
            label=self.label(lost.field),
            odoo=self.value(lost.field, lost.value),
            infor=self.value(lost.field, written.get(lost.field)),
        )

    def _kept(self, name, odoo, infor):
        if name not in odoo:
            return self._env._("Kept as in Odoo: %s", self.label(name))
        return self._env._(
            "Kept as in Odoo: %(label)s (%(odoo)s; in Infor CRM %(infor)s)",
            label=self.label(name),
            odoo=self.value(name, odoo.get(name)),
            infor=self.value(name, infor.get(name)),
        )

    def _cleared(self, cleared, odoo, infor):
        if cleared.side == INFOR:
            return self._env._(
                "%(label)s was cleared in Infor CRM; Odoo keeps %(value)s",
                label=self.label(cleared.field),
                value=self.value(cleared.field, odoo.get(cleared.field)),
            )
        return self._env._(
            "%(label)s was cleared in Odoo; Infor CRM keeps %(value)s",
            label=self.label(cleared.field),
            value=self.value(cleared.field, infor.get(cleared.field)),
        )

    def label(self, name):
        return self._labels.get(name, name)

    def value(self, name, value):
        """A value as people know it."""
        if value is None or value == "":
            return self._env._("nothing")
        if isinstance(value, bool):
            return self._env._("yes") if value else self._env._("no")
        if name in PLACES:
            value = self._env[PLACES[name]].browse(value).name
        text = str(value)
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}…"
        return f"“{text}”"

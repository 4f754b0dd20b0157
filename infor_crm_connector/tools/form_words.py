"""What a note says about a submission; ``env`` has the language to say it in."""

from odoo.tools import format_datetime

SHOWN = 500  # characters of a value that stands beside another


class FormWords:
    """``labels``: {target: what people call the field}."""

    def __init__(self, env, labels):
        self._env = env
        self._labels = labels

    def head(self, submission):
        """Which form, when, where, and what the editor wants to be said."""
        env, payload = self._env, submission.payload
        form = payload.get("form") or {}
        lines = [env._("Website form: %s", form.get("title") or "?")]
        lines.append(env._("Submitted: %s", self._moment(payload.get("at"))))
        if form.get("page"):
            lines.append(env._("Page: %s", form["page"]))
        if note := submission.options.get("note"):
            lines.append(note)
        if payload.get("problem"):
            lines.append(env._("Odoo could not read this submission in full."))
        return lines

    def left(self, rows):
        """What has no field in the CRM, in the visitor's words."""
        return [f"{row['label']}: {row['text']}" for row in rows]

    def changes(self, plan, sent, shown):
        """What an existing record got and kept. ``sent``: targets that went there.
        ``shown``: (target, value) → text."""
        lines = []
        replaced = {one.field for one in plan.replaced}
        filled = [t for t in plan.send if t in sent and t not in replaced]
        if filled:
            lines.append(self._env._("Filled in:"))
            lines += [self._line(t, shown(t, plan.send[t])) for t in filled]
        lost = [one for one in plan.replaced if one.field in sent]
        if lost:
            lines.append(self._env._("Overwritten by the form:"))
            lines += [self._both(one, shown, self._env._("before")) for one in lost]
        if plan.kept:
            lines.append(self._env._("Different in the form, and not taken over:"))
            lines += [
                self._both(one, shown, self._env._("Infor CRM has"))
                for one in plan.kept
            ]
        return lines

    def _both(self, difference, shown, words):
        form = shown(difference.field, difference.form)
        infor = shown(difference.field, difference.infor)
        return f"{self._line(difference.field, form)} ({words}: {infor})"

    def _line(self, target, text):
        return f"- {self._labels.get(target, target)}: {text[:SHOWN]}"

    def tail(self, submission, problems, refused):
        """Consents, files, and what could not be sent. ``refused``: opted out."""
        env, payload = self._env, submission.payload
        lines = list(problems)
        lines += [
            env._("Consent given: “%s”", text) for text in payload.get("consents") or []
        ]
        if files := payload.get("files"):
            lines.append(
                env._(
                    "Files were not sent, they are in Odoo (%(count)s): %(names)s",
                    count=len(files),
                    names=", ".join(files),
                )
            )
        if refused and payload.get("consents"):
            lines.append(
                env._(
                    "The person had opted out of e-mail. That stays so until somebody "
                    "decides it in Odoo."
                )
            )
        return lines

    def reference(self, mark):
        return self._env._("Reference of Odoo: %s", mark)

    def _moment(self, text):
        if not text:
            return "?"
        zone = self._env.context.get("tz") or "UTC"
        return f"{format_datetime(self._env, text, dt_format='medium')} ({zone})"

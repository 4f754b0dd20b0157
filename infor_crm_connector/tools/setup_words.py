"""What a set-up will do, in sentences: for the window that edits it and for lists."""

from odoo.tools.i18n import format_list

# More names than these make a sentence nobody reads.
NAMES = 4


def sentences(setup, new_columns=()):
    """[sentence] for an infor.crm.list.sync or the window's copy of one.

    ``new_columns``: fields the next run adds to the list.
    """
    if setup.push or setup.pull:
        words = [_when(setup), *_to_odoo(setup), *_to_infor(setup)]
    else:
        words = [setup.env._("Nothing travels: choose to push, to pull, or both.")]
    if new_columns:
        words.append(
            setup.env._(
                "%s: added to the list, and filled for everybody by the next run.",
                names(setup.env, new_columns),
            )
        )
    return [sentence for sentence in words if sentence]


def warnings(setup):
    """[sentence] about what is chosen but does nothing."""
    env = setup.env
    found = []
    if setup.push and not (setup.push_add or setup.push_update):
        found.append(
            env._(
                "Push to Infor CRM does nothing yet: choose to add new records, to "
                "update existing ones, or both."
            )
        )
    if setup.push and setup.push_update and not setup.push_field_ids:
        found.append(
            env._(
                "No field is selected to push, so records that exist in Infor CRM stay "
                "as they are. Use Select Push-Update Fields."
            )
        )
    if setup.pull and not (setup.pull_add or setup.pull_update):
        found.append(
            env._(
                "Pull from Infor CRM does nothing yet: choose to add new records, to "
                "update existing ones, or both."
            )
        )
    if _pulls(setup) and not setup.pull_all_fields and not setup.pull_field_ids:
        found.append(
            env._(
                "No field is selected to pull, so people in Odoo stay as they are. Use "
                "Select Pull-Update Fields."
            )
        )
    return found


def names(env, crm_fields):
    """ "Phone, City and 3 more"."""
    labels = [field.label for field in crm_fields]
    more = len(labels) - NAMES
    if more > 1:
        labels = [*labels[:NAMES], env._("%s more", more)]
    return format_list(env, labels) if labels else ""


def _pulls(setup):
    return setup.pull and setup.pull_update


def _when(setup):
    if setup.scheduled:
        return f"{setup.schedule_text}." if setup.schedule_text else ""
    if setup.push_only:
        return setup.env._("Only when somebody presses Push Once.")
    return setup.env._("Only when somebody presses Run Now.")


def _to_odoo(setup):
    env = setup.env
    if setup.push_only:
        return [env._("Nothing is pulled from Infor CRM.")]
    if not setup.pull:
        return [env._("Nothing comes from Infor CRM.")]
    if setup.pull_paused:
        return [env._("Nothing comes from Infor CRM while that is paused.")]
    found = []
    if setup.pull_add:
        found.append(_who_joins(setup))
    if setup.pull_update and setup.pull_all_fields:
        found.append(env._("What is changed in Infor CRM changes in Odoo, too."))
    elif setup.pull_update and setup.pull_field_ids:
        found.append(
            env._(
                "Changed in Infor CRM, these fields change in Odoo, too: %s.",
                names(env, setup.pull_field_ids),
            )
        )
    return found


def _who_joins(setup):
    env = setup.env
    if setup.group_name:
        return env._("Whoever joins the group in Infor CRM joins the list.")
    if setup.kind == "contact":
        return env._("New contacts of Infor CRM join the list.")
    return env._("New leads of Infor CRM join the list.")


def _to_infor(setup):
    env = setup.env
    if not setup.push:
        return [env._("Nothing goes to Infor CRM.")]
    if setup.push_paused:
        return [env._("Nothing goes to Infor CRM while that is paused.")]
    found = []
    if setup.push_add:
        found.append(env._("People whom Infor CRM does not know become leads there."))
    if setup.push_update and setup.push_field_ids:
        found.append(
            env._(
                "Changed in Odoo, these fields change in Infor CRM, too: %s.",
                names(env, setup.push_field_ids),
            )
        )
    return found

"""What installing and removing the addon does beyond its own tables."""

# A form's options as they stand in jsonb: a text inside a text.
_OPTIONS = r' data-infor-crm-[a-z-]+=\\"[^"]*\\"'


def uninstall_hook(env):
    """Leave nothing behind that means something only to us."""
    _forget_columns(env)
    _forget_form_options(env)
    env["ir.config_parameter"].search(
        [("key", "=like", "infor\\_crm\\_connector.%")]
    ).unlink()


def _forget_columns(env):
    """CRM columns and their values mean nothing without us. Definitions are kept
    against people, hence the context."""
    for definition in env["properties.base.definition"].search([]):
        kept = [
            item
            for item in definition.properties_definition or []
            if not item["name"].startswith("infor_")
        ]
        if kept != definition.properties_definition:
            definition.with_context(infor_define=True).properties_definition = kept
    env.cr.execute(
        r"""UPDATE mailing_contact
               SET properties = (SELECT jsonb_object_agg(key, value)
                                   FROM jsonb_each(properties)
                                  WHERE key NOT LIKE 'infor\_%')
             WHERE properties::text LIKE '%"infor\_%'"""
    )
    env["mailing.contact"].invalidate_model(["properties"])


def _forget_form_options(env):
    """Nobody hides them from a page's visitors any more, and an addon installed later
    must not push by options that somebody chose for another CRM."""
    env.cr.execute(
        """UPDATE ir_ui_view
              SET arch_db = regexp_replace(arch_db::text, %s, '', 'g')::jsonb
            WHERE arch_db::text LIKE %s""",
        [_OPTIONS, "%data-infor-crm-%"],
    )
    env["ir.ui.view"].invalidate_model(["arch_db"])

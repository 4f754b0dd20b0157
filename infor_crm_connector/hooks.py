"""What installing and removing the addon does beyond its own tables."""


def uninstall_hook(env):
    """Leave no definitions of CRM columns: their values mean nothing without us."""
    definitions = env["properties.base.definition"].search([])
    for definition in definitions:
        kept = [
            item
            for item in definition.properties_definition or []
            if not item["name"].startswith("infor_")
        ]
        if kept != definition.properties_definition:
            definition.properties_definition = kept

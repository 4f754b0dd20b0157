{
    "name": "Infor CRM Connector",
    "summary": "Email Marketing, Website and Contacts in step with Infor CRM",
    "version": "19.0.1.0.0",
    "category": "Marketing/Email Marketing",
    "author": "Infor CRM Connector contributors",
    "license": "LGPL-3",
    "depends": ["mass_mailing", "website_crm", "website_mass_mailing", "contacts"],
    "external_dependencies": {"python": ["requests", "cryptography"]},
    "data": [
        "security/infor_crm_groups.xml",
        "security/infor_crm_rules.xml",
        "security/infor_crm_run_rules.xml",
        "security/ir.model.access.csv",
        # data
        "data/infor_crm_mapping_data.xml",
        "data/ir_cron_data.xml",
        # wizards
        "wizards/infor_crm_connector_wizard_views.xml",
        "wizards/infor_crm_import_wizard_views.xml",
        "wizards/infor_crm_list_setup_views.xml",
        # views
        "views/infor_crm_connector_templates.xml",
        "views/infor_crm_connector_views.xml",
        "views/infor_crm_field_mapping_views.xml",
        "views/infor_crm_menus.xml",
        "views/infor_crm_sync_run_views.xml",
        "views/infor_crm_list_sync_views.xml",
        "views/mailing_contact_views.xml",
        "views/mailing_filter_views.xml",
        "views/mailing_list_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["infor_crm_connector/static/src/import_progress/*"],
        "web.assets_tests": ["infor_crm_connector/static/tests/tours/*"],
    },
    "uninstall_hook": "uninstall_hook",
}

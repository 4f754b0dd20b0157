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
        "security/ir.model.access.csv",
        # data
        # wizards
        # views
    ],
    "uninstall_hook": "uninstall_hook",
}

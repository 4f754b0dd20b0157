import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** The practice CRM of a test listens on a port of its own: the test leaves a note. */
async function crmAddress() {
    return rpc("/web/dataset/call_kw/ir.config_parameter/get_param", {
        model: "ir.config_parameter",
        method: "get_param",
        args: ["infor_crm_connector.tour_address"],
        kwargs: {},
    });
}

const openWizard = [
    {
        content: "The import stands on top of the lists",
        trigger: ".o_control_panel button[name=action_infor_import]",
        run: "click",
    },
];

registry.category("web_tour.tours").add("infor_crm_connect", {
    url: "/odoo/mailing-lists",
    steps: () => [
        ...openWizard,
        {
            content: "Without a connection the wizard teaches what to do",
            trigger: ".modal [name=obstacle]:contains(not connected with Infor CRM yet)",
        },
        {
            trigger: ".modal button[name=action_connect]:contains(Connect Infor CRM)",
            run: "click",
        },
        {
            content: "The address one opens Infor CRM with",
            trigger: ".o_field_widget[name=url] input",
            async run(helpers) {
                await helpers.edit(await crmAddress());
            },
        },
        {
            trigger: ".o_field_widget[name=login] input",
            run: "edit admin",
        },
        {
            trigger: "button[name=action_connect]",
            run: "click",
        },
        {
            content: "It says what it found",
            trigger: ".o_notification:contains(Connected with Infor CRM)",
        },
        {
            trigger: ".o_field_widget[name=state]:contains(Connected)",
        },
    ],
});

registry.category("web_tour.tours").add("infor_crm_import_leads", {
    url: "/odoo/mailing-lists",
    steps: () => [
        ...openWizard,
        {
            trigger: ".modal .o_field_widget[name=kind] label:contains(All Infor CRM Leads)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
        {
            content: "E-mail and names always come along",
            trigger: ".modal [name=always_ids]:contains(Email)",
        },
        {
            trigger: ".modal .o_field_x2many_list_row_add :contains(Choose fields)",
            run: "click",
        },
        {
            content: "Fields are found by typing",
            trigger: ".o_select_create_dialog_content .o_searchview_input",
            run: "edit industry",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only what was searched for is left; a tick before would be lost",
            trigger: ".o_select_create_dialog_content:not(:has(tr.o_data_row:contains(Annual Budget))) tr.o_data_row",
        },
        {
            trigger: ".o_select_create_dialog_content tr:contains(Industry) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_select_button:enabled",
            run: "click",
        },
        {
            trigger: ".modal [name=column_ids] tr:contains(Industry):contains(Standard)",
        },
        {
            trigger: ".modal .o_field_x2many_list_row_add :contains(Choose fields)",
            run: "click",
        },
        {
            content: "A custom field, told by its badge",
            trigger:
                ".o_select_create_dialog_content tr:contains(Annual Budget):contains(Custom) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_select_button:enabled",
            run: "click",
        },
        {
            trigger: ".modal [name=column_ids] tr:contains(Annual Budget)",
        },
        {
            trigger: ".modal button[name=action_finish]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(fills in the background)",
        },
        {
            content: "The list is on top at once",
            trigger: ".o_kanban_record:first:contains(All Infor CRM Leads)",
        },
        {
            trigger: ".o_kanban_record:first .o_infor_import_label:contains(Waiting to start)",
        },
    ],
});

registry.category("web_tour.tours").add("infor_crm_mail_imported_leads", {
    url: "/odoo/mailing-lists",
    steps: () => [
        {
            content: "The list says how many were imported",
            trigger: ".o_kanban_record:first .o_infor_import_label:contains(of 30 imported)",
        },
        {
            trigger: ".o_kanban_record:first button[name=action_send_mailing]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "#subject_0",
            run: "edit Our offer",
        },
        {
            trigger: '.o_mailing_template_preview_wrapper [data-name="basic"]',
            run: "click",
        },
        {
            content: "Type a slash for the menu of the editor",
            trigger: ":iframe .odoo-editor-editable",
            async run(actions) {
                await actions.editor("/");
                const editor = document
                    .querySelector("iframe")
                    .contentDocument.querySelector(".note-editable");
                editor.dispatchEvent(
                    new InputEvent("input", { inputType: "insertText", data: "/" })
                );
            },
        },
        {
            trigger: ".o-we-command-name:contains(Dynamic Placeholder)",
            run: "click",
        },
        {
            content: "Somebody without template rights sees the imported columns",
            trigger:
                ".o_model_field_selector_popover li:contains(Properties) .o_model_field_selector_popover_item_relation",
            run: "click",
        },
        {
            trigger: ".o_model_field_selector_popover button:contains(Annual Budget)",
            run: "click",
        },
        {
            trigger: ".o_model_field_selector_default_value_input input",
            run: "edit a budget of your own",
        },
        {
            trigger: ".o_model_field_selector_popover button:contains(Insert)",
            run: "click",
        },
        {
            trigger: ":iframe .note-editable t[t-out*='object.properties.get']",
        },
        ...stepUtils.saveForm(),
    ],
});

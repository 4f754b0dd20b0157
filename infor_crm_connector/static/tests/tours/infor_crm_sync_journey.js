import { registry } from "@web/core/registry";

const LIST = ".o_kanban_record:contains(All Infor CRM Leads)";
const WINDOW = ".modal:has(.o_infor_list_setup)";
const PICKER = ".modal:has(.o_select_button)";

const openSetup = [
    {
        content: "The menu of the list",
        trigger: LIST,
        run: `hover && click ${LIST} .o_dropdown_kanban button`,
    },
    {
        trigger: ".o-dropdown--kanban-record-menu a:contains(Infor CRM Sync Setup)",
        run: "click",
    },
    {
        trigger: `${WINDOW} :contains(All leads of)`,
    },
];

const tick = (name) => ({
    trigger: `${WINDOW} .o_field_widget[name=${name}] input:not(:checked)`,
    run: "click",
});

registry.category("web_tour.tours").add("infor_crm_sync_set_up", {
    url: "/odoo/mailing-lists",
    steps: () => [
        ...openSetup,
        {
            content: "It says in words what will happen",
            trigger: `${WINDOW} [name=effect]:contains(Nothing travels)`,
        },
        tick("push"),
        tick("push_update"),
        {
            content: "No field is selected by default",
            trigger: `${WINDOW} [name=advice]:contains(No field is selected to push)`,
        },
        {
            trigger: `${WINDOW} .o_field_x2many_list_row_add :contains(Select Push-Update Fields)`,
            run: "click",
        },
        {
            trigger: `${PICKER} tr:contains(Work Phone) .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${PICKER} .o_select_button:enabled`,
            run: "click",
        },
        {
            trigger: `${WINDOW} [name=push_field_ids] tr:contains(Work Phone)`,
        },
        tick("pull"),
        tick("pull_add"),
        tick("pull_update"),
        {
            content: "All fields are selected by default",
            trigger: `${WINDOW} .o_field_widget[name=pull_all_fields] input:checked`,
        },
        tick("scheduled"),
        {
            trigger: `${WINDOW} [name=next_run]`,
        },
        {
            trigger: `${WINDOW} [name=effect]:contains(Daily at 05:00):contains(New leads of Infor CRM join)`,
        },
        {
            content: "Not saved yet: it asks",
            trigger: `${WINDOW} button[name=action_run_now]:contains(Run Now)`,
            run: "click",
        },
        {
            trigger: `${WINDOW} [name=changes]:contains(Push to Infor CRM)`,
        },
        {
            trigger: ".modal button[name=action_save_and_run]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(has started)",
        },
        {
            trigger: `${LIST} .o_infor_import_label:contains(Waiting to start)`,
        },
    ],
});

registry.category("web_tour.tours").add("infor_crm_sync_change_and_run", {
    url: "/odoo/mailing-lists",
    steps: () => [
        {
            content: "The list says what the first sync did, and when the next one comes",
            trigger: `${LIST} .o_infor_import_label:contains(Synced)`,
        },
        {
            trigger: `${LIST} .o_infor_import_pace:contains(Next run)`,
        },
        {
            trigger: `${LIST} button[name=action_view_contacts]:first`,
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tessa Tour) td[name=email]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=phone] input",
            run: "edit +32 2 555 01 02",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            trigger: ".o_menu_sections button:contains(Mailing Lists)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(Mailing Lists):first",
            run: "click",
        },
        ...openSetup,
        {
            content: "Saved by the first visit, so nothing is asked",
            trigger: `${WINDOW} button[name=action_run_now]`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains(has started)",
        },
    ],
});

registry.category("web_tour.tours").add("infor_crm_sync_report", {
    url: "/odoo/mailing-lists",
    steps: () => [
        {
            trigger: `${LIST} .o_infor_import_label:contains(1 updated here):contains(1 updated in Infor CRM)`,
            run: "click",
        },
        {
            content: "The report says what went where",
            trigger: ".o_form_view [name=outcome_ids] tr:contains(Tour, Terry):contains(To Odoo)",
        },
        {
            trigger:
                ".o_form_view [name=outcome_ids] tr:contains(Tour, Tessa):contains(To Infor CRM):contains(+32 2 555 01 02)",
        },
        {
            trigger: ".o_form_view button[name=action_view_outcomes]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour, Tessa)",
        },
    ],
});

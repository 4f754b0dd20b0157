import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("infor_crm_send_with_note", {
    url: "/odoo/email-marketing",
    steps: () => [
        {
            content: "The mailing that was prepared",
            trigger: ".o_data_row:contains(Summer news) td[name=subject]",
            run: "click",
        },
        {
            content: "Its list comes from Infor CRM, so the note is selected",
            trigger: ".o_field_widget[name=infor_note] input:checked",
        },
        {
            trigger: "button[name=action_launch]",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Queue)",
        },
    ],
});

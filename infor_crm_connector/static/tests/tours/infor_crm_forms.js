import { registry } from "@web/core/registry";
import { clickOnSave, registerWebsitePreviewTour } from "@website/js/tours/tour_utils";

const PANEL = ".o-snippets-menu";
const row = (label) => `${PANEL} [data-label='${label}']`;

function choose(label, item) {
    return [
        { trigger: `${row(label)} .o-hb-select-toggle`, run: "click" },
        {
            trigger: `.o_popover .o-hb-select-dropdown-item:contains(${item})`,
            run: "click",
        },
    ];
}

registerWebsitePreviewTour(
    "infor_crm_form_option",
    { url: "/contactus", edition: true },
    () => [
        {
            content: "The editor clicks the form",
            trigger: ":iframe #wrap.o_editable section.s_website_form",
            run: "click",
        },
        {
            content: "Nothing is pushed unless somebody says so",
            trigger: `${row("Push to Infor CRM")} input[type=checkbox]:not(:checked)`,
        },
        {
            trigger: `${row("Push to Infor CRM")} input[type=checkbox]`,
            run: "click",
        },
        { trigger: ":iframe form[data-infor-crm-push]" },
        ...choose("Lead Source", "Trade Show"),
        { trigger: ":iframe form[data-infor-crm-source]" },
        {
            trigger: `${row("Note")} input`,
            run: "edit Asked on our website && press Enter",
        },
        { trigger: ":iframe form[data-infor-crm-note='Asked on our website']" },
        ...choose("Known People", "Overwrite"),
        { trigger: ":iframe form[data-infor-crm-policy='overwrite']" },
        ...choose("Known People", "Fill blanks"),
        { trigger: ":iframe form:not([data-infor-crm-policy='overwrite'])" },
        ...clickOnSave(),
        {
            content: "Who edits the page finds the options again",
            trigger: ":iframe form[data-infor-crm-push]:has(input[name=infor_crm_seal])",
        },
    ]
);

registry.category("web_tour.tours").add("infor_crm_form_visit", {
    url: "/contactus",
    steps: () => [
        { trigger: "input[name=name]", run: "edit Vera Visitor" },
        { trigger: "input[name=phone]", run: "edit +1 555 0100" },
        { trigger: "input[name=email_from]", run: "edit vera@example.com" },
        { trigger: "input[name=company]", run: "edit Acme" },
        { trigger: "input[name=subject]", run: "edit A question" },
        { trigger: "textarea[name=description]", run: "edit Do you deliver to Oslo?" },
        {
            content: "The visitor sees nothing of the options",
            trigger: "form:not([data-infor-crm-push]):not([data-infor-crm-note])",
        },
        {
            trigger: ".s_website_form_send",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#wrap:contains(Thank You)" },
    ],
});

registry.category("web_tour.tours").add("infor_crm_form_screen", {
    url: "/odoo/infor-crm-submissions",
    steps: () => [
        {
            trigger: ".o_data_row:contains(vera@example.com) td[name=address]",
            run: "click",
        },
        {
            content: "What was sent can be read",
            trigger: ".o_field_widget[name=content]:contains(Do you deliver to Oslo?)",
        },
        { trigger: ".o_arrow_button_current:contains(Sent)" },
    ],
});

registerWebsitePreviewTour(
    "infor_crm_newsletter_option",
    { url: "/newsletter", edition: true },
    () => [
        { trigger: ":iframe .js_subscribe", run: "click" },
        {
            content: "Off by default: robots like newsletters",
            trigger: `${row("Push to Infor CRM")} input[type=checkbox]:not(:checked)`,
        },
        {
            trigger: `${row("Push to Infor CRM")} input[type=checkbox]`,
            run: "click",
        },
        { trigger: ":iframe .js_subscribe[data-infor-crm-push]" },
        {
            content: "An address makes no lead as long as a company is wanted",
            trigger: ".o_infor_crm_waits:contains(needs a company)",
        },
        ...clickOnSave(),
        { trigger: ":iframe .js_subscribe[data-infor-crm-push]" },
    ]
);

registry.category("web_tour.tours").add("infor_crm_newsletter_visit", {
    url: "/newsletter",
    steps: () => [
        { trigger: ".js_subscribe_value", run: "edit vera@example.com" },
        { trigger: ".js_subscribe_btn:not([disabled])", run: "click" },
        { trigger: ".js_subscribed_wrap:not(.d-none)" },
    ],
});

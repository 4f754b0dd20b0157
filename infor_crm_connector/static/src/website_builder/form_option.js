import { BaseOptionComponent, useDomState } from "@html_builder/core/utils";
import { onWillStart } from "@odoo/owl";

/** What every form that may push to Infor CRM offers. */
class PushOption extends BaseOptionComponent {
    static template = "infor_crm_connector.PushOption";
    static dependencies = ["inforCrmForm"];

    setup() {
        super.setup();
        onWillStart(async () => {
            this.connectors = await this.dependencies.inforCrmForm.fetchChoices();
        });
        this.state = useDomState((el) => ({
            on: Boolean(el.dataset.inforCrmPush),
            connector: el.dataset.inforCrmConnector || "",
        }));
    }

    /** The connector chosen, or the one that is taken without a choice. */
    get connector() {
        const id = Number(this.state.connector);
        return this.connectors.find((one) => one.id === id) || this.connectors[0];
    }

    /** Why what is sent would not become a lead yet, "" if it would. */
    get waits() {
        return "";
    }
}

export class FormPushOption extends PushOption {
    static selector = ".s_website_form";
    static applyTo = "form";
}

export class NewsletterPushOption extends PushOption {
    static selector = ".js_subscribe";

    get waits() {
        return this.connector.waits;
    }
}

/** A checkbox whose label is what somebody consents to. */
export class ConsentOption extends BaseOptionComponent {
    static template = "infor_crm_connector.ConsentOption";
    static selector =
        "form[data-infor-crm-push] .s_website_form_field[data-type='boolean']";
}

import { BuilderAction } from "@html_builder/core/builder_action";
import { Plugin } from "@html_editor/plugin";
import { registry } from "@web/core/registry";
import { ConsentOption, FormPushOption, NewsletterPushOption } from "./form_option";

const PUSHED = "[data-infor-crm-push]";
const SEAL = "input[name='infor_crm_seal']";

function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class InforCrmFormPlugin extends Plugin {
    static id = "inforCrmForm";
    static shared = ["fetchChoices"];
    resources = {
        builder_options: [FormPushOption, NewsletterPushOption, ConsentOption],
        builder_actions: { InforCrmPushAction },
        on_cloned_handlers: ({ cloneEl }) => this.renew(cloneEl),
        on_snippet_dropped_handlers: ({ snippetEl }) => this.renew(snippetEl),
        clean_for_save_handlers: ({ root }) => this.removeSeals(root),
    };

    /** Connectors with lead sources and owners; none for whom it is no business of. */
    async fetchChoices() {
        this.choices ??= await this.services.orm.call("infor.crm.form", "choices", []);
        return this.choices || [];
    }

    /** A copy is a form of its own. */
    renew(el) {
        for (const form of [el, ...el.querySelectorAll(PUSHED)]) {
            if (form.matches(PUSHED)) {
                form.dataset.inforCrmPush = newId();
            }
        }
    }

    /** The server makes them for each visitor; they are no part of the page. */
    removeSeals(root) {
        for (const el of root.querySelectorAll(SEAL)) {
            el.remove();
        }
        for (const el of [root, ...root.querySelectorAll("[data-infor-crm-seal]")]) {
            delete el.dataset.inforCrmSeal;
        }
    }
}

export class InforCrmPushAction extends BuilderAction {
    static id = "inforCrmPush";

    isApplied({ editingElement }) {
        return Boolean(editingElement.dataset.inforCrmPush);
    }
    apply({ editingElement }) {
        editingElement.dataset.inforCrmPush ||= newId();
    }
    clean({ editingElement }) {
        for (const name of Object.keys(editingElement.dataset)) {
            if (name.startsWith("inforCrm")) {
                delete editingElement.dataset[name];
            }
        }
    }
}

registry.category("website-plugins").add(InforCrmFormPlugin.id, InforCrmFormPlugin);

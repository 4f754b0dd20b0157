import { Component, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const POLL_MS = 2000;

/**
 * What became of a list's import, live while it runs.
 *
 * The server says everything in words (`mailing.list._compute_infor_import`); this
 * widget only asks again while there is something to come. Odoo's progress bar cannot
 * serve: views never reload by themselves.
 */
export class ImportProgressField extends Component {
    static template = "infor_crm_connector.ImportProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            info: this.fromRecord(this.props),
            busy: false,
            canAct: false,
        });
        user.hasGroup("infor_crm_connector.group_user").then((can) => (this.state.canAct = can));
        onWillUpdateProps((next) => {
            this.state.info = this.fromRecord(next);
            this.plan(next);
        });
        onWillUnmount(() => this.cancel());
        this.plan(this.props);
    }

    fromRecord(props) {
        return props.record.data[props.name] || null;
    }

    plan(props) {
        this.cancel();
        if (this.state.info?.live && props.record.resId) {
            this.timer = browser.setTimeout(() => this.refresh(props), POLL_MS);
        }
    }

    cancel() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    async refresh({ record, name }) {
        const timer = this.timer;
        let info = this.state.info;
        try {
            const [row] = await this.orm.silent.read(record.resModel, [record.resId], [name]);
            info = row?.[name] || null;
        } catch {
            // A server that restarts is no reason to trouble the reader; ask again.
        }
        if (timer !== this.timer) {
            return; // unmounted, or another record meanwhile
        }
        const finished = this.state.info?.live && !info?.live;
        this.state.info = info;
        if (finished) {
            // The counts beside us moved as well.
            await this.reload(record);
        }
        this.plan(this.props);
    }

    async reload(record) {
        if (!(await record.isDirty())) {
            await record.load();
        }
    }

    async act(method) {
        this.state.busy = true;
        try {
            const { record, name } = this.props;
            await this.orm.call(record.resModel, method, [[record.resId]]);
            const [row] = await this.orm.read(record.resModel, [record.resId], [name]);
            this.state.info = row[name] || null;
        } finally {
            this.state.busy = false;
        }
        this.plan(this.props);
    }

    async open() {
        const { record } = this.props;
        const action = await this.orm.call(record.resModel, "action_infor_open_run", [
            [record.resId],
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }
}

export const importProgressField = {
    component: ImportProgressField,
    displayName: _t("Infor CRM import"),
    supportedTypes: ["json"],
};

registry.category("fields").add("infor_crm_import", importProgressField);

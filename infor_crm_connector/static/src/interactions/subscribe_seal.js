import { rpc } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { Subscribe } from "@website_mass_mailing/interactions/subscribe";

// The newsletter's own script sends a fixed set of values: the seal of the box goes
// along with the one request that subscribes.
const ROUTE = "/website_mass_mailing/subscribe";
let seal = null;

const send = rpc._rpc;
rpc._rpc = (url, params, settings) =>
    send(
        url,
        url === ROUTE && seal ? { ...params, infor_crm_seal: seal } : params,
        settings
    );

patch(Subscribe.prototype, {
    async onSubscribeClick() {
        seal = this.el.dataset.inforCrmSeal || null;
        try {
            return await super.onSubscribeClick(...arguments);
        } finally {
            seal = null;
        }
    },
});

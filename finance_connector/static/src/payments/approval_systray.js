/** How many payment orders wait for one's own approval, in the bar at the top; a click leads to them. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";

const REREAD_MS = 5 * 60 * 1000;

export class ApprovalSystray extends Component {
    static template = "finance_connector.ApprovalSystray";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ isApprover: false, count: 0 });
        onWillStart(async () => {
            this.state.isApprover = await user.hasGroup("finance_connector.group_approver");
            // The page does not wait for the figure.
            this.read();
        });
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.read());
        browser.setInterval(() => this.read(), REREAD_MS);
    }

    async read() {
        if (this.state.isApprover) {
            const wanted = [["may_sign", "=", true]];
            this.state.count = await this.orm.silent.searchCount("finance.payment.order", wanted);
        }
    }

    open() {
        return this.action.doAction("finance_connector.action_payment_inbox");
    }
}

registry.category("systray").add("finance_connector.approvals", { Component: ApprovalSystray }, { sequence: 40 });

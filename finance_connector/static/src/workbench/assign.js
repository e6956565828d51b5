/** Who takes care of a bank line: oneself, a colleague, nobody. */
import { Component, useState } from "@odoo/owl";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

export class Assign extends Component {
    static template = "finance_connector.WorkbenchAssign";
    static props = { lineId: Number, attempt: Function, onDone: Function, register: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ colleagues: null });
        this.props.register(this);
    }

    call(method, ...args) {
        return this.orm.silent.call("finance.workbench", method, args);
    }

    async give(userId) {
        await this.props.attempt(async () => {
            await this.call("assign", [this.props.lineId], userId);
            await this.props.onDone();
        });
        this.state.colleagues = null;
    }

    toMe() {
        return this.give(user.userId);
    }

    async offer() {
        this.state.colleagues = this.state.colleagues ? null : await this.call("get_colleagues");
    }
}

/** Filters under a name: use one, keep the present one, forget one. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

export class Saved extends Component {
    static template = "finance_connector.WorkbenchSaved";
    static props = { wanted: Object, mayKeep: Boolean, onUse: Function, register: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ filters: [], open: false, name: "", isShared: false, isDefault: false, error: "" });
        this.props.register(this);
        onWillStart(async () => {
            this.state.filters = await this.call("get_filters");
            const first = this.state.filters.find((one) => one.is_default && one.is_mine);
            if (first) {
                this.props.onUse(first.wanted);
            }
        });
    }

    call(method, ...args) {
        return this.orm.silent.call("finance.workbench", method, args);
    }

    toggle() {
        this.state.open = !this.state.open;
    }

    use(one) {
        this.state.open = false;
        this.props.onUse(one.wanted);
    }

    async change(method, ...args) {
        try {
            this.state.filters = await this.call(method, ...args);
            this.state.error = "";
            this.state.name = "";
        } catch (error) {
            this.state.error = error.data?.message || error.message || String(error);
        }
    }

    save() {
        return this.change("save_filter", this.state.name, { ...this.props.wanted }, this.state.isShared, this.state.isDefault);
    }

    forget(one) {
        return this.change("delete_filter", one.id);
    }
}

/** What each provider, bank feed and statement format can do, and what of it nobody could verify. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

export class Capabilities extends Component {
    static template = "finance_connector.Capabilities";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({ tables: [] });
        onWillStart(async () => {
            this.state.tables = await this.orm.call("finance.capability", "matrix", []);
        });
    }
}

registry.category("actions").add("finance_connector.capabilities", Capabilities);

/** What colleagues wrote about a bank line, and a field to write more. */
import { Component, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

export class Comments extends Component {
    static template = "finance_connector.WorkbenchComments";
    static props = { lineId: Number, comments: Array, mayAdd: Boolean };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ text: "", comments: this.props.comments });
    }

    async add() {
        const text = this.state.text.trim();
        if (text) {
            this.state.comments = await this.orm.silent.call("finance.workbench", "comment", [this.props.lineId, text]);
            this.state.text = "";
        }
    }

    ago(text) {
        return deserializeDateTime(text).toRelative();
    }
}

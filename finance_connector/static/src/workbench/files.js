/** The files at a bank line: see them, add some by choosing or dropping them. */
import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";

export class Files extends Component {
    static template = "finance_connector.WorkbenchFiles";
    static props = { lineId: Number, files: Array, mayAdd: Boolean };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ added: null, over: false, busy: false, error: "" });
    }

    get files() {
        return this.state.added?.lineId === this.props.lineId ? this.state.added.files : this.props.files;
    }

    async add(list) {
        this.state.over = false;
        this.state.busy = true;
        this.state.error = "";
        try {
            for (const file of list) {
                const content = (await getDataURLFromFile(file)).split(",")[1] || "";
                const files = await this.orm.silent.call("finance.workbench", "attach", [this.props.lineId, file.name, content]);
                this.state.added = { lineId: this.props.lineId, files };
            }
        } catch (error) {
            this.state.error = error.data?.message || error.message || String(error);
        } finally {
            this.state.busy = false;
        }
    }
}

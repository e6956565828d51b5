/** What is done and what is missing, in words, with the button that does it; the server decides all of it, and is asked again. */
import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    done: { icon: "fa-check-circle", tone: "text-success", word: _t("Done") },
    missing: { icon: "fa-times-circle", tone: "text-danger", word: _t("Missing") },
    advice: { icon: "fa-exclamation-circle", tone: "text-warning-emphasis", word: _t("Advised") },
};
const ASKED_AGAIN_MS = 4000;

export class ChecklistField extends Component {
    static template = "finance_connector.ChecklistField";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ busy: false });
        this.copied = _t("Copied");
        onMounted(() => {
            this.timer = browser.setInterval(() => this.askAgain(), ASKED_AGAIN_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    get record() {
        return this.props.record;
    }

    get items() {
        return (this.record.data[this.props.name] || []).map((item) => ({ ...item, ...STATES[item.state] }));
    }

    /** A test event, another person or a bank may have done something meanwhile. What is being edited is left alone. */
    async askAgain() {
        const id = this.record.resId;
        if (document.hidden || !id || this.state.busy || this.items.every((item) => item.state === "done")) {
            return;
        }
        try {
            const [now] = await this.orm.silent.read(this.record.resModel, [id], [this.props.name]);
            const known = JSON.stringify(this.record.data[this.props.name]);
            if (now && JSON.stringify(now[this.props.name]) !== known && !(await this.record.isDirty())) {
                await this.record.load();
            }
        } catch {
            // The next time may find the server again; until then what is shown stays.
        }
    }

    async press(item) {
        this.state.busy = true;
        try {
            if (!(await this.record.save())) {
                return;
            }
            const answer = await this.orm.call(this.record.resModel, item.method, [[this.record.resId]], { context: item.context || {} });
            if (answer?.type) {
                await this.action.doAction(answer, { onClose: () => this.record.load() });
            } else {
                await this.record.load();
            }
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("fields").add("finance_checklist", {
    component: ChecklistField,
    displayName: _t("Checklist"),
    supportedTypes: ["json"],
});

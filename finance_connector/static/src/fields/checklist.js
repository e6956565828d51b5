/** What is done and what is missing, in words; the server decides both. */
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    done: { icon: "fa-check-circle", tone: "text-success", word: _t("Done") },
    missing: { icon: "fa-times-circle", tone: "text-danger", word: _t("Missing") },
    advice: { icon: "fa-exclamation-circle", tone: "text-warning-emphasis", word: _t("Advised") },
};

export class ChecklistField extends Component {
    static template = "finance_connector.ChecklistField";
    static props = { ...standardFieldProps };

    get items() {
        const items = this.props.record.data[this.props.name] || [];
        return items.map((item) => ({ ...item, ...STATES[item.state] }));
    }
}

registry.category("fields").add("finance_checklist", {
    component: ChecklistField,
    displayName: _t("Checklist"),
    supportedTypes: ["json"],
});

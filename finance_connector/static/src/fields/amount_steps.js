/** Amounts drawn as steps: each bar begins at zero or where the one above ended. The server computes the percents. */
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class AmountStepsField extends Component {
    static template = "finance_connector.AmountStepsField";
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("finance_amount_steps", {
    component: AmountStepsField,
    displayName: _t("Amounts as steps"),
    supportedTypes: ["json"],
});

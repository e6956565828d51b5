/** A text that is evidence: shown with fixed width, line for line, with a button that copies it. */
import { Component } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class RawTextField extends Component {
    static template = "finance_connector.RawTextField";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get copied() {
        return _t("Copied");
    }
}

registry.category("fields").add("finance_raw", {
    component: RawTextField,
    displayName: _t("Raw text"),
    supportedTypes: ["text", "char"],
});

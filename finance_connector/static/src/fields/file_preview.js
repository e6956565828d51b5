/** What a profile makes of a sample file: the server reads it, here it is drawn, refusals with their line and reason. */
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    refused: { icon: "fa-times-circle", tone: "text-danger", word: _t("Refused") },
    ignored: { icon: "fa-minus-circle", tone: "text-muted", word: _t("Not booked") },
};

export class FilePreviewField extends Component {
    static template = "finance_connector.FilePreviewField";
    static props = { ...standardFieldProps };

    get told() {
        return this.props.record.data[this.props.name] || {};
    }

    get isEmpty() {
        return !this.told.headers;
    }

    sign(row) {
        return STATES[row.state];
    }
}

registry.category("fields").add("finance_file_preview", {
    component: FilePreviewField,
    displayName: _t("Preview of a file"),
    supportedTypes: ["json"],
});

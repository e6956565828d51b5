/** The story of a payment: every fact with its time, amount and sign, the message that told it and its booking. */
import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    authorize: "fa-lock",
    authorize_adjust: "fa-lock",
    void: "fa-ban",
    expire: "fa-hourglass-end",
    fail: "fa-times",
    capture: "fa-plus",
    capture_fail: "fa-times",
    refund: "fa-undo",
    refund_fail: "fa-times",
    dispute_open: "fa-gavel",
    dispute_update: "fa-gavel",
    dispute_won: "fa-gavel",
    dispute_lost: "fa-gavel",
    payout: "fa-bank",
    payout_paid: "fa-check",
    payout_fail: "fa-times",
    review_open: "fa-search",
    review_close: "fa-search",
    linked: "fa-link",
};
const SOURCES = { webhook: _t("webhook"), poll: _t("poll"), file: _t("file"), manual: _t("by hand") };

export class TimelineField extends Component {
    static template = "finance_connector.TimelineField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get events() {
        return this.props.record.data[this.props.name] || [];
    }

    icon(event) {
        return ICONS[event.kind] || "fa-circle";
    }

    time(event) {
        return formatDateTime(deserializeDateTime(event.at), { showSeconds: true });
    }

    source(event) {
        return SOURCES[event.message.source] || event.message.source;
    }

    rawUrl(event) {
        return `/web/content/finance.message/${event.message.id}/body/${encodeURIComponent(event.message.name)}.json?download=true`;
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("finance_timeline", {
    component: TimelineField,
    displayName: _t("Timeline"),
    supportedTypes: ["json"],
});

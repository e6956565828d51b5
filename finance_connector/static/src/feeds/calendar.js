/** The days of an account as calendar months: each with a sign and words beside its colour; the server decides what is known. */
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    proven: { sign: "✓", word: _t("complete") },
    carried: { sign: "→", word: _t("no statement, and none is missing") },
    missing: { sign: "✕", word: _t("missing") },
    awaited: { sign: "?", word: _t("no statement yet") },
    open: { sign: "…", word: _t("not over yet") },
    before: { sign: "–", word: _t("before the first day") },
};

export class CalendarField extends Component {
    static template = "finance_connector.CalendarField";
    static props = { ...standardFieldProps };

    get months() {
        return this.props.record.data[this.props.name] || [];
    }

    get weekdays() {
        return luxon.Info.weekdays("short");
    }

    get legend() {
        const shown = new Set(this.months.flatMap((month) => month.weeks.flat()).map((cell) => cell?.state));
        return Object.entries(STATES)
            .filter(([state]) => shown.has(state))
            .map(([state, told]) => ({ state, ...told }));
    }

    sign(cell) {
        return cell.state === "open" && !cell.entries ? "" : STATES[cell.state].sign;
    }
}

registry.category("fields").add("finance_calendar", {
    component: CalendarField,
    displayName: _t("Calendar of days"),
    supportedTypes: ["json"],
});

/** The numbers that matter today: one server call, every number leads to the list behind it. */
import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FlowChart } from "./flow_chart";

// The proof of the books is part of the numbers: not for every second.
const REFRESH_MS = 5 * 60 * 1000;

export class FinanceDashboard extends Component {
    static template = "finance_connector.Dashboard";
    static components = { Layout, FlowChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.number = formatInteger;
        this.state = useState({ status: "loading", data: null, error: "", currency: 0, busy: false });
        this.alive = true;
        onMounted(() => {
            this.load();
            this.timer = browser.setInterval(() => document.hidden || this.load(), REFRESH_MS);
        });
        onWillUnmount(() => {
            this.alive = false;
            browser.clearInterval(this.timer);
        });
    }

    async load() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const data = await this.orm.silent.call("finance.dashboard", "get_data", []);
            if (this.alive) {
                Object.assign(this.state, { data, status: "ready", error: "" });
            }
        } catch (error) {
            if (this.alive) {
                this.state.status = "error";
                this.state.error = error.data?.message || error.message || String(error);
            }
        } finally {
            this.state.busy = false;
        }
    }

    get data() {
        return this.state.data;
    }

    get chart() {
        return this.data.flow[Math.min(this.state.currency, this.data.flow.length - 1)];
    }

    /** Opens the list of an action with its filters set, so that the number and the list are the same rows. */
    open(action, filters = {}) {
        const additionalContext = {};
        for (const [name, value] of Object.entries(filters)) {
            additionalContext[`search_default_${name}`] = value;
        }
        return this.action.doAction(`finance_connector.${action}`, { additionalContext, clearBreadcrumbs: false });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openMethod(method, args = []) {
        return this.action.doAction(await this.orm.call("finance.dashboard", method, args));
    }

    ago(text) {
        return deserializeDateTime(text).toRelative();
    }

    when(text) {
        return formatDateTime(deserializeDateTime(text));
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    minutes(count) {
        if (count < 120) {
            return _t("%s min", count);
        }
        return count < 2880 ? _t("%s h", Math.round(count / 60)) : _t("%s days", Math.round(count / 1440));
    }

    days(count) {
        return count ? _t("%s d", count) : _t("today");
    }

    money(texts) {
        return texts.length ? texts.join(" · ") : "";
    }
}

registry.category("actions").add("finance_connector.dashboard", FinanceDashboard);

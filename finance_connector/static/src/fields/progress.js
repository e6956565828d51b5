/** How far work of a scheduled action has come; the form is read again while it runs. */
import { Component, onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REFRESH_MS = 1500;

export class FinanceProgress extends Component {
    static template = "finance_connector.Progress";
    static props = { ...standardWidgetProps, running: String, value: String, done: String, total: String };

    setup() {
        onMounted(() => {
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    get isRunning() {
        return this.props.record.data[this.props.running] === this.props.value;
    }

    get done() {
        return this.props.record.data[this.props.done];
    }

    get total() {
        return this.props.record.data[this.props.total];
    }

    get percent() {
        return this.total ? Math.min(100, Math.round((100 * this.done) / this.total)) : 0;
    }

    /** What a person is typing is not read over. */
    async refresh() {
        if (this.isRunning && !document.hidden && !(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("finance_progress", {
    component: FinanceProgress,
    extractProps: ({ attrs }) => ({ running: attrs.running, value: attrs.value, done: attrs.done, total: attrs.total }),
});

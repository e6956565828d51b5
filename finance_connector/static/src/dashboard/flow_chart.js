/** Captured, fees and paid out a day, of one currency. */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

export const COLORS = { captured: "#2f7d5b", fees: "#8a6fb0", paid_out: "#1f5f8b" };

export class FlowChart extends Component {
    static template = "finance_connector.FlowChart";
    static props = { chart: Object };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new window.Chart(this.canvas.el, this.config());
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.chart)]
        );
    }

    get labels() {
        return { captured: _t("Captured"), fees: _t("Fees"), paid_out: _t("Paid out") };
    }

    get legend() {
        return Object.keys(COLORS).map((name) => ({
            name,
            label: this.labels[name],
            total: this.props.chart.totals[name],
            color: COLORS[name],
        }));
    }

    config() {
        const { currency, days, series } = this.props.chart;
        const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
        return {
            type: "bar",
            data: {
                labels: days.map((day) => deserializeDate(day).toFormat("d LLL")),
                datasets: Object.keys(COLORS).map((name) => ({
                    label: this.labels[name],
                    data: series[name],
                    backgroundColor: COLORS[name],
                    borderRadius: 2,
                    categoryPercentage: 0.85,
                    barPercentage: 0.95,
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: (item) => `${item.dataset.label}: ${number.format(item.raw)} ${currency}`,
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 16 } },
                    y: {
                        grid: { color: "#e7e9ed" },
                        border: { display: false },
                        ticks: { maxTicksLimit: 5, callback: (value) => number.format(value) },
                    },
                },
            },
        };
    }
}

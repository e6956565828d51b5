/** Which lines are shown: tabs by state, saved filters, a search, bank account, age and amount. */
import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { Saved } from "./saved";

const AGES = [0, 3, 7, 30];
const AMOUNTS = [0, 100, 1000, 10000];

export class Filters extends Component {
    static template = "finance_connector.WorkbenchFilters";
    static components = { Saved };
    static props = { wanted: Object, summary: Object, onSet: Function, onUse: Function, register: Function };

    setup() {
        this.search = useRef("search");
        this.ages = AGES;
        this.amounts = AMOUNTS;
        this.number = formatInteger;
        this.props.register(this);
    }

    get tabs() {
        const { states, open, mine } = this.props.summary;
        return [
            { state: "", name: _t("Open"), count: open },
            { state: "proposed", name: _t("Proposed"), count: states.proposed },
            { state: "ambiguous", name: _t("Ambiguous"), count: states.ambiguous },
            { state: "unmatched", name: _t("Unmatched"), count: states.unmatched },
            { state: "mine", name: _t("Mine"), count: mine },
            { state: "done", name: _t("Matched"), count: null },
        ];
    }

    focus() {
        this.search.el.focus();
    }

    toggleSaved() {
        this.saved.toggle();
    }
}

/** All proposals that nothing speaks against: what accepting them would do, and accepting them, portion by portion. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

export class Safe extends Component {
    static template = "finance_connector.WorkbenchSafe";
    static props = { journalId: { type: [Number, Boolean] }, portion: Number, onDone: Function, onCancel: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ matches: [], running: false, stopped: false, done: 0, applied: 0, refused: [], error: "" });
        onWillStart(async () => {
            this.state.matches = await this.call("preview_safe", this.props.journalId || null);
        });
    }

    call(method, ...args) {
        return this.orm.silent.call("finance.workbench", method, args);
    }

    get percent() {
        return Math.round((100 * this.state.done) / this.state.matches.length);
    }

    /** Each call is short, so that the progress is seen and a person can stop; what was accepted stays so. */
    async accept() {
        const { state } = this;
        const ids = state.matches.map((match) => match.id);
        state.running = true;
        try {
            while (state.done < ids.length && !state.stopped) {
                const told = await this.call("accept", ids.slice(state.done, state.done + this.props.portion));
                state.applied += told.applied;
                state.refused.push(...told.refused);
                state.done = Math.min(ids.length, state.done + this.props.portion);
            }
        } catch (error) {
            state.error = error.data?.message || error.message || String(error);
        }
        state.running = false;
        if (!state.error && !state.refused.length) {
            this.props.onDone(state.applied);
        }
    }

    stop() {
        this.state.stopped = true;
    }

    leave() {
        return this.state.done ? this.props.onDone(this.state.applied) : this.props.onCancel();
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }
}

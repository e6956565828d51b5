/** The reconciliation workbench: the lines to explain at the left, at the right what explains one, and all of it by keyboard. */
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Assign } from "./assign";
import { Choice } from "./choice";
import { Comments } from "./comments";
import { Files } from "./files";
import { Filters } from "./filters";
import { useKeys } from "./keys";
import { LineList } from "./line_list";
import { Safe } from "./safe";

const SEARCH_MS = 300;
const NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const ANY = { state: "", journal_id: false, search: "", older_than: 0, at_least: 0 };

export class FinanceWorkbench extends Component {
    static template = "finance_connector.Workbench";
    static components = { Assign, Choice, Comments, Files, Filters, Layout, LineList, Safe };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.number = formatInteger;
        this.state = useState({
            wanted: { ...ANY },
            version: 0,
            place: 0,
            summary: null,
            detail: null,
            last: null,
            nearest: null,
            mode: "look",
            start: { items: [], writeOff: false },
            busy: false,
            error: "",
            help: false,
            none: false,
        });
        this.find = useDebounced(() => this.restart(), SEARCH_MS);
        onWillStart(() => this.loadSummary());
        useKeys(() => (this.state.mode === "look" && this.state.summary ? this.keys : {}));
    }

    call(method, ...args) {
        return this.orm.silent.call("finance.workbench", method, args);
    }

    /** Runs `work`; what goes wrong is told in the pane and nothing else changes. */
    async attempt(work) {
        if (this.state.busy) {
            return false;
        }
        this.state.busy = true;
        this.state.error = "";
        try {
            await work();
            return true;
        } catch (error) {
            this.state.error = error.data?.message || error.message || String(error);
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    // --- the left pane --------------------------------------------------------------------------------------------

    async loadSummary() {
        this.state.summary = await this.call("get_summary", this.state.wanted.journal_id || null);
    }

    /** Reads the list anew; `place` is where it is looked at, and which line is chosen if the chosen one has gone. */
    restart(place = 0) {
        this.state.place = place;
        this.state.none = false;
        this.state.version++;
        return this.loadSummary();
    }

    /** The same list, after something in it has changed: a person who works downwards is not thrown back to its top. */
    refresh() {
        return this.restart(Math.max(0, this.list.placeOf(this.state.detail?.id)));
    }

    set(name, value) {
        this.state.wanted[name] = value;
        if (name === "search") {
            return this.find();
        }
        return this.readAnew();
    }

    useFilter(wanted) {
        Object.assign(this.state.wanted, ANY, wanted);
        return this.readAnew();
    }

    /** Another list, or one without the chosen line: no line of the old one stays chosen. */
    readAnew(place = 0) {
        this.state.detail = null;
        this.wantedLine = null;
        return this.restart(place);
    }

    onLoaded(offset, found) {
        this.state.none = !found.lines.length;
        // What a person has clicked while the list was read is not taken from him.
        const chosen = this.state.detail?.id ?? this.wantedLine;
        if (this.state.mode !== "look" || found.lines.some((line) => line.id === chosen)) {
            return;
        }
        if (found.lines.length) {
            this.select(found.lines[Math.min(Math.max(this.state.place - offset, 0), found.lines.length - 1)]);
        } else {
            this.state.detail = null;
        }
    }

    async select(line) {
        this.state.mode = "look";
        this.state.nearest = null;
        this.state.error = "";
        this.wantedLine = line.id;
        const detail = await this.call("get_line", line.id);
        if (this.wantedLine !== line.id) {
            return;
        }
        this.state.detail = detail;
        if (detail.state === "unmatched") {
            const nearest = await this.call("get_nearest", line.id);
            if (this.state.detail?.id === line.id) {
                this.state.nearest = nearest;
            }
        }
    }

    get progress() {
        const { done_today: done, open } = this.state.summary;
        return done + open ? Math.round((100 * done) / (done + open)) : 100;
    }

    // --- the right pane -------------------------------------------------------------------------------------------

    get mayWork() {
        return this.state.summary.may_reconcile && this.state.detail && this.state.detail.state !== "done";
    }

    async accept(match) {
        if (!match.is_complete && match.is_single) {
            return this.chooseWith(match);
        }
        return this.attempt(async () => {
            await this.orm.call("finance.match", "action_apply", [[match.id]]);
            await this.leave(_t("Reconciled with %s.", match.name));
        });
    }

    /** The line is done: say so where it hides nothing, and go to the one that takes its place. */
    async leave(text, canUndo = true) {
        this.state.last = { text, id: canUndo && this.state.detail?.id };
        this.state.mode = "look";
        await this.readAnew(Math.max(0, this.list.placeOf(this.state.detail?.id)));
    }

    acceptBest() {
        const [best, ...others] = this.state.detail.matches;
        if (best && best.state === "proposed" && !others.length) {
            return this.accept(best);
        }
        this.state.error = best
            ? _t("Several things may be paid by this line: choose one of them, by its number.")
            : _t("Nothing is proposed for this line: pick items (P) or an account (W).");
    }

    /** The `place`th of what is shown: accept it, or begin with it if it was only near. */
    accepting(place) {
        const match = this.state.detail.matches[place];
        const near = this.state.detail.state === "unmatched" && this.state.nearest?.[place];
        if (match && match.state !== "applied") {
            return this.accept(match);
        }
        return near && near.id ? this.use(near) : null;
    }

    use(near) {
        return this.chooseWith({ items: [near.id] });
    }

    reject(match) {
        return this.attempt(async () => {
            await this.call("reject", match.id);
            await this.select(this.state.detail);
            await this.loadSummary();
        });
    }

    /** Put something together by hand, from the items of `match` if there is one. */
    async chooseWith(match, writeOff = false) {
        const items = match ? await this.call("get_items", this.state.detail.id, match.items) : [];
        this.state.start = { items, writeOff };
        this.state.mode = "choose";
    }

    async chosen(isComplete) {
        if (isComplete) {
            await this.leave(_t("Booked."));
        } else {
            this.state.last = { text: _t("Booked; what is left stays open."), id: this.state.detail.id };
            await this.reread();
        }
    }

    undo() {
        return this.attempt(async () => {
            await this.call("undo", this.state.detail.id);
            await this.leave(_t("The bank line, and what it paid, are open again."), false);
        });
    }

    /** Takes back what was done last, and shows its line. */
    undoLast() {
        const { id } = this.state.last;
        return this.attempt(async () => {
            await this.call("undo", id);
            this.state.last = { text: _t("The bank line, and what it paid, are open again.") };
            await this.select({ id });
            await this.restart(this.state.place);
        });
    }

    /** Something of the chosen line was changed: show it, and its list, as it is now. */
    async reread() {
        await this.select(this.state.detail);
        await this.refresh();
    }

    openEntry() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: this.state.detail.move_id,
            views: [[false, "form"]],
        });
    }

    /** A match rule for lines like this one. */
    async newRule() {
        const context = await this.call("rule_defaults", this.state.detail.id);
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "finance.match.rule",
            views: [[false, "form"]],
            context,
        });
    }

    acceptedSafe(count) {
        return this.leave(_t("%s lines were reconciled.", count), false);
    }

    // --- keys -----------------------------------------------------------------------------------------------------

    get keys() {
        const working = (act) => () => this.mayWork && act();
        const first = () => this.state.detail.matches[0];
        return {
            ArrowDown: () => this.list?.move(1),
            j: () => this.list?.move(1),
            ArrowUp: () => this.list?.move(-1),
            k: () => this.list?.move(-1),
            Enter: working(() => this.acceptBest()),
            ...Object.fromEntries(NUMBERS.map((number) => [number, working(() => this.accepting(number - 1))])),
            p: working(() => this.chooseWith(null)),
            w: working(() => this.chooseWith(null, true)),
            x: working(() => first() && this.reject(first())),
            a: working(() => this.assign.toMe()),
            n: working(() => this.newRule()),
            u: () => this.state.summary.may_reconcile && this.state.detail?.state === "done" && this.undo(),
            z: () => this.state.summary.may_reconcile && this.state.last?.id && this.undoLast(),
            f: () => this.filters.toggleSaved(),
            "/": () => this.filters.focus(),
            "?": () => (this.state.help = !this.state.help),
        };
    }

    stateName(state) {
        return { proposed: _t("Proposed"), ambiguous: _t("Ambiguous"), unmatched: _t("Unmatched"), done: _t("Matched") }[state];
    }
}

registry.category("actions").add("finance_connector.workbench", FinanceWorkbench);

/** The reconciliation workbench: the lines to explain at the left, at the right what explains one, and all of it by keyboard. */
import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Choice } from "./choice";
import { Files } from "./files";
import { useKeys } from "./keys";
import { LineList } from "./line_list";
import { Safe } from "./safe";
import { Saved } from "./saved";

const SEARCH_MS = 300;
const AGES = [0, 3, 7, 30];
const AMOUNTS = [0, 100, 1000, 10000];
const ANY = { state: "", journal_id: false, search: "", older_than: 0, at_least: 0 };

export class FinanceWorkbench extends Component {
    static template = "finance_connector.Workbench";
    static components = { Choice, Files, Layout, LineList, Safe, Saved };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.search = useRef("search");
        this.ages = AGES;
        this.amounts = AMOUNTS;
        this.state = useState({
            wanted: { ...ANY },
            version: 0,
            summary: null,
            detail: null,
            nearest: null,
            mode: "look",
            start: { items: [], writeOff: false },
            colleagues: null,
            comment: "",
            busy: false,
            error: "",
            help: false,
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

    restart() {
        this.state.version++;
        return this.loadSummary();
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

    /** Another list: no line of the old one stays chosen. */
    readAnew() {
        this.state.detail = null;
        this.wantedLine = null;
        return this.restart();
    }

    onLoaded(offset, found) {
        // What a person has clicked while the list was read is not taken from him.
        const chosen = this.state.detail?.id ?? this.wantedLine;
        const listed = found.lines.some((line) => line.id === chosen);
        if (offset === 0 && !listed && this.state.mode === "look") {
            if (found.lines.length) {
                this.select(found.lines[0]);
            } else {
                this.state.detail = null;
            }
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

    get tabs() {
        const { states, open, mine } = this.state.summary;
        return [
            { state: "", name: _t("Open"), count: open },
            { state: "proposed", name: _t("Proposed"), count: states.proposed },
            { state: "ambiguous", name: _t("Ambiguous"), count: states.ambiguous },
            { state: "unmatched", name: _t("Unmatched"), count: states.unmatched },
            { state: "mine", name: _t("Mine"), count: mine },
            { state: "done", name: _t("Matched"), count: null },
        ];
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

    /** The line is done: say so, and go to the one that takes its place. */
    async leave(text) {
        this.notification.add(text, { type: "success" });
        this.state.mode = "look";
        await this.readAnew();
    }

    acceptBest() {
        const [best, ...others] = this.state.detail.matches;
        if (best && best.state === "proposed" && !others.length) {
            return this.accept(best);
        }
        this.state.error = best
            ? _t("Several things may be paid by this line: choose one of them.")
            : _t("Nothing is proposed for this line: pick items (P) or an account (W).");
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
        const items = match ? await this.call("search_items", this.state.detail.id, match.name) : [];
        this.state.start = { items: items.filter((item) => match.items.includes(item.id)), writeOff };
        this.state.mode = "choose";
    }

    async chosen(isComplete) {
        if (isComplete) {
            await this.leave(_t("Booked."));
        } else {
            this.notification.add(_t("Booked; what is left stays open."), { type: "info" });
            await this.select(this.state.detail);
            await this.restart();
        }
    }

    undo() {
        return this.attempt(async () => {
            await this.call("undo", this.state.detail.id);
            await this.leave(_t("The bank line, and what it paid, are open again."));
        });
    }

    async assign(userId) {
        await this.attempt(async () => {
            await this.call("assign", [this.state.detail.id], userId);
            await this.select(this.state.detail);
            await this.restart();
        });
        this.state.colleagues = null;
    }

    assignToMe() {
        return this.assign(user.userId);
    }

    async offerColleagues() {
        this.state.colleagues = this.state.colleagues ? null : await this.call("get_colleagues");
    }

    async comment() {
        const text = this.state.comment.trim();
        if (text) {
            this.state.detail.comments = await this.call("comment", this.state.detail.id, text);
            this.state.comment = "";
        }
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
        return this.leave(_t("%s lines were reconciled.", count));
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
            p: working(() => this.chooseWith(null)),
            w: working(() => this.chooseWith(null, true)),
            x: working(() => first() && this.reject(first())),
            a: working(() => this.assignToMe()),
            n: working(() => this.newRule()),
            u: () => this.state.summary.may_reconcile && this.state.detail?.state === "done" && this.undo(),
            f: () => this.saved.toggle(),
            "/": () => this.search.el.focus(),
            "?": () => (this.state.help = !this.state.help),
        };
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    ago(text) {
        return deserializeDateTime(text).toRelative();
    }

    stateName(state) {
        return { proposed: _t("Proposed"), ambiguous: _t("Ambiguous"), unmatched: _t("Unmatched"), done: _t("Matched") }[state];
    }
}

registry.category("actions").add("finance_connector.workbench", FinanceWorkbench);

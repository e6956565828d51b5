/** What a person puts together for a line: items with their amounts, amounts for accounts; amounts are cents of whole numbers
 * here only to show what is left, the server books from the texts. */
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const SEARCH_MS = 250;

export class Choice extends Component {
    static template = "finance_connector.Choice";
    static props = { detail: Object, start: Object, onDone: Function, onCancel: Function };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.search = useRef("search");
        this.state = useState({
            text: "",
            found: [],
            items: [...this.props.start.items],
            writeOffs: [],
            accounts: [],
            taxes: [],
            preview: null,
            problem: "",
            busy: false,
        });
        this.find = useDebounced(() => this.searchItems(), SEARCH_MS);
        this.findAccounts = useDebounced((row) => this.searchAccounts(row), SEARCH_MS);
        onWillStart(async () => {
            const [taxes] = await Promise.all([this.call("get_taxes"), this.searchItems()]);
            this.state.taxes = taxes;
            if (this.props.start.writeOff) {
                await this.addWriteOff();
            }
            await this.look();
        });
        useEffect(
            () => (this.props.start.writeOff ? this.root.el.querySelector(".o_fc_account") : this.search.el)?.focus(),
            () => []
        );
    }

    call(method, ...args) {
        return this.orm.silent.call("finance.workbench", method, [this.props.detail.id, ...args]);
    }

    async searchItems() {
        this.state.found = await this.call("search_items", this.state.text);
    }

    get shown() {
        const chosen = new Set(this.state.items.map((item) => item.id));
        return this.state.found.filter((item) => !chosen.has(item.id));
    }

    pick(item) {
        this.state.items.push({ ...item, wanted: "" });
        return this.look();
    }

    drop(item) {
        this.state.items = this.state.items.filter((one) => one.id !== item.id);
        return this.look();
    }

    setAmount(item, text) {
        item.wanted = text.trim().replace(",", ".");
        return this.look();
    }

    /** A further account, for what is still open. */
    async addWriteOff() {
        const open = this.state.preview ? this.state.preview.open : this.props.detail.open;
        this.state.writeOffs.push({ key: Date.now(), account: null, text: "", amount: open, label: "", tax: "" });
        await this.searchAccounts(this.state.writeOffs.at(-1));
    }

    dropWriteOff(row) {
        this.state.writeOffs = this.state.writeOffs.filter((one) => one.key !== row.key);
        return this.look();
    }

    async searchAccounts(row) {
        this.state.accounts = await this.call("search_accounts", row.text);
        if (row.text && !row.account && this.state.accounts.length === 1) {
            // What is typed so far means this one only: the entry below shows it.
            row.account = this.state.accounts[0];
            await this.look();
        }
    }

    setAccount(row, text) {
        row.text = text;
        row.account = this.state.accounts.find((account) => account.name === text) || null;
        if (row.account) {
            return this.look();
        }
        return this.findAccounts(row);
    }

    setWriteOff(row, field, value) {
        row[field] = field === "amount" ? value.trim().replace(",", ".") : value;
        return this.look();
    }

    get choice() {
        return {
            items: this.state.items.map((item) => ({ id: item.id, amount: item.wanted || null })),
            write_offs: this.state.writeOffs
                .filter((row) => row.account)
                .map((row) => ({
                    account_id: row.account.id,
                    amount: row.amount,
                    label: row.label,
                    tax_id: Number(row.tax) || false,
                })),
        };
    }

    get isEmpty() {
        return !this.state.items.length && !this.choice.write_offs.length;
    }

    /** The entry that would be booked, as the server plans it. */
    async look() {
        this.state.problem = "";
        if (this.isEmpty) {
            this.state.preview = null;
            return;
        }
        try {
            this.state.preview = await this.call("preview", this.choice);
        } catch (error) {
            this.state.preview = null;
            this.state.problem = error.data?.message || error.message;
        }
    }

    get leftText() {
        return this.state.preview ? this.state.preview.open_text : this.props.detail.open_text;
    }

    get isComplete() {
        return this.state.preview && !Number(this.state.preview.open);
    }

    get confirmText() {
        return this.isComplete ? _t("Book") : _t("Book, and keep %s open", this.leftText);
    }

    async confirm() {
        if (this.isEmpty || this.state.problem || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.call("choose", this.choice);
            await this.props.onDone(this.isComplete);
        } catch (error) {
            this.state.problem = error.data?.message || error.message;
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(event) {
        if (event.key === "Escape") {
            event.stopPropagation();
            this.props.onCancel();
        } else if (event.key === "Enter" && (event.ctrlKey || event.target.tagName !== "INPUT")) {
            event.preventDefault();
            this.confirm();
        } else if (event.key === "Enter" && event.target === this.search.el && this.shown.length) {
            event.preventDefault();
            this.pick(this.shown[0]);
        }
        event.stopPropagation();
    }
}

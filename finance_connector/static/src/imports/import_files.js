/** Files are dropped, each is looked at before anything is booked, and imported one by one or all that are good. */
import { Component, onWillStart, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

// What the server says of a file, before and after its import, in words and with a sign beside the colour.
const VERDICTS = {
    reading: { word: _t("Being read"), icon: "fa-spinner fa-spin", tone: "text-muted" },
    good: { word: _t("Can be imported"), icon: "fa-check-circle", tone: "text-success" },
    refused: { word: _t("Would be refused"), icon: "fa-times-circle", tone: "text-danger" },
    duplicate: { word: _t("Imported before"), icon: "fa-clone", tone: "text-muted" },
    large: { word: _t("Read in the background"), icon: "fa-clock-o", tone: "text-info-emphasis" },
    failed: { word: _t("Not looked at"), icon: "fa-exclamation-triangle", tone: "text-danger" },
    imported: { word: _t("Imported"), icon: "fa-check-circle", tone: "text-success" },
    rejected: { word: _t("Refused, kept with its reason"), icon: "fa-times-circle", tone: "text-danger" },
    received: { word: _t("In progress"), icon: "fa-clock-o", tone: "text-info-emphasis" },
};
const RESULT = ["state", "reason", "line_count", "created_count", "announced_count", "duplicate_count", "conflict_count", "way_out", "progress"];
// How often a file that is worked in the background is asked for, in milliseconds.
const FOLLOW_EVERY = 3000;

export class ImportFiles extends Component {
    static template = "finance_connector.ImportFiles";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.lastKey = 0;
        this.state = useState({
            files: [], over: false, journalId: 0, providerId: 0, targets: { journals: [], providers: [] }, error: "",
        });
        onWillStart(async () => {
            this.state.targets = await this.orm.call("finance.import", "import_targets", []);
        });
    }

    get ready() {
        return this.state.files.filter((file) => !file.importId && ["good", "large"].includes(file.verdict));
    }

    verdict(file) {
        return VERDICTS[file.verdict];
    }

    percent(file) {
        return Math.floor(100 * file.result.progress);
    }

    announces(file) {
        return file.told.statements.some((one) => one.announced);
    }

    get target() {
        return { journal_id: this.state.journalId || false, provider_id: this.state.providerId || false };
    }

    async add(list) {
        this.state.over = false;
        for (const file of [...list]) {
            this.state.files.push({ key: ++this.lastKey, name: file.name, verdict: "reading", told: {}, content: "", shown: false });
            const kept = this.state.files.at(-1);
            try {
                kept.content = (await getDataURLFromFile(file)).split(",")[1] || "";
            } catch (error) {
                this.fail(kept, error);
                continue;
            }
            await this.look(kept);
        }
    }

    async look(file) {
        file.verdict = "reading";
        try {
            const told = await this.orm.silent.call("finance.import", "preview_file", [file.content, file.name], this.target);
            Object.assign(file, { told, verdict: told.verdict });
        } catch (error) {
            this.fail(file, error);
        }
    }

    fail(file, error) {
        Object.assign(file, { verdict: "failed", told: { reason: error.data?.message || error.message || String(error) } });
    }

    /** Another target may let another file in. */
    async retarget(name, value) {
        this.state[name] = Number(value);
        for (const file of this.state.files.filter((one) => !one.importId)) {
            await this.look(file);
        }
    }

    async take(file) {
        file.verdict = "reading";
        try {
            const ids = await this.orm.silent.call("finance.import", "import_file", [file.content, file.name], this.target);
            file.importId = Array.isArray(ids) ? ids[0] : ids;
            await this.readResult(file);
        } catch (error) {
            this.fail(file, error);
        }
    }

    async readResult(file) {
        const [result] = await this.orm.silent.read("finance.import", [file.importId], RESULT);
        Object.assign(file, { result, verdict: result.state, told: { ...file.told, reason: result.reason } });
        if (result.state === "received") {
            this.follow(file);
        }
    }

    /** Ask again later, as long as the page is shown; also when the server does not answer for once, since it has the file. */
    follow(file) {
        browser.setTimeout(() => {
            if (status(this) === "mounted") {
                this.readResult(file).catch(() => this.follow(file));
            }
        }, FOLLOW_EVERY);
    }

    async takeAll() {
        for (const file of this.ready) {
            await this.take(file);
        }
    }

    /** Keep a file that is refused, and go on with what would let it in. */
    async mend(file) {
        await this.take(file);
        if (file.result?.way_out === "word") {
            const action = await this.orm.call("finance.import", "action_tell", [[file.importId]]);
            return this.action.doAction(action);
        }
        if (file.result?.way_out === "profile") {
            return this.action.doAction(await this.orm.call("finance.import", "action_define_profile", [[file.importId]]));
        }
    }

    mayMend(file) {
        const wayOut = file.verdict === "refused" && file.told.way_out;
        return wayOut === "word" || (wayOut === "profile" && this.state.targets.may_define);
    }

    remove(file) {
        this.state.files.splice(this.state.files.indexOf(file), 1);
    }

    open(file) {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: "finance.import", res_id: file.importId, views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("finance_connector.import_files", ImportFiles);

/** The lines to explain: only what can be seen is drawn, and pages are asked for when they come into view. */
import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const ROW_HEIGHT = 58;
const PAGE = 80;
const SPARE_ROWS = 10;

const pageOf = (place) => Math.floor(place / PAGE) * PAGE;

export class LineList extends Component {
    static template = "finance_connector.LineList";
    static props = {
        wanted: Object,
        version: Number,
        place: Number,
        selected: { type: Number, optional: true },
        onSelect: Function,
        onLoaded: Function,
        register: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.scroller = useRef("scroller");
        this.state = useState({ total: 0, pages: {}, top: 0, height: 600, status: "loading", error: "" });
        this.waiting = new Set();
        this.round = 0;
        this.props.register(this);
        onWillUpdateProps((next) => {
            if (next.version !== this.props.version) {
                this.restart(next);
            }
        });
        useEffect(
            () => {
                this.measure();
                this.restart(this.props);
            },
            () => []
        );
    }

    /** Reads the list anew from where `props.place` is; what is shown stays until the answer is here. */
    restart(props) {
        this.round++;
        this.waiting.clear();
        if (!props.place && this.scroller.el) {
            this.scroller.el.scrollTop = 0;
        }
        this.state.status = this.state.total ? this.state.status : "loading";
        return this.load(pageOf(props.place), props, true);
    }

    measure() {
        const element = this.scroller.el;
        if (!element) {
            return;
        }
        this.state.top = element.scrollTop;
        this.state.height = element.clientHeight || 600;
        for (const { place, line } of this.rows) {
            if (!line) {
                this.load(pageOf(place));
            }
        }
    }

    async load(offset, props = this.props, isFirst = false) {
        if (this.waiting.has(offset)) {
            return;
        }
        const round = this.round;
        this.waiting.add(offset);
        try {
            const found = await this.orm.silent.call("finance.workbench", "get_lines", [props.wanted, offset]);
            if (round === this.round) {
                this.take(offset, found, props, isFirst);
            }
        } catch (error) {
            Object.assign(this.state, { status: "error", error: error.data?.message || error.message || String(error) });
        } finally {
            this.waiting.delete(offset);
        }
    }

    take(offset, found, props, isFirst) {
        const pages = isFirst ? {} : this.state.pages;
        Object.assign(this.state, { pages, total: found.total, status: "ready" });
        if (isFirst && !found.lines.length && found.total) {
            // The list has become shorter than where it was looked at.
            return this.load(pageOf(found.total - 1), props, true);
        }
        this.state.pages[offset] = found.lines;
        if (isFirst) {
            props.onLoaded(offset, found);
            this.measure();
        }
    }

    lineAt(place) {
        return this.state.pages[pageOf(place)]?.[place % PAGE];
    }

    placeOf(id) {
        for (const [offset, lines] of Object.entries(this.state.pages)) {
            const place = lines.findIndex((line) => line.id === id);
            if (place >= 0) {
                return Number(offset) + place;
            }
        }
        return -1;
    }

    /** Selects the line `step` places away from the selected one, and brings it into view. */
    move(step) {
        const place = Math.min(Math.max(this.placeOf(this.props.selected) + step, 0), this.state.total - 1);
        const line = this.lineAt(place);
        if (!line) {
            return;
        }
        const element = this.scroller.el;
        const top = place * ROW_HEIGHT;
        if (top < element.scrollTop || top + ROW_HEIGHT > element.scrollTop + element.clientHeight) {
            element.scrollTop = Math.max(0, top - element.clientHeight / 2);
        }
        this.props.onSelect(line);
    }

    get rows() {
        const first = Math.max(0, Math.floor(this.state.top / ROW_HEIGHT) - SPARE_ROWS);
        const last = Math.min(this.state.total, Math.ceil((this.state.top + this.state.height) / ROW_HEIGHT) + SPARE_ROWS);
        const rows = [];
        for (let place = first; place < last; place++) {
            rows.push({ place, line: this.lineAt(place), style: `top:${place * ROW_HEIGHT}px` });
        }
        return rows;
    }

    get spaceStyle() {
        return `height:${this.state.total * ROW_HEIGHT}px`;
    }
}

import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");

tours.add("finance_connector.bank_feed", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(Main bank):contains(Valid) td[name=name]", run: "click" },
        { trigger: ".o_fc_checklist [data-state=done]:contains(Consent until)" },
        { trigger: ".o_fc_checklist [data-state=advice]:contains(The bank gave no answer)" },
        { trigger: "button[name=action_pull]:contains(Pull now)" },
        { trigger: ".o_field_widget[name=account_ids] .o_data_row td[name=display_name]", run: "click" },
        { content: "each day has its sign and its words", trigger: ".modal .o_fc_day[data-state=proven][title*=complete]:contains(✓)" },
        { trigger: ".modal .o_fc_day[data-state=missing][title*=missing]:contains(✕)" },
        { trigger: ".modal .o_fc_calendar_legend:contains(before the first day)" },
    ]),
});

tours.add("finance_connector.account_coverage", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(Main bank) td[name=display_name]", run: "click" },
        { content: "statements wherever they come from", trigger: ".o_fc_day[data-state=proven][title*=complete]" },
        { trigger: ".o_fc_day[data-state=missing][title*=missing]" },
        { trigger: "button[name=action_open_fc_statements]", run: "click" },
        { trigger: ".o_data_row:contains(Main bank)" },
    ]),
});

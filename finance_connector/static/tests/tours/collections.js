import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");

tours.add("finance_connector.mandate_suspended", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(Debtor 1):contains(Active) td[name=reference]", run: "click" },
        { content: "what proves it", trigger: ".o_field_widget[name=evidence_note]:contains(Binder 7), .o_field_widget[name=evidence_note] input" },
        { trigger: ".o_field_widget[name=collection_ids] .o_data_row:contains(First):contains(Draft)" },
        { trigger: ".o_form_statusbar button[name=action_suspend]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Suspended)" },
        { content: "who did it", trigger: ".alert-warning:contains(by collector)" },
        { trigger: ".o_form_statusbar button[name=action_resume]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Active)" },
    ]),
});

tours.add("finance_connector.collection_order", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(Direct debit) td[name=name]", run: "click" },
        { content: "in the words of collections", trigger: ".o_list_renderer th:contains(Debtor)" },
        { trigger: ".o_field_widget[name=instruction_ids] .o_data_row:contains(Debtor 1):contains(First)" },
        { trigger: ".o_field_widget[name=instruction_ids] .o_data_row td[name=partner_id]", run: "click" },
        { content: "until when it can be taken back", trigger: ".modal .o_field_widget[name=refund_until]:not(:empty), .o_form_view .o_field_widget[name=refund_until]:not(:empty)" },
    ]),
});

tours.add("finance_connector.dunning_case", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(Debtor 2):contains(Running) td[name=partner_id]", run: "click" },
        { content: "why the money did not move", trigger: ".alert-warning:contains(AM04)" },
        { trigger: ".o_form_statusbar button[name=action_hold]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Held)" },
        { trigger: ".o_form_statusbar button[name=action_resume]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Running)" },
    ]),
});

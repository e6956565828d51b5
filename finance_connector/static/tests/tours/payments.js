import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");

tours.add("finance_connector.transaction_timeline", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(pi_screen):contains(Partially refunded)" },
        { trigger: ".o_data_row:contains(pi_screen) td[name=provider_reference]", run: "click" },
        { content: "the amounts are drawn", trigger: ".o_fc_step[data-key=net]:contains(71.80)" },
        { trigger: ".o_fc_step[data-key=refunded]:contains(-25.00)" },
        { content: "the story is told in order", trigger: ".o_fc_event:first-child:contains(Authorised)" },
        { trigger: ".o_fc_event[data-kind=refund]:contains(requested_by_customer) .o_fc_event_amount:contains(-25.00)" },
        { content: "the bytes can be taken away", trigger: ".o_fc_event[data-kind=capture] .o_fc_raw_bytes[href*='/body/']" },
        { trigger: ".o_fc_event[data-kind=capture]:contains(+100.00) .o_fc_open_message", run: "click" },
        { content: "down to the raw message", trigger: ".o_fc_raw_text:contains(evt_screen_capture):contains(10000)" },
        { trigger: ".o_notebook .nav-link:contains(Movements it gave)", run: "click" },
        { content: "and back up to what it gave", trigger: ".o_field_widget[name=movement_ids] .o_data_row:contains(Captured)" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a", run: "click" },
        { content: "the exception about it", trigger: "button[name=action_open_exceptions]:contains(1)", run: "click" },
        { trigger: ".o_data_row:contains(S00042)" },
    ]),
});

tours.add("finance_connector.message_replay", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(evt_screen_dead):contains(Given up) td[name=external_id]", run: "click" },
        { trigger: ".alert-danger:contains(Given up after 10 attempts):contains(no currency)" },
        { content: "digits as they were written", trigger: ".o_fc_raw_text:contains(12.50)" },
        { trigger: ".o_form_statusbar button[name=action_replay]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Received)" },
        { content: "nothing to replay while it waits", trigger: ".o_form_statusbar:not(:has(button[name=action_replay]))" },
    ]),
});

tours.add("finance_connector.settlement_proof", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(po_good):contains(Adds up)" },
        { trigger: ".o_data_row:contains(po_bad):contains(Does not add up):contains(1.50) td[name=external_id]", run: "click" },
        { trigger: ".alert-danger:contains(Does not add up):contains(98.30):contains(96.80):contains(1.50)" },
        { trigger: ".o_fc_step[data-key=net]:contains(98.30)" },
        { trigger: "button[name=action_open_lines]:contains(1)" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a", run: "click" },
        { trigger: ".o_data_row:contains(po_good) td[name=external_id]", run: "click" },
        { trigger: ".alert-success:contains(Adds up)" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(pi_screen):contains(96.80)" },
        { trigger: "button[name=action_open_transactions]", run: "click" },
        { trigger: ".o_data_row:contains(pi_screen)" },
    ]),
});

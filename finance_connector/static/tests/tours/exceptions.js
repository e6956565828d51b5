import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");

tours.add("finance_connector.exception_resolve", {
    steps: () => patient([
        { content: "the queue is open", trigger: ".o_searchview_facet:contains(Open)" },
        {
            content: "the amount at risk and the kind are in the row",
            trigger: ".o_data_row:contains(S00042):contains(100.00):contains(Payment without order)",
        },
        { trigger: ".o_data_row:contains(S00042) td[name=summary]", run: "click" },
        { content: "it says what to do next", trigger: ".o_fc_guidance_next:contains(Find the order by reference)" },
        { content: "and to what", trigger: ".o_field_widget[name=source_name]:contains(pi_screen)" },
        { trigger: ".o_form_statusbar button[name=action_assign_to_me]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(In progress)" },
        { trigger: ".o_form_statusbar button[name=action_resolve]", run: "click" },
        { content: "a reason is asked for", trigger: ".modal .o_field_tags:contains(S00042)" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { content: "without one it does not close", trigger: ".modal .o_field_widget[name=reason].o_field_invalid" },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The customer paid twice; refunded at the provider.",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Resolved)" },
        { trigger: ".o_fc_guidance_done:contains(refunded at the provider):contains(Screen User)" },
        { trigger: "body:not(:has(.o_form_statusbar button[name=action_resolve]))" },
    ]),
});

tours.add("finance_connector.exception_retry", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(evt_screen_dead) td[name=summary]", run: "click" },
        { trigger: ".o_form_statusbar button[name=action_retry]", run: "click" },
        { content: "the source is one click away", trigger: "button[name=action_open_source]:contains(Message)", run: "click" },
        { trigger: ".o_breadcrumb:contains(evt_screen_dead) , .o_last_breadcrumb_item:contains(evt_screen_dead)" },
        { trigger: ".o_arrow_button_current:contains(Received)" },
    ]),
});

tours.add("finance_connector.exception_board", {
    steps: () => patient([
        { trigger: ".o_kanban_group:contains(High) .o_kanban_record:contains(evt_screen_dead)" },
        { trigger: ".o_kanban_group:contains(Medium) .o_kanban_record:contains(S00042):contains(100.00)" },
        { content: "the side panel counts", trigger: ".o_search_panel:contains(Payment without or)" },
        {
            trigger: ".o_search_panel_filter_value:contains(Message given up) input",
            run: "click",
        },
        { trigger: ".o_kanban_renderer:not(:has(.o_kanban_record:contains(S00042)))" },
    ]),
});

tours.add("finance_connector.auditor_reads", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(S00042) td[name=summary]", run: "click" },
        { trigger: ".o_fc_guidance_next" },
        { trigger: ".o_form_statusbar:not(:has(button[name^=action_]))" },
        { content: "the owner cannot be set", trigger: ".o_form_sheet:not(:has(.o_field_widget[name=user_id] input)):not(:has(.o_field_widget[name=severity] select))" },
        { trigger: "button[name=action_open_source]", run: "click" },
        { content: "the transaction offers nothing that writes", trigger: ".o_fc_timeline" },
        { trigger: ".o_form_statusbar:not(:has(button[name^=action_]))" },
        { trigger: ".o_fc_event[data-kind=capture] .o_fc_open_message", run: "click" },
        { trigger: ".o_fc_raw_text:contains(evt_screen_capture)" },
        { content: "reading is all", trigger: ".o_form_statusbar:has(button[name=action_download]):not(:has(button[name=action_replay]))" },
        { trigger: "body:not(:has(.o_form_button_create))" },
    ]),
});

import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");

function back() {
    return { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a", run: "click" };
}

tours.add("finance_connector.dashboard", {
    steps: () => patient([
        { trigger: ".o_fc_dashboard[data-status=ready]" },
        { trigger: ".o_fc_card_exceptions:contains(2 open):contains(100.00):contains(at risk)" },
        { trigger: ".o_fc_card_books" },
        { trigger: ".o_fc_card_inbox:contains(1 given up):contains(no API key)" },
        { trigger: ".o_fc_card_flow:contains(100.00) canvas" },
        { trigger: ".o_fc_card_arrivals:contains(1 not adding up)" },
        { content: "a kind leads to its list", trigger: ".o_fc_kinds tr[data-kind=no_document]", run: "click" },
        { trigger: ".o_searchview_facet:contains(Payment without order)" },
        { trigger: ".o_list_renderer:has(.o_data_row:contains(S00042)):not(:has(.o_data_row:contains(evt_screen_dead)))" },
        back(),
        { trigger: ".o_fc_state[data-state=partially_refunded]:contains(1)", run: "click" },
        { trigger: ".o_data_row:contains(pi_screen)" },
        back(),
        { trigger: ".o_fc_card_inbox a:contains(1 given up)", run: "click" },
        { trigger: ".o_data_row:contains(evt_screen_dead)" },
        back(),
        { trigger: ".o_fc_card_arrivals a:contains(1 not adding up)", run: "click" },
        { trigger: ".o_list_renderer:has(.o_data_row:contains(po_bad)):not(:has(.o_data_row:contains(po_good)))" },
        back(),
        { trigger: ".o_fc_bank_open", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains(Open bank lines)" },
        back(),
        { trigger: ".o_fc_unposted", run: "click" },
        { trigger: ".o_searchview_facet:contains(Not booked yet)" },
    ]),
});

tours.add("finance_connector.dashboard_error", {
    steps: () => patient([
        { trigger: ".o_fc_dashboard[data-status=error] .o_fc_error:contains(could not be loaded):contains(The ledger sleeps)" },
        { trigger: ".o_fc_error button:contains(Try again)", run: "click" },
        { trigger: ".o_fc_error:contains(The ledger sleeps)" },
    ]),
});

tours.add("finance_connector.dashboard_empty", {
    steps: () => patient([
        { trigger: ".o_fc_welcome:contains(No payment provider is connected yet)" },
        { trigger: ".o_fc_card_exceptions:contains(Nothing waits for you)" },
        { trigger: ".o_fc_card_arrivals:contains(No payout is on its way)" },
        { trigger: ".o_fc_welcome button:contains(Connect a provider)", run: "click" },
        { trigger: ".o_view_nocontent:contains(Connect your first payment provider)" },
    ]),
});

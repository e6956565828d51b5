import { registry } from "@web/core/registry";
import { patient } from "./patient";

const tours = registry.category("web_tour.tours");
const SECRET = "whsec_from_the_screen";

function refuseSecretOnScreen() {
    const shown = [...document.querySelectorAll("input, textarea")].map((input) => input.value);
    if (document.body.textContent.includes(SECRET) || shown.some((value) => value.includes(SECRET))) {
        throw new Error("The secret can be read on the screen.");
    }
}

tours.add("finance_connector.provider_secret", {
    steps: () => patient([
        { trigger: ".o_fc_checklist [data-state=missing]:contains(Webhook signing secret)" },
        { content: "activation says what is missing", trigger: "button[name=action_activate]", run: "click" },
        { trigger: ".modal:contains(Missing: webhook signing secret) .modal-footer button", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_set_secret]", run: "click" },
        { trigger: ".modal .o_field_widget[name=value] input[type=password]", run: `edit ${SECRET}` },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_fc_checklist [data-state=done]:contains(Webhook signing secret)" },
        {
            content: "its mark and validity are shown, its value is not",
            trigger: ".o_field_widget[name=secret_ids] .o_data_row:contains(Webhook signing secret):contains(Valid)",
            run: refuseSecretOnScreen,
        },
        { trigger: "button[name=action_activate].btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Active)" },
        { trigger: "button[name=action_set_secret]", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] label:contains(API key)", run: "click" },
        { trigger: ".modal .o_field_widget[name=value] input[type=password]", run: "edit rk_test_key" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=secret_ids] .o_data_row:contains(API key) button[name=action_revoke]",
            run: "click",
        },
        { trigger: ".modal:contains(stops being valid at once) .btn-primary", run: "click" },
        { trigger: ".o_field_widget[name=secret_ids]:not(:has(.o_data_row:contains(API key)))" },
        { trigger: ".o_field_widget[name=webhook_url]:contains(/finance/webhook/)" },
        { trigger: ".o_notebook .nav-link:contains(Accounts)", run: "click" },
        { trigger: ".o_fc_role:contains(Paid out by the provider, not yet seen at your bank)" },
    ]),
});

tours.add("finance_connector.audit_verify", {
    steps: () => patient([
        { trigger: ".o_data_row:contains(provider.activate)" },
        { trigger: ".o_control_panel button:contains(Verify chain)", run: "click" },
        { trigger: ".o_notification:contains(The audit chain is intact):contains(entries verified)" },
        { trigger: ".o_data_row:contains(provider.activate) td[name=action]", run: "click" },
        { trigger: ".o_fc_raw_text:contains(environment)" },
    ]),
});

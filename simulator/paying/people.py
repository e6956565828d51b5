"""The company of a world of payments out, and what its people do in Odoo: each act as the person who does it, in a transaction of
its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from simulator.play.companies import company_names
from simulator.play.host import Host

from .bank import SimulatedBank
from .world import Payee, PayingWorld

_ROLES = {"maker": "user", "colleague": "user", "treasurer": "approver", "chief": "approver"}
_APPROVERS = ("treasurer", "chief")


class Company:
    """``later`` is called after each act: it took a moment."""

    def __init__(self, host: Host, world: PayingWorld, bank: SimulatedBank, folder: Path, later):
        self.host, self.world, self.bank, self.later = host, world, bank, later
        with host.registry.cursor() as cursor:
            env = host.environment(cursor)
            company = env["res.company"].search([("name", "=", company_names()[0])])
            self.id = company.id
            env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True, "mail_create_nolog": True})
            self._open(env, company, folder)
        later()
        self._act("chief", lambda env: env["finance.payment.policy"].browse(self._rule).action_approve())
        self._act("chief", lambda env: env["finance.payment.channel"].browse(self._channel).action_approve())

    # --- what there is ------------------------------------------------------------------------------------------------

    def _open(self, env, company, folder: Path) -> None:
        company.partner_id.write({"country_id": env.ref("base.de").id, "city": "Berlin"})
        self.journal = (
            env["account.journal"]
            .create(
                {"name": "Bank", "code": "PAYB", "type": "bank", "company_id": company.id, "bank_acc_number": self.world.iban}
            )
            .id
        )
        groups = {role: env.ref(f"finance_connector.group_{role}").id for role in set(_ROLES.values())}
        self.users = {
            name: env["res.users"]
            .create(
                {
                    "name": name,
                    "login": name,
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(4, groups[role])],
                }
            )
            .id
            for name, role in _ROLES.items()
        }
        self._rule = (
            env["finance.payment.policy"]
            .create(
                {
                    "name": "Two people",
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "level_ids": [
                        (0, 0, {"number": number, "name": name, "user_ids": [(6, 0, [self.users[name]])]})
                        for number, name in enumerate(_APPROVERS, 1)
                    ],
                }
            )
            .id
        )
        self._channel = (
            env["finance.payment.channel"]
            .create({"name": "Channel", "journal_id": self.journal, "company_id": company.id, **self._way(env, folder)})
            .id
        )
        self.partners = {payee.number: self._partner(env, company, payee) for payee in self.world.payees}
        env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": self.partners[bill.payee.number],
                    "company_id": company.id,
                    "ref": bill.reference,
                    "invoice_date": self.world.start - timedelta(days=3),
                    "date": self.world.start - timedelta(days=3),
                    "invoice_date_due": bill.due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [(0, 0, {"name": "Goods", "tax_ids": [], "price_unit": bill.amount / 100})],
                }
                for bill in self.world.bills
            ]
        ).action_post()

    def _way(self, env, folder: Path) -> dict:
        if self.world.style["reached"] == "folder":
            env["ir.config_parameter"].set_param("finance_connector.drop_root", str(folder.parent))
            return {"code": "folder", "folder": folder.name}
        return {"code": "http", "url": self.bank.url, "probe_url": self.bank.probe_url, "key_header": "Idempotency-Key"}

    def _partner(self, env, company, payee: Payee) -> int:
        return (
            env["res.partner"]
            .create(
                {
                    "name": payee.name,
                    "company_id": company.id,
                    "supplier_rank": 1,
                    "country_id": env.ref("base.de").id,
                    "city": "Bonn",
                    "bank_ids": [(0, 0, {"acc_number": payee.account})],
                }
            )
            .id
        )

    # --- what they do -------------------------------------------------------------------------------------------------

    def _act(self, who: str, act):
        """What ``act`` returns, done by ``who`` and committed."""
        with self.host.registry.cursor() as cursor:
            env = self.host.environment(cursor)(user=self.users[who], context={"allowed_company_ids": [self.id]})
            result = act(env)
        self.later()
        return result

    def pay(self) -> None:
        """Finish what was left undone, then pay what is due until tomorrow."""
        for order in self._orders():
            self._finish(order)
        order = self._act("maker", self._propose)
        if order:
            self._finish(order)

    def payable(self) -> list[str]:
        """The bills that a proposal would pay now."""

        def look(env):
            return self._proposal(env).line_ids.filtered("is_chosen").move_id.mapped("ref")

        return self._act("maker", look)

    def _orders(self) -> list[int]:
        return [
            row[0]
            for row in self.host.rows(
                """SELECT id FROM finance_payment_order WHERE company_id = %s AND state IN ('draft', 'to_approve', 'approved')
                    ORDER BY id""",
                self.id,
            )
        ]

    def _proposal(self, env):
        day = _open_day()
        wizard = env["finance.payment.proposal"].create(
            {
                "company_id": self.id,
                "journal_id": self.journal,
                "pay_on": day,
                "next_run": day + timedelta(days=1),
                "together": self.world.together,
            }
        )
        wizard.action_propose()
        return wizard

    def _propose(self, env) -> int:
        """The id of a new order of what is due; 0 if nothing is."""
        wizard = self._proposal(env)
        return wizard.action_make_order()["res_id"] if any(wizard.line_ids.mapped("is_chosen")) else 0

    def _finish(self, order: int) -> None:
        """Bring an order into the outbox, from wherever it is."""

        def orders(env):
            return env["finance.payment.order"].browse(order)

        self._act("maker", lambda env: self._choose_day(orders(env)))
        self._act("maker", lambda env: orders(env).state == "draft" and orders(env).action_submit())
        for who in _APPROVERS:
            self._act(who, lambda env: self._approve(orders(env)))
        self._act("maker", lambda env: self._send(orders(env)))

    @staticmethod
    def _choose_day(order) -> None:
        """An order whose day is over, and that does not wait to be sent, is taken back and gets the next day of the banks."""
        if order.execution_date < date.today() and not order.is_queued:
            if order.state != "draft":
                order.action_recall()
            order.execution_date = _open_day()

    @staticmethod
    def _approve(order) -> None:
        signed = order.approval_ids.filtered("counts").user_id
        if order.state == "to_approve" and order.env.user not in signed:
            order.action_approve()

    @staticmethod
    def _send(order) -> None:
        if order.state == "approved" and not order.is_queued:
            order.action_send()

    def look_at_failures(self, blocked: list[Payee], corrected: list[Payee]) -> None:
        """Payees whose account is wrong for good are paid no more; the others have told their new account, and are paid again."""
        for payee in (*blocked, *corrected):
            failed = self._failed(payee)
            if failed and payee in blocked:
                self._act("colleague", lambda env, payee=payee: self._block(env, payee))
            elif failed:
                self._act("colleague", lambda env, payee=payee, failed=failed: self._pay_again(env, payee, failed))

    def _failed(self, payee: Payee) -> list[int]:
        """The payments to ``payee`` that failed, that no other one takes the place of, and whose bills are in no other order."""
        return [
            row[0]
            for row in self.host.rows(
                """SELECT i.id FROM finance_payment_instruction i
                WHERE i.partner_id = %s AND i.state IN ('rejected', 'returned')
                  AND NOT EXISTS (SELECT FROM finance_payment_instruction o WHERE o.replaces_id = i.id AND o.state != 'cancelled')
                  AND NOT EXISTS (SELECT FROM finance_payment_item m
                                    JOIN finance_payment_item o ON o.move_line_id = m.move_line_id
                                   WHERE m.instruction_id = i.id AND o.instruction_id > i.id)""",
                self.partners[payee.number],
            )
        ]

    def _block(self, env, payee: Payee) -> None:
        env["res.partner"].browse(self.partners[payee.number]).sudo().fc_payment_block = "The account is wrong."

    def _pay_again(self, env, payee: Payee, failed: list[int]) -> None:
        account = env["res.partner"].browse(self.partners[payee.number]).bank_ids
        if account.acc_number != payee.new_account:
            account.sudo().acc_number = payee.new_account
        env["finance.payment.instruction"].browse(failed).action_pay_again()

    def telephone(self, before: datetime) -> None:
        """What has been unknown since ``before`` and cannot be asked for otherwise is asked on the telephone."""
        rows = self.host.rows(
            """SELECT DISTINCT o.id, r.intent_key FROM finance_payment_order o JOIN finance_request r ON r.order_id = o.id
                WHERE r.outcome = 'unknown' AND r.begun_at <= %s AND o.company_id = %s""",
            before.replace(tzinfo=None),
            self.id,
        )
        for order, message in rows:
            there = self.bank.has(message)
            self._act(
                "colleague",
                lambda env, order=order, there=there: self._confirm(env["finance.payment.order"].browse(order), there),
            )

    @staticmethod
    def _confirm(order, there: bool) -> None:
        if order.waits_for_outcome:
            order.action_confirm_sent() if there else order.action_confirm_not_sent()


def _open_day() -> date:
    """Today, or the next day on which the banks execute payments."""
    from odoo.addons.finance_connector.core.payment_calendar import TARGET

    return TARGET.next_open(date.today())

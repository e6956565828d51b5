"""What providers say by webhook of payments that we ordered there: facts of the payment that they name, whatever came before, in
any order and any number of copies (INV-4). The same facts come in by asking (`payment_transmit`)."""

from odoo import api, models

from ..core.instruction_facts import LEVELS, MONEY, InstructionFact


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    @api.model
    def _absorb(self, provider, items):
        touched = super()._absorb(provider, items)
        for message_id, parsed in items:
            if parsed.news:
                self.env["finance.payment.instruction"].sudo()._hear_provider(provider, parsed.news, message_id)
        return touched


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    @api.model
    def _hear_provider(self, provider, news, message_id):
        """Take `records.PaymentNews` of ``provider``; what names no payment that went there is told."""
        known, facts = self._sent_to(provider, {one.end_to_end_id for one in news}), {}
        for told in news:
            if one := known.get(told.end_to_end_id):
                facts.setdefault(one.id, []).append(one._fact_of(told, provider.code))
            else:
                self._tell_unknown_news(provider, told, message_id)
        self._take_facts(facts, message_id)

    @api.model
    def _sent_to(self, provider, names):
        """End-to-end id -> the payment of that name that goes by the provider; the one that stands, where others were given
        up."""
        found = self.search(
            [
                ("end_to_end_id", "in", sorted(names)),
                ("company_id", "=", provider.company_id.id),
                ("order_id.channel_id.code", "=", provider.code),
                ("order_id.channel_id.provider_id", "in", (False, provider.id)),
            ],
            order="id",
        )
        standing = found.filtered(lambda one: one.state != "cancelled")
        return {one.end_to_end_id: one for one in (*(found - standing), *standing)}

    def _fact_of(self, told, source):
        """The `InstructionFact` that one `records.PaymentNews` is."""
        moves = told.kind in MONEY
        return InstructionFact(
            told.kind,
            told.name,
            told.occurred_at,
            level="" if moves else LEVELS[-1],
            source=source,
            amount=(told.amount or self._money()) if moves else None,
            reasons=told.reasons,
            text=told.text,
            movement=told.movement,
        )

    def _tell_unknown_news(self, provider, told, message_id):
        self.env["finance.exception"]._raise(
            "payment_answer",
            f"{provider.id}/{told.kind}/{told.name}",
            provider.company_id,
            self.env._("%(provider)s tells of a payment %(name)s that nobody ordered here", provider=provider.name,
                       name=told.end_to_end_id),
            detail=self.env._(
                "It says “%(what)s” of %(object)s. Find out who ordered it: look for it at the provider, and ask who else pays "
                "by that account.",
                what=told.kind,
                object=told.name,
            ),
            record=self.env["finance.message"].browse(message_id),
            provider=provider,
            amount=told.amount.to_decimal() if told.amount else 0,
            currency=self.env["res.currency"].search([("name", "=", told.amount.currency)]) if told.amount else None,
        )  # fmt: skip

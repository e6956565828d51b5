"""Which movements are posted next and what posting must know about them: one locking read, a few set-based ones."""

from odoo import models

from ..core.balances import EFFECTS
from ..core.money import minor_units
from ..core.to_post import amounts_to_post

BOOKED_KINDS = frozenset(kind for kind, signs in EFFECTS.items() if any(signs))
_COLUMNS = """m.id, m.transaction_id, m.kind, m.external_id, m.amount::text, c.name, m.occurred_at,
       COALESCE(m.group_key, ''), COALESCE(m.cumulative, false), m.counter_amount::text, k.name, m.settlement_id,
       (m.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date, COALESCE(m.post_failures, 0)"""
_TABLES = """finance_movement m JOIN res_currency c ON c.id = m.currency_id
       LEFT JOIN res_currency k ON k.id = m.counter_currency_id"""
_DUE = "m.posted_at IS NULL AND (m.post_after IS NULL OR m.post_after <= (now() AT TIME ZONE 'UTC'))"


class Row:
    """One movement to post. ``minor`` is what the provider told, ``to_post`` what is still to be booked of it."""

    __slots__ = (
        "id", "transaction_id", "kind", "external_id", "minor", "currency", "at", "group", "cumulative",
        "counter_minor", "counter_currency", "settlement_id", "day", "failures", "to_post", "info", "receipt",
    )  # fmt: skip

    def __init__(self, values):
        (
            self.id, self.transaction_id, self.kind, self.external_id, amount, self.currency, self.at, self.group,
            self.cumulative, counter, self.counter_currency, self.settlement_id, self.day, self.failures,
        ) = values  # fmt: skip
        self.minor = minor_units(amount, self.currency)
        self.counter_minor = minor_units(counter, self.counter_currency) if counter else None
        self.to_post, self.info, self.receipt = 0, NO_PAYMENT, None

    def fact(self):
        """The light fact (`core.facts`)."""
        return (
            self.kind, self.external_id, self.minor, self.currency, self.at, self.group, self.cumulative,
            self.counter_minor, self.counter_currency,
        )  # fmt: skip


class Payment:
    """What posting knows of the transaction of a movement."""

    __slots__ = ("id", "label", "partner_id", "online_id", "receivable_id", "invoice_ids", "is_collection")

    def __init__(self, identity=None, label="", partner_id=None, online_id=None, invoice_ids=()):
        self.id, self.label, self.partner_id, self.online_id = identity, label, partner_id, online_id
        self.invoice_ids, self.receivable_id, self.is_collection = tuple(invoice_ids or ()), None, False


NO_PAYMENT = Payment()


class FinancePosting(models.AbstractModel):
    _name = "finance.posting"
    _description = "Posting"

    def _claim(self, provider, limit, failed):
        """Lock up to ``limit`` due movements and return them as `Row`s; ``failed``: those that failed before, or not.

        It must be the first statement of its transaction: a movement that another worker posted after our snapshot
        cannot be locked, and one that it holds is skipped.
        """
        return self._read(
            f"""SELECT {_COLUMNS} FROM {_TABLES}
                 WHERE m.provider_id = %(provider)s AND {_DUE}
                   AND (COALESCE(m.post_failures, 0) > 0) = %(failed)s
                 ORDER BY m.id LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED""",
            provider,
            {"provider": provider.id, "limit": limit, "failed": failed},
        )

    def _rows_of(self, provider, movement_ids, lock=False):
        """The unposted ones of ``movement_ids`` as `Row`s."""
        return self._read(
            f"""SELECT {_COLUMNS} FROM {_TABLES}
                 WHERE m.provider_id = %(provider)s AND m.posted_at IS NULL AND m.id = ANY(%(ids)s)
                 ORDER BY m.id {"FOR UPDATE OF m" if lock else ""}""",
            provider,
            {"provider": provider.id, "ids": list(movement_ids)},
        )

    def _read(self, query, provider, parameters):
        timezone = provider.company_id.partner_id.tz or "UTC"
        self.env["finance.movement"].flush_model()
        self.env.cr.execute(query, {**parameters, "tz": timezone})
        return [Row(values) for values in self.env.cr.fetchall()]

    def _due_count(self, provider):
        self.env.cr.execute(
            f"SELECT count(*) FROM finance_movement m WHERE m.provider_id = %s AND {_DUE}", [provider.id]
        )
        return self.env.cr.fetchone()[0]

    # --- what else is known -------------------------------------------------------------------------------------------

    def _complete(self, rows):
        """Fill in what is still to be booked of each row, and what is known of its payment."""
        booked = [row for row in rows if row.kind in BOOKED_KINDS]
        amounts = amounts_to_post(
            [(row.id, row.transaction_id, row.fact()) for row in booked], self._booked_before(booked)
        )
        payments = self._payments({row.transaction_id for row in booked if row.transaction_id})
        for row in booked:
            row.to_post = amounts[row.id]
            row.info = payments.get(row.transaction_id, NO_PAYMENT)
            row.receipt = None

    def _booked_before(self, rows):
        """The booked facts that bear on ``rows``: (payment, light fact, booked minor units)."""
        self.env.cr.execute(
            f"""WITH claimed AS (
                    SELECT id, provider_id, kind, external_id, transaction_id, cumulative
                      FROM finance_movement WHERE id = ANY(%(ids)s)
                ), bearing AS (
                    SELECT b.id FROM claimed a JOIN finance_movement b ON b.provider_id = a.provider_id
                       AND b.kind = a.kind AND b.external_id = a.external_id
                    UNION
                    SELECT b.id FROM claimed a JOIN finance_movement b ON b.transaction_id = a.transaction_id
                       AND b.kind = a.kind AND b.cumulative WHERE a.cumulative
                )
                SELECT {_COLUMNS}, m.posted_amount::text FROM {_TABLES} JOIN bearing ON bearing.id = m.id
                 WHERE m.posted_at IS NOT NULL""",
            {"ids": [row.id for row in rows], "tz": "UTC"},
        )
        found = []
        for *values, posted in self.env.cr.fetchall():
            row = Row(values)
            found.append((row.transaction_id, row.fact(), minor_units(posted or "0", row.currency)))
        return found

    def _payments(self, transaction_ids):
        """transaction id -> `Payment`."""
        if not transaction_ids:
            return {}
        self.env["finance.transaction"].flush_model()
        self.env.cr.execute(
            """SELECT t.id, COALESCE(t.reference, t.provider_reference), p.commercial_partner_id,
                      t.payment_transaction_id,
                      array_agg(r.account_move_id ORDER BY r.account_move_id)
                          FILTER (WHERE r.account_move_id IS NOT NULL)
                 FROM finance_transaction t
                 LEFT JOIN res_partner p ON p.id = t.partner_id
                 LEFT JOIN finance_transaction_invoice_rel r ON r.finance_transaction_id = t.id
                WHERE t.id = ANY(%s)
                GROUP BY t.id, p.id""",
            [list(transaction_ids)],
        )
        payments = {values[0]: Payment(*values) for values in self.env.cr.fetchall()}
        self._find_receivables(payments.values())
        return payments

    def _find_receivables(self, payments):
        """The receivable account of each known customer: that of the invoice, else that of the partner."""
        invoice_ids = {invoice_id for payment in payments for invoice_id in payment.invoice_ids}
        of_invoice = {}
        if invoice_ids:
            self.env["account.move.line"].flush_model(["account_id", "display_type", "move_id"])
            self.env.cr.execute(
                """SELECT move_id, min(account_id) FROM account_move_line
                    WHERE move_id = ANY(%s) AND display_type = 'payment_term' GROUP BY move_id""",
                [list(invoice_ids)],
            )
            of_invoice = dict(self.env.cr.fetchall())
        known = [payment for payment in payments if payment.partner_id]
        partners = self.env["res.partner"].browse({payment.partner_id for payment in known})
        of_partner = {partner.id: partner.property_account_receivable_id.id for partner in partners}
        for payment in known:
            accounts = (of_invoice.get(invoice_id) for invoice_id in payment.invoice_ids)
            payment.receivable_id = next(filter(None, accounts), of_partner[payment.partner_id])

"""What a new entry is reconciled with: receipts with invoices, refunds with credit notes, failures with what failed.

Everything is unique or left open. A match that Odoo refuses is an exception on its transaction; the entry stays posted.
"""

from collections import defaultdict

from odoo import models

from .inbox import CONCURRENCY
from .posting_entries import LINKED

_FAILED = {"capture_fail": "capture", "refund_fail": "refund", "dispute_lost": "capture"}
_CUSTOMER_LINES = """
SELECT m.transaction_id, m.kind, COALESCE(m.group_key, ''), l.id
  FROM finance_movement m
  JOIN account_move_line l ON l.finance_movement_id = m.id
  JOIN account_account a ON a.id = l.account_id
 WHERE m.transaction_id = ANY(%s) AND a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
   AND m.kind IN ('capture', 'capture_fail', 'refund', 'refund_fail', 'dispute_lost')
 ORDER BY m.occurred_at, l.id
"""
_DOCUMENT_LINES = """
SELECT r.finance_transaction_id, d.move_type, l.id
  FROM finance_transaction_invoice_rel r
  JOIN account_move i ON i.id = r.account_move_id
  JOIN account_move d ON d.id = i.id OR (d.reversed_entry_id = i.id AND d.move_type = 'out_refund')
  JOIN account_move_line l ON l.move_id = d.id
 WHERE r.finance_transaction_id = ANY(%s) AND d.state = 'posted' AND l.display_type = 'payment_term'
   AND NOT l.reconciled
 ORDER BY l.date_maturity, l.id
"""


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _match(self, provider, moves):
        """Reconcile the new lines of ``moves`` ({entry: account.move})."""
        nodes = self._outstanding_nodes(moves)
        rows = [row for entry in moves for row in entry.rows]
        nodes += self._failed_payout_nodes(provider, [row for row in rows if row.kind == "payout_fail"])
        nodes += self._unapplied_failure_nodes(moves)
        self._reconcile(provider, nodes)
        customers = {
            row.transaction_id
            for row in rows
            if row.info.partner_id and (row.info.invoice_ids or row.kind in ("refund", *_FAILED))
        }
        self._match_customers(provider, customers)

    def _outstanding_nodes(self, moves):
        """The transfers from the account where Odoo's checkout left the money, each with its receipt."""
        lines = self.env["account.move.line"]
        nodes = []
        for entry, move in moves.items():
            if entry.kind == LINKED:
                continue
            for row in entry.rows:
                account = row.receipt.outstanding_account_id if row.receipt else None
                if account and account.reconcile and row.receipt.move_id != move:
                    ours = move.line_ids.filtered(
                        lambda line, row=row, account=account: line.account_id == account
                        and line.finance_movement_id.id == row.id
                    )
                    theirs = row.receipt.move_id.line_ids.filtered(
                        lambda line, account=account: line.account_id == account and not line.reconciled
                    )
                    nodes.append((row.transaction_id, lines | ours | theirs))
        return nodes

    def _failed_payout_nodes(self, provider, rows):
        """Payouts that came back before a bank line took them: out of transit by their failure."""
        account = provider.in_transit_account_id
        nodes = []
        for row in rows if account.reconcile else ():
            same = [("settlement_id", "=", row.settlement_id)] if row.settlement_id else [("group_key", "=", row.group)]
            related = self.env["finance.movement"].search(
                [("provider_id", "=", provider.id), ("kind", "in", ("payout", "payout_fail")), *same]
            )
            lines = related.move_id.line_ids.filtered(
                lambda line, related=related: line.account_id == account
                and line.finance_movement_id in related
                and not line.reconciled
            )
            if len(lines) == 2 and not lines.currency_id[:1].compare_amounts(*lines.mapped(lambda line: abs(line.balance))):
                nodes.append((None, lines))
        return nodes

    def _unapplied_failure_nodes(self, moves):
        """Failed captures and refunds of unknown customers, with what they take back."""
        nodes = []
        for entry, move in moves.items():
            for row in entry.rows:
                if row.kind not in _FAILED or row.id not in entry.unapplied:
                    continue
                account = self.env["finance.movement"].browse(row.id).provider_id.unapplied_account_id
                undone = self.env["finance.movement"].search(
                    [
                        ("transaction_id", "=", row.transaction_id),
                        ("kind", "=", _FAILED[row.kind]),
                        ("unapplied", "=", True),
                    ]
                )
                lines = (move | undone.move_id).line_ids.filtered(
                    lambda line, account=account: line.account_id == account and not line.reconciled
                )
                nodes.append((row.transaction_id, lines))
        return nodes

    # --- customers ----------------------------------------------------------------------------------------------------

    def _match_customers(self, provider, transaction_ids):
        """Reconcile the open customer lines of these transactions with their documents, failures with what failed."""
        if not transaction_ids:
            return
        self.env.flush_all()
        own = self._own_lines(transaction_ids)
        self._reconcile(provider, self._failure_nodes(own))
        self.env.flush_all()
        documents = self._document_lines(transaction_ids)
        nodes = []
        for transaction_id, kinds in self._own_lines(transaction_ids).items():
            invoices, notes = (self._open_lines(ids) for ids in documents[transaction_id])
            receipts = self._open_lines(line_id for _group, line_id in kinds["capture"])
            if receipts and invoices:
                nodes.append((transaction_id, receipts | invoices))
            refunds = self._open_lines(line_id for _group, line_id in kinds["refund"])
            nodes += [(transaction_id, lines) for lines in self._refund_pairs(refunds, notes)]
        self._reconcile(provider, self._merge(nodes))

    def _own_lines(self, transaction_ids):
        """transaction id -> {kind: [(group, journal item id)]} of the customer lines that we booked."""
        self.env.cr.execute(_CUSTOMER_LINES, [list(transaction_ids)])
        found = defaultdict(lambda: defaultdict(list))
        for transaction_id, kind, group, line_id in self.env.cr.fetchall():
            found[transaction_id][kind].append((group, line_id))
        return found

    def _document_lines(self, transaction_ids):
        """transaction id -> (open invoice item ids, open credit note item ids)."""
        self.env.cr.execute(_DOCUMENT_LINES, [list(transaction_ids)])
        found = defaultdict(lambda: ([], []))
        for transaction_id, move_type, line_id in self.env.cr.fetchall():
            found[transaction_id][move_type == "out_refund"].append(line_id)
        return found

    def _open_lines(self, ids):
        return self.env["account.move.line"].browse(ids).filtered(lambda line: not line.reconciled)

    def _failure_nodes(self, own):
        """A failed capture takes its receipt off the invoice again, a failed refund its refund off the credit note."""
        nodes = []
        for transaction_id, kinds in own.items():
            for failed, undone in _FAILED.items():
                groups = {group for group, _line_id in kinds[undone]}
                for group, line_id in kinds[failed]:
                    failure = self._open_lines([line_id])
                    same = [other for key, other in kinds[undone] if key == group or group not in groups]
                    if failure and same:
                        lines = self.env["account.move.line"].browse(same)
                        lines.remove_move_reconcile()
                        nodes.append((transaction_id, lines | failure))
        return self._merge(nodes)

    def _refund_pairs(self, refunds, notes):
        """Refunds with the credit note of their amount, or all of them with the only one that is over their sum."""
        pairs = []
        for refund in refunds:
            fitting = notes.filtered(lambda note, refund=refund: _opposite(refund, note))
            if len(fitting) == 1:
                pairs.append(refund | fitting)
                notes -= fitting
                refunds -= refund
        if len(refunds) > 1 and len(notes) == 1 and _opposite(refunds, notes):
            pairs.append(refunds | notes)
        return pairs

    def _merge(self, nodes):
        """Nodes that share an item become one, for two receipts of one invoice in one batch."""
        merged, place = {}, {}
        for number, (transaction_id, lines) in enumerate(nodes):
            for other in {place[line.id] for line in lines if line.id in place}:
                lines |= merged.pop(other)[1]
            merged[number] = transaction_id, lines
            place.update(dict.fromkeys(lines.ids, number))
        return list(merged.values())

    # --- applying -----------------------------------------------------------------------------------------------------

    def _reconcile(self, provider, nodes):
        """Reconcile all ``nodes`` ((transaction id, lines)) in one plan; one that Odoo refuses becomes an exception."""
        nodes = [
            (transaction_id, part)
            for transaction_id, lines in nodes
            for part in lines.grouped("account_id").values()
            if len(part) > 1
        ]
        if not nodes:
            return
        plan = self._books(provider).env["account.move.line"]._reconcile_plan
        try:
            with self.env.cr.savepoint():
                plan([lines.with_env(self._books(provider).env) for _transaction_id, lines in nodes])
        except CONCURRENCY:
            raise
        except Exception:  # one of them is at fault: the others must not wait for it
            for transaction_id, lines in nodes:
                self._reconcile_one(provider, transaction_id, lines)
        else:
            causes = [f"match:{transaction_id}" for transaction_id, _lines in nodes]
            self.env["finance.exception"]._clear_many(
                "posting_failed", causes, provider.company_id, self.env._("It could be reconciled now.")
            )

    def _reconcile_one(self, provider, transaction_id, lines):
        try:
            with self.env.cr.savepoint():
                self._books(provider).env["account.move.line"]._reconcile_plan(
                    [lines.with_env(self._books(provider).env)]
                )
        except CONCURRENCY:
            raise
        except Exception as error:  # reported to a person; the entry itself is right
            transaction = self.env["finance.transaction"].browse(transaction_id)
            self.env["finance.exception"]._raise(
                "posting_failed",
                f"match:{transaction_id or lines.ids}",
                provider.company_id,
                self.env._("%s is booked but could not be reconciled", transaction.display_name or provider.name),
                detail=self.env._("%s\n\nReconcile the journal items by hand, or correct the document and retry.", error),
                record=transaction or provider,
                provider=provider,
                amount=sum(lines.filtered(lambda line: line.balance > 0).mapped("balance")),
            )


def _opposite(lines, other):
    """Whether ``lines`` are together what is open on ``other``, on one account and in one currency."""
    currency = other.currency_id
    return (
        lines.currency_id == currency
        and lines.account_id == other.account_id
        and not currency.compare_amounts(sum(lines.mapped("amount_residual_currency")), -other.amount_residual_currency)
    )

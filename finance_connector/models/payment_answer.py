"""What banks answer to payments: files that come in like every other, applied to the payments that they name, and told where
they fit none."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..core.approval_content import COLLECTION
from ..payments import answer_facts, bacs_answers, detect, nacha_answers, pacs004, pain002
from .import_account import ImportRefused
from .mandate import USED
from .payment_format import SHORT_IDS
from .payment_instruction import FAILED

# An unpaid direct debit is back within so many days; later ones of the mandate are others.
BACS_RETURNS = timedelta(days=10)


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _read(self, data):
        """An answer to payments is taken whole, as a provider's report is."""
        if not self._take_answer(data):
            super()._read(data)

    def _take_report(self, data):
        return detect.detect(data) is None and super()._take_report(data)

    def _take_answer(self, data):
        """Apply ``data`` if it is the answer of a bank to payments. Whether it was one."""
        name = detect.detect(data)
        if name is None:
            return False
        applied, changes = self.env["finance.payment.instruction"].sudo()._applied(name, data, self.company_id)
        self._take_applied(name, applied, changes)
        return True

    def _take_applied(self, name, applied, changes=()):
        """Store what an answer means, tell what fits nothing, and be imported."""
        new = self._hear_answers(applied, changes)
        told = sum(len(facts) for facts in applied.facts.values())
        self.write({"format": name, "line_count": told})
        self._set_imported(
            self.env._(
                "%(told)s answers, %(new)s payments with news, %(other)s that fit no payment.",
                told=told,
                new=len(new),
                other=len(applied.mismatches),
            )
        )
        return True

    def _hear_answers(self, applied, changes=()):
        """Store what an answer means and tell what fits nothing; the payments of which it tells something new."""
        new = self.env["finance.payment.instruction"].sudo()._take_facts(applied.facts, self.message_id.id)
        for mismatch in applied.mismatches:
            self._tell_mismatch(mismatch)
        for change in changes:
            self._tell_change(change)
        return new

    def _answer_foretold(self, data):
        """Of an answer to payments, for the preview; None if it is none."""
        name = detect.detect(data)
        if name is None:
            return None
        applied, _changes = self.env["finance.payment.instruction"].sudo()._applied(name, data, self.company_id)
        return {
            "kind": "report",
            "target": self.company_id.name,
            "format": self.env._("Answer to payments (%s)", name),
            "profile": "",
            "entry_count": sum(len(facts) for facts in applied.facts.values()),
            "reason": "\n".join(mismatch.text for mismatch in applied.mismatches),
            "settlements": [],
        }

    def _tell_mismatch(self, mismatch):
        one = self.env["finance.payment.instruction"].sudo().browse(int(mismatch.key) if mismatch.key else ())
        self.env["finance.exception"]._raise(
            "payment_answer",
            f"{self.checksum}/{mismatch.code}/{mismatch.text[:80]}",
            self.company_id,
            self.env._("An answer of the bank fits no payment: %s", mismatch.text),
            detail=mismatch.text,
            record=one or self,
            amount=one.amount if one else 0,
            currency=one.currency_id if one else None,
        )

    def _tell_change(self, change):
        corrected = ", ".join(f"{name}: {value}" for name, value in (change.corrected or {}).items())
        text = f"{change.reason.code}: {change.reason.text}. {corrected}".strip()
        self.env["finance.exception"]._raise(
            "payment_answer",
            f"change/{change.change_id}",
            self.company_id,
            self.env._("The bank tells a change of %(what)s: %(text)s", what=change.reference or change.trace, text=text),
            detail=f"{text}\n{change.reason.advice}",
            record=self,
        )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    @api.model
    def _applied(self, name, data, company):
        """(the `Applied` answers in ``data``, the changes that it tells). Raises FormatError for what cannot be trusted."""
        if name == "pain.002":
            report = pain002.read(data)
            index = self._index(company, [report.message_id])
            return answer_facts.from_report(report, index), ()
        if name == "pacs.004":
            returned, changes = pacs004.read(data), ()
        else:
            found = (nacha_answers if name == "nacha" else bacs_answers).read(data)
            returned, changes = found.returned, found.changes
        names = [one.end_to_end_id or one.trace for one in returned]
        day = max((one.day for one in returned if one.day), default=None)
        return answer_facts.from_returns(returned, self._index(company, (), names, day), name), changes

    @api.model
    def _collections_named(self, own, names, day):
        """Collections by Bacs, of which the bank repeats the mandate alone: those that it may mean on ``day``."""
        if not day:
            return self.browse()
        return self.search(
            own
            & Domain("mandate_id.reference", "in", names)
            & Domain("order_id.scheme", "=", "bacs_debit")
            & Domain("state", "in", USED)
            & Domain("collection_date", "<=", day)
            & Domain("collection_date", ">=", day - BACS_RETURNS)
        )

    @api.model
    def _index(self, company, message_names, names=(), day=None):
        """What was sent, by the names that the bank may use; ``day``: of the answer. Raises ImportRefused where a company is not
        told at all."""
        if not company:
            raise ImportRefused(self.env._("Choose the company or the journal that the answer belongs to."))
        companies = (self.env.companies | company).ids
        files = self.env["finance.payment.file"].search(
            [("message_name", "in", list(message_names)), ("order_id.company_id", "in", companies)]
        )
        wanted = [name for name in names if name]
        called = [Domain("end_to_end_id", "in", wanted)]
        # Some formats have room for the beginning of the name only.
        called += [Domain("end_to_end_id", "=like", f"{name}%") for name in wanted if len(name) in SHORT_IDS and name.isalnum()]
        own = Domain("company_id", "in", companies)
        found = files.order_id.instruction_ids | self.search(own & Domain.OR(called)) | self._collections_named(own, wanted, day)
        sent = []
        for one in found:
            for file in one.order_id.file_ids:
                sent.append(
                    answer_facts.SentInstruction(
                        str(one.id),
                        file.message_name,
                        f"{file.message_name}{one.batch_number}",
                        one.end_to_end_id,
                        one._money(),
                        names=tuple((file.names or {}).get(one.end_to_end_id, ())),
                        is_collection=one.kind == COLLECTION,
                    )
                )
        return answer_facts.Index(sent)

    @api.model
    def _take_facts(self, facts, message_id):
        """Store facts (key -> list) and fold. Returns the instructions of which something was new."""
        told = {int(key): found for key, found in facts.items()}
        new = self.browse(self.env["finance.payment.fact"].sudo()._add(told, message_id))
        new._refold()
        new._tell_failures()
        return new

    def _tell_failures(self):
        """A payment that the bank rejected or gave back is an exception until others took its place, or it is given up."""
        for one in self:
            cause = f"payment-{one.id}"
            if one.state in FAILED and not one._is_followed():
                self.env["finance.exception"]._raise(
                    "payment_failed",
                    cause,
                    one.company_id,
                    one._failure_text(),
                    detail="\n".join(filter(None, (one.reason_text, one.advice))),
                    record=one,
                    amount=one.amount,
                    currency=one.currency_id,
                )
            if one.state in ("executed", *FAILED):
                one._clear_failures()

    def _is_followed(self):
        """Whether later payments of all its documents were executed, or failed, which is told of them then."""
        items = self.item_ids.move_line_id
        later = [("item_ids.move_line_id", "in", items.ids), ("id", ">", self.id), ("state", "in", ("executed", *FAILED))]
        return bool(items) and items <= self.sudo().search(later).item_ids.move_line_id

    def _clear_failures(self):
        """Failed payments whose place this one and others took are no exceptions any more."""
        items = self.item_ids.move_line_id
        failed = [("item_ids.move_line_id", "in", items.ids), ("id", "<", self.id), ("state", "in", FAILED)]
        for one in self.sudo().search(failed) | self.replaces_id:
            if one._is_followed() or not one.item_ids:
                why = self.env._("%s took its place.", self.order_id.name)
                self.env["finance.exception"]._clear("payment_failed", f"payment-{one.id}", one.company_id, why)

    def _failure_text(self):
        """What happened to a payment that failed, in one line."""
        state = dict(self._fields["state"]._description_selection(self.env))[self.state].lower()
        if self.kind == COLLECTION:
            return self.env._("The collection from %(debtor)s was %(state)s", debtor=self.partner_id.name, state=state)
        return self.env._("The payment to %(payee)s was %(state)s", payee=self.partner_id.name, state=state)

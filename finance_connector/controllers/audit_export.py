"""The audit chain as a file, for the offline verifier."""

from odoo import http
from odoo.http import content_disposition, request
from werkzeug.exceptions import Forbidden

from .any_query import any_query

_MAY_EXPORT = ("finance_connector.group_auditor", "finance_connector.group_administrator")


class AuditExportController(http.Controller):
    @any_query
    @http.route("/finance/audit/export", type="http", auth="user", methods=["GET"], readonly=True)
    def export(self):
        """Every sealed entry as one JSON object a line.

        The chain is one over all companies and cannot be verified in part, so only somebody who may see all
        of them gets it.
        """
        user = request.env.user
        if not any(user.has_group(group) for group in _MAY_EXPORT):
            raise Forbidden("Only an auditor or an administrator exports the audit chain.")
        entries = request.env["finance.audit.entry"].sudo()
        companies = entries._read_group([], ["company_id"])
        if any(company and company not in user.company_ids for (company,) in companies):
            raise Forbidden("The chain holds entries of companies that you may not see; ask somebody who may see them all.")
        headers = [
            ("Content-Type", "application/jsonl; charset=utf-8"),
            ("Content-Disposition", content_disposition("finance_audit_chain.jsonl")),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(entries._export_chain(), headers=headers)

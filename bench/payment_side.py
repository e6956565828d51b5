"""One measurement of `bench_payment_orders` in a process of its own: ``python -m bench.payment_side DATABASE SIDE CASE COUNT``
prints as JSON the seconds of the processor (of both processes) and of the clock. Each side has a database where only its addon
is installed, and the same bills.

`file`: from the bills to the validated file, both with the commit. Ours is made by one person and approved by another, as it
has to be; the peer's has no approval. `lxml` is what lxml alone needs to write and validate the XML that ours wrote.
`proposal`: from the open bills of the company, looked at by a proposal, to the file. `answers`: a pain.002 with a status for each
payment, from its bytes to the states.
"""

import gc
import json
import sys
import time

from lxml import etree

from . import lxml_alone
from .clocks import Processor
from .odoo_env import environment
from .payment_books import bills, company

WARM_UP = 20


def _person(env, login, role):
    groups = [env.ref("base.group_user").id, env.ref(f"finance_connector.group_{role}").id]
    known = env["res.users"].search([("login", "=", login)])
    return known or env["res.users"].create({"name": login, "login": login, "group_ids": [(6, 0, groups)]})


def people(env):
    """(maker, approver), with a rule in force by which the second one signs what the first one makes."""
    maker, approver = _person(env, "bench_maker", "user"), _person(env, "bench_approver", "approver")
    rules = env["finance.payment.policy"]
    if not rules.search_count([("company_id", "=", env.company.id)]):
        level = {"number": 1, "name": "Treasury", "user_ids": [(6, 0, approver.ids)]}
        rule = rules.create({"name": "Bench", "currency_id": env.ref("base.EUR").id, "level_ids": [(0, 0, level)]})
        rule.with_user(approver).action_approve()
    env.cr.commit()
    return maker, approver


def _timer(env):
    """A function that tells what was spent since now."""
    env.invalidate_all()
    gc.collect()
    processor, began = Processor(env), time.perf_counter()
    return lambda: {"processor": processor.spent(), "clock": time.perf_counter() - began}


def _approve(order, maker, approver):
    """Submit and approve, each button in a transaction of its own, as is the making of the order before."""
    order.env.cr.commit()
    order.with_user(maker).action_submit()
    order.env.cr.commit()
    order.with_user(approver).action_approve()
    order.env.cr.commit()


def _ours_file(env, paid):
    maker, approver = people(env)
    journal = company(env)
    items = paid.line_ids.filtered(lambda item: item.account_type == "liability_payable")
    spent = _timer(env)
    order = env["finance.payment.order"].with_user(maker)._for_items(journal, items.with_user(maker))
    _approve(order, maker, approver)
    return order, spent()


def _ours_proposal(env, paid):
    maker, approver = people(env)
    wizard = env["finance.payment.proposal"].with_user(maker).create({"journal_id": company(env).id})
    env.cr.commit()
    spent = _timer(env)
    wizard.action_propose()
    order = env["finance.payment.order"].browse(wizard.action_make_order()["res_id"])
    _approve(order, maker, approver)
    return order, spent()


def _lxml(order):
    """Processor seconds that lxml alone needs for the XML of the order."""
    from odoo.addons.finance_connector.payments import schemas

    file = order.sudo().file_ids
    tree, schema = etree.fromstring(file._bytes()), schemas.schema(file.format)
    best = float("inf")
    for _round in range(3):
        gc.collect()
        began = time.process_time()
        lxml_alone.write(tree, schema)
        best = min(best, time.process_time() - began)
    return best


def _checked(order, count):
    made, written = order.instruction_count, order.sudo().file_ids.count
    assert order.state == "approved" and made == written >= count, (order.state, made, written)


def _ours(env, paid, make):
    order, spent = make(env, paid)
    _checked(order, len(paid))
    return {**spent, "lxml": _lxml(order), "count": order.instruction_count}


def _answers(env, paid):
    order, _spent = _ours_file(env, paid)
    order.with_user(env.ref("base.user_admin")).sudo().action_send()
    order.with_user(_person(env, "bench_maker", "user")).action_confirm_sent()
    env.cr.commit()
    file, payments = order.sudo().file_ids, order.instruction_ids
    statuses = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>"
        for name in payments.mapped("end_to_end_id")
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>A{order.id}</MsgId><CreDtTm>2026-11-28T10:00:00+00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{file.message_name}</OrgnlMsgId><OrgnlMsgNmId>{file.format}</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{file.message_name}1</OrgnlPmtInfId>{statuses}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()
    spent = _timer(env)
    taken = env["finance.import"].import_file(content, f"answer{order.id}.xml", journal_id=order.journal_id.id)
    env.cr.commit()
    told = spent()
    env.invalidate_all()
    assert set(payments.mapped("state")) == {"accepted"}, (taken.state, taken.reason, set(payments.mapped("state")))
    return told


def _mode(env):
    journal, method = company(env), env.ref("account_banking_sepa_credit_transfer.sepa_credit_transfer")
    known = env["account.payment.mode"].search([("name", "=", "Bench")])
    return known or env["account.payment.mode"].create(
        {"name": "Bench", "company_id": env.company.id, "payment_method_id": method.id, "bank_account_link": "fixed",
         "fixed_journal_id": journal.id, "payment_order_ok": True, "group_lines": True}
    )  # fmt: skip


def _peer_file(env, paid):
    spent = _timer(env)
    action = paid.create_account_payment_line()
    order = env["account.payment.order"].browse(action.get("res_id")) or env["account.payment.order"].search([], limit=1)
    order.draft2open()
    order.open2generated()
    env.cr.commit()
    told = spent()
    assert order.state == "generated" and len(order.payment_ids) == len(paid), (order.state, len(order.payment_ids))
    return told


CASES = {
    ("ours", "file"): lambda env, paid: _ours(env, paid, _ours_file),
    ("ours", "proposal"): lambda env, paid: _ours(env, paid, _ours_proposal),
    ("ours", "answers"): _answers,
    ("peer", "file"): _peer_file,
}


def main():
    """Warm up, measure, and print."""
    database, side, case, size = sys.argv[1:]
    with environment(database) as env:
        company(env)
        more = {"payment_mode_id": _mode(env).id} if side == "peer" else {}
        mark = f"{side}{case}{time.time_ns()}".upper()
        for count, kind in ((WARM_UP, "W"), (int(size), "M")):
            paid = bills(env, count, mark + kind, **more)
            gc.collect()
            told = CASES[side, case](env, paid)
        print(json.dumps(told))


if __name__ == "__main__":
    main()

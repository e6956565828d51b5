"""Approval of one order of many payments on the screen: a Chromium, an Odoo server, and the database of the benchmark.

Seconds from the click on *Approve* until the summary by payee is shown, and from the click on *Approve exactly this* until the
order shows that it is approved; reading in between is not counted. Beside it, what both took of the processor in Odoo itself,
since the machine is shared. The first order warms the server and the browser up. Target: 2 seconds for both together and 1,000
payments (SIZE=).
"""

import os
import sys
import time
from pathlib import Path

from .odoo_env import REPOSITORY, environment, prepare
from .payment_books import bills, company
from .payment_side import people

sys.path.insert(0, str(REPOSITORY / "scripts"))
from fc_env.chromium import Page
from fc_env.odoo_server import OdooServer

NAME = "fc_bench_payment_approval"
SIZE = int(os.environ.get("SIZE", "1000"))
ROUNDS = 3
_STATE = ".o_statusbar_status .o_arrow_button_current"


def _orders(count):
    """Ids of ``count`` orders that wait for the approver, the first of them small."""
    made = []
    with environment(NAME) as env:
        maker, approver = people(env)
        approver.password = approver.login
        journal = company(env)
        for number in range(count):
            paid = bills(env, SIZE if number else 20, f"S{number}")
            items = paid.line_ids.filtered(lambda item: item.account_type == "liability_payable")
            order = env["finance.payment.order"].with_user(maker)._for_items(journal, items.with_user(maker))
            order.action_submit()
            env.cr.commit()
            made.append(order.id)
        return made, approver.login


def _processor(server):
    """Processor seconds of the server process up to now."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _spent(page, click, selector, text):
    began = time.perf_counter()
    page.click(click)
    page.wait_for(selector, text)
    return time.perf_counter() - began


def run():
    """Print the seconds of each round."""
    prepare(NAME)
    ids, login = _orders(ROUNDS + 1)
    with OdooServer(NAME, cron_threads=0) as server, Page() as page:
        page.log_in(server.url, login, login)
        for number, order in enumerate(ids):
            began = time.perf_counter()
            page.go(f"{server.url}/odoo/finance-approvals/{order}")
            page.wait_for("button[name=action_open_signing]")
            shown = time.perf_counter() - began
            page.settle()
            worked = _processor(server)
            summary = _spent(page, "button[name=action_open_signing]", ".modal .o_data_row", "Payee")
            page.settle()
            signed = _spent(page, ".modal button[name=action_confirm]", _STATE, "Approved")
            worked = _processor(server) - worked
            if number:
                print(f"   {SIZE:6,} payments: order shown after {shown:.2f} s (with the page), summary {summary:.2f} s, "
                      f"approved {signed:.2f} s, both {summary + signed:.2f} s (target 2), {worked:.2f} of the processor",
                      flush=True)  # fmt: skip
        if page.errors:
            raise SystemExit("\n".join(page.errors))

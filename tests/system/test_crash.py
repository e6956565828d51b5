"""kill -9 at every step of the road: after a restart the books are as if it had not happened (INV-1, INV-3, INV-4)."""
from support.gate import Gate
from support.play import send_files

from simulator.play.dump import dump, duplicates
from simulator.story import deliveries, story

# (what the server does when it is killed, table, event, which row of it)
INBOX_STEPS = [
    ("has stored facts, not yet folded them", "finance_movement", "INSERT", 9),
    ("has made the payments, not yet their facts", "finance_transaction", "INSERT", 3),
    ("has folded the facts into payments", "finance_transaction", "UPDATE", 4),
    ("notes what became of the messages", "finance_message", "UPDATE", 5),
]
POSTING_STEPS = [
    ("has found documents", "finance_transaction_invoice_rel", "INSERT", 2),
    ("writes entries", "account_move", "INSERT", 3),
    ("books receipts", "account_payment", "INSERT", 2),
    ("reconciles receipts with invoices", "account_partial_reconcile", "INSERT", 2),
    ("notes what is posted", "finance_movement", "UPDATE", 12),
]
FILE_STEPS = [
    ("stores a file", "finance_message", "INSERT", 1),
    ("stores the lines of a payout", "finance_settlement_line", "INSERT", 7),
    ("writes bank lines", "account_bank_statement_line", "INSERT", 2),
    ("reconciles a bank line with what it names", "account_partial_reconcile", "INSERT", 1),
    ("notes why", "finance_match", "INSERT", 1),
]
MATCH_STEPS = [("reconciles bank lines", "account_partial_reconcile", "INSERT", 1)]


def crash(shop, step, work):
    """Start ``work``, kill the server when it stands at ``step``, and start it again."""
    _what, table, event, nth = step
    shop.crash_at(Gate(shop.name, table, event, nth), work)


def play_with_crashes(shop):
    """The story of `support.play`; the server is killed once at every step."""
    events = deliveries.posts(shop.cards)
    crash(shop, ("stores a webhook", "finance_message", "INSERT", 17), lambda: shop.deliver_all(events))
    # The provider sends again what was not answered with 2xx, and may well send the others again too.
    assert set(shop.deliver_all(events)) == {200}
    shop.enter_api_key()
    for step in INBOX_STEPS:
        crash(shop, step, lambda: [shop.run_action(f"cron_inbox_{shard}") for shard in (0, 1)])
    crash(shop, ("stores what polling found", "finance_message", "INSERT", 1), lambda: shop.run_action("cron_poll"))
    for name in ("cron_inbox_0", "cron_inbox_1"):
        shop.run_action(name)
    for step in POSTING_STEPS:
        crash(shop, step, lambda: shop.run_action("cron_post"))
    shop.run_action("cron_post")
    for step in FILE_STEPS:
        crash(shop, step, lambda: send_files(shop))
    send_files(shop)
    shop.run_action("cron_post")
    for step in MATCH_STEPS:
        crash(shop, step, lambda: shop.run_action("cron_reconcile"))
    shop.run_actions()


def test_a_crash_at_every_step_changes_nothing(open_shop, undisturbed):
    shop = open_shop()
    play_with_crashes(shop)
    assert duplicates(shop) == []
    assert dump(shop) == undisturbed


def test_the_undisturbed_books_are_those_of_the_story(undisturbed):
    states = sorted(line.split(" | ")[1] for line in undisturbed if line.startswith("transaction: "))
    assert states == sorted(payment.ends for payment in story.PAYMENTS)
    assert sum("True" in line for line in undisturbed if line.startswith("bank line: ")) == 1 + len(story.TRANSFERS)

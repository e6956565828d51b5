"""What each kind of exception means and what to do next, in the words of the person who works the queue."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# What waits for an answer from outside: doing our own work again changes nothing.
NOT_RETRIED = {"dispute", "payout_failed", "poll_gap", "statement_gap", "bank_conflict", "chain_broken",
               "connection_held", "feed_gap", "consent_expiring", "consent_ended", "announced_overdue",
               "collection_late", "dunning_ended"}  # fmt: skip

# kind -> (what it means, what to do next)
GUIDANCE = {
    "message_dead": (
        _lt("A message was tried as often as the limit allows and could not be processed. It is kept as it came."),
        _lt("Open the source and read its error. When the cause is mended, retry: facts are taken up once, never twice."),
    ),
    "unknown_status": (
        _lt("The provider used a status that this version does not know. Nothing was guessed and nothing was booked."),
        _lt("Look the payment up at the provider. Install a version that knows the status, then retry."),
    ),
    "contradiction": (
        _lt("Facts about one payment do not fit together, such as a refund above what was captured."),
        _lt(
            "Open the transaction and compare its timeline with the provider's own record. When a message "
            "is missing, "
            "ask the provider again (Poll now); the exception closes by itself once the story fits."
        ),
    ),
    "no_document": (
        _lt("Money came in for which no order or invoice was found. It is booked as an unapplied receipt."),
        _lt("Find the order by reference, customer or amount. Create or correct it, then retry to link it."),
    ),
    "dispute": (
        _lt("The customer's bank contests a payment. The provider has taken the money back until it is decided."),
        _lt("Send the evidence at the provider before the deadline, or accept the loss there."),
    ),
    "payout_failed": (
        _lt("The provider tried to pay out and the bank sent the money back. It is again in the balance at the provider."),
        _lt("Check the bank account that is registered at the provider, correct it there and have the payout repeated."),
    ),
    "settlement_difference": (
        _lt("What was paid out is not the sum of the lines that the provider reports for it. No balancing line was made."),
        _lt("Open the settlement and find the missing or surplus line; ask the provider for the report again."),
    ),
    "unmapped_line": (
        _lt("A settlement holds a line of a kind that no rule books. The settlement waits."),
        _lt("Read the line's description, decide how it is booked with a posting rule, then retry."),
    ),
    "posting_failed": (
        _lt("A journal entry could not be made. Nothing of it was booked."),
        _lt("Read the reason below. Most often an account or a journal is missing or archived. Mend it, then retry."),
    ),
    "books_differ": (
        _lt("The general ledger and the subledger show different balances at a provider. Both figures are below."),
        _lt("Look for entries made by hand on the provider's accounts, and for movements that are not booked yet."),
    ),
    "connection_held": (
        _lt("The settings of a live connection were changed. What comes in is kept, but neither worked nor booked."),
        _lt("Open the connection. An approver who did not change it compares its accounts and settings, and approves them."),
    ),
    "poll_failed": (
        _lt("The provider could not be asked for new events. Nothing is lost; the next poll goes on where it ended."),
        _lt("Read the reason below. When the API key was refused, set a new one at the connection."),
    ),
    "poll_gap": (
        _lt("There is a span of time for which it cannot be proven that every event is here."),
        _lt("Compare the payments of that span with the provider's own list, or import the provider's report."),
    ),
    "import_rejected": (
        _lt("A file was refused as a whole; nothing of it was booked. The line and the reason are below."),
        _lt("Ask the bank or provider for a correct file and import that one."),
    ),
    "statement_gap": (
        _lt("Between two statements of an account something is missing: the balances do not follow on each other."),
        _lt("Get the missing statement from the bank and import it; the exception closes by itself."),
    ),
    "announced_overdue": (
        _lt("The bank announced entries, and after days no statement has confirmed or dropped them. None of them is booked."),
        _lt("Import the statements of these days; where they are here, ask the bank. It closes by itself once all are settled."),
    ),
    "feed_failed": (
        _lt("A bank could not be asked for entries. Nothing is lost; the next pull goes on where the last one ended."),
        _lt("Read the reason below. It is asked again by itself; “Pull now” on the feed asks at once."),
    ),
    "feed_calls": (
        _lt("The bank allows only so many calls a day without a person, and they are used up."),
        _lt("Nothing: it goes on by itself when calls are free again. A pull by a person (“Pull now”) does not count."),
    ),
    "feed_gap": (
        _lt("There are days of an account that no pull and no file proves. The bank was asked, and gave nothing for them."),
        _lt("Import a statement of these days. Where the bank gives only short windows, renewing the consent opens longer ones."),
    ),
    "consent_expiring": (
        _lt("The bank lets us read the account only for a time, and that time ends soon."),
        _lt("The account's owner opens the feed and renews the consent; it takes a minute at the bank's own page."),
    ),
    "consent_ended": (
        _lt("The bank no longer lets us read the account. Until it is renewed there are no new entries."),
        _lt("The account's owner opens the feed and renews the consent. The missing days are then asked for by themselves."),
    ),
    "bank_conflict": (
        _lt("The bank reports an entry that is already booked with other content."),
        _lt("Compare both entries with the bank. Correct the booked one, or ask the bank which is right."),
    ),
    "match_ambiguous": (
        _lt("Several documents fit this bank line equally well. A machine does not choose among them."),
        _lt("Open the bank line and choose the right document."),
    ),
    "dunning_ended": (
        _lt("Everything that the dunning policy has was done, and the money did not come."),
        _lt("Decide what is done about the debtor: collect otherwise, agree instalments, or write it off."),
    ),
    "collection_late": (
        _lt("A direct debit was taken back after the time in which the debtor, or its bank, may do so."),
        _lt("Ask our bank to contest the return, and send it the signed mandate. The invoice is open again meanwhile."),
    ),
    "match_missing": (
        _lt("No document explains this bank line."),
        _lt("Open the bank line: create or find the document, or book it to the account where it belongs."),
    ),
    "payment_failed": (
        _lt("The bank did not execute a payment, or the money came back. Its bills are open again."),
        _lt("Open the source: it says why and what to do. Correct the cause, then pay the bills by a new order."),
    ),
    "payment_answer": (
        _lt("The bank answered about a payment that was not sent from here, or with another amount. Nothing was applied."),
        _lt("Compare the answer with the payment order, and ask the bank what it means."),
    ),
    "transmission_failed": (
        _lt("Approved payments could not be given to the bank. The bank has nothing of them, and they are not tried again."),
        _lt("Read the reason below. Correct the cause and press “Send” on the order, or take the order back and change it."),
    ),
    "channel_down": (
        _lt("A payment channel gave no answer several times in a row, so it rests. What waits is sent when it answers again."),
        _lt("Look whether the bank reports a fault. “Try again now” on the channel lets one parcel through at once."),
    ),
    "payment_unknown": (
        _lt("Payments were given to the bank, and nobody has said whether it has them. They are not sent again before."),
        _lt("Ask the bank, or look into its portal. Then confirm on the order that it was sent, or that it was not."),
    ),
    "chain_broken": (
        _lt("The audit chain does not verify: an entry was changed, removed or put in outside the application."),
        _lt("Tell the auditor at once, keep a copy of the database, and compare it with the last exported chain."),
    ),
}

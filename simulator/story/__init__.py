"""The demo: a small retailer, a few days of card payments, one payout and one bank statement."""

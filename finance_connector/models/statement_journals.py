"""Which journals have bank lines: accounts at a bank, credit cards, and cash. What is imported into them, and what people enter
there, is matched and shown alike; payments leave from accounts at a bank alone."""

STATEMENT_TYPES = ("bank", "credit", "cash")
DOMAIN = f"[('type', 'in', {STATEMENT_TYPES})]"
# For SQL, of a journal ``j``.
IS_STATEMENT_JOURNAL = f"j.type IN {STATEMENT_TYPES}"

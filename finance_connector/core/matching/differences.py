"""An item that the line would pay but for a difference which has a name: a cash discount, charges that the bank took off, a
difference that is tolerated. Proposed to a person or to a rule, with the amount; never applied as it is (INV-6).
"""

from .records import DIVISIBLE, PROPOSED, LineMatch

SCORE = 70


def explain(pool, line, withheld):
    """The `LineMatch` of the one open item, named or of the partner, that ``line`` pays with an explained difference; None
    without one, or with several."""
    items = pool.named(line) or (pool.of_partner(line) if line.partner_id is not None else [])
    free = [one for one in items if one.kind in DIVISIBLE and one.id not in pool.taken and one.id not in withheld]
    same = [one for one in free if one.residual.currency == line.amount.currency]
    found = [(one, reason) for one in same if (reason := _named_difference(pool.policy, line, one))]
    if len(found) != 1:
        return None
    item, (code, text) = found[0]
    difference = line.amount - item.residual
    evidence = f"The text names {pool.quoted(line)}." if pool.names[line.id] else "It is of the partner."
    reasons = {"code": "named" if pool.names[line.id] else "partner", "text": evidence}, {"code": code, "text": text}
    return LineMatch(line.id, PROPOSED, (item.id,), SCORE, 0, reasons, difference=difference)


def _named_difference(policy, line, item):
    """(code, text) of what explains that the amount is another one."""
    missing = item.residual.minor - line.amount.minor
    if missing and item.discount and item.discount.minor == missing and _in_time(line, item):
        return "cash_discount", f"The difference is the cash discount of {item.discount} until {item.discount_until}."
    if missing and line.charges and line.charges == line.amount - item.residual:
        return "fee", f"The difference is what the bank says that it took off: {-line.charges}."
    allowed = min(policy.tolerance, abs(item.residual.minor) * policy.tolerance_basis_points // 10_000)
    if 0 < abs(missing) <= allowed and (item.residual.minor < 0) == (line.amount.minor < 0):
        return "tolerance", f"The difference of {line.amount - item.residual} is within what is tolerated."
    return None


def _in_time(line, item):
    return item.discount_until is None or line.date <= item.discount_until

"""What several tellings of one line of a payout say together (INV-4).

A report file does not tell everything that the provider's API tells, and the other way round: what of a fee is tax, what a
line is about, in which currency the customer paid. Whoever is heard first, the line ends with all that is known.
"""

from .records import SettlementLine

UNKNOWN = "unknown"


def together(one: SettlementLine, other: SettlementLine) -> SettlementLine:
    """``one``, with what only ``other`` tells of the same line. What both tell stays as ``one`` tells it; of a line of another
    amount nothing is taken."""
    if one.net != other.net or one.fee + one.tax != other.fee + other.tax:
        return one
    known = {}
    if one.kind == UNKNOWN:
        known["kind"] = other.kind
    if not one.tax.minor:
        # The same costs, of which the other may say what is tax.
        known |= {"fee": other.fee, "tax": other.tax}
    for name in ("transaction_key", "source_id", "category", "description", "original"):
        if not getattr(one, name):
            known[name] = getattr(other, name)
    return one._replace(**known)


def lines_once(lines):
    """The (message id, line) pairs of ``lines`` with each line of a payout once; the first message that tells of it stands
    for it."""
    found = {}
    for message_id, line in lines:
        key = line.settlement_key, line.external_id
        if key in found:
            message_id, line = found[key][0], together(found[key][1], line)
        found[key] = message_id, line
    return list(found.values())

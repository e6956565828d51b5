"""Which days of an account are proven, which are not, and from which day the bank is asked next (INV-12, INV-13)."""

from datetime import timedelta

_DAY = timedelta(days=1)


def merged(spans):
    """``spans`` ((first, last) dates, both included) in order, those that touch or overlap made one."""
    found = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def holes(spans, first, last):
    """The days from ``first`` to ``last`` that no span holds, as spans in order."""
    found, reached = [], first
    for begin, end in merged(spans):
        if begin > last:
            break
        if begin > reached:
            found.append((reached, begin - _DAY))
        reached = max(reached, end + _DAY)
    if reached <= last:
        found.append((reached, last))
    return found


def ask_from(spans, start, floor, today, overlap):
    """The first day to ask for: ``overlap`` days before the first one that is not proven, since banks book late; never before
    ``start`` (where the account's history begins for us) or ``floor`` (what the bank is known to give, or None)."""
    yesterday = today - _DAY
    begin = max(filter(None, (start, floor)))
    unproven = holes(spans, begin, yesterday)
    first = unproven[0][0] if unproven else today
    return min(max(begin, first - timedelta(days=overlap)), yesterday)

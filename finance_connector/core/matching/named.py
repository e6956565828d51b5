"""Which of very many items the texts of bank lines name at their amount, before anything is matched: so those that nobody names
need not be kept."""

from .references import ReferenceIndex, is_number


def named_at_amount(lines, candidates, min_length):
    """Those of ``candidates`` that the text of one of ``lines`` names by a number of at least ``min_length`` letters and digits,
    where their residual is the amount of that line; each once, in the order they are found."""
    index, waiting = ReferenceIndex(min_length), {}
    for candidate in candidates:
        for spelling in filter(is_number, candidate.references):
            if reference := index.add(spelling, None):
                waiting.setdefault((reference, candidate.residual), []).append(candidate)
    amounts, found = {amount for _reference, amount in waiting}, {}
    for line in lines:
        if line.amount not in amounts:
            continue
        parts = (text for part in line.parts for text in (part.text, part.reference))
        for reference in index.find(line.text, line.reference, *parts):
            found.update((candidate.id, candidate) for candidate in waiting.pop((reference, line.amount), ()))
    return list(found.values())

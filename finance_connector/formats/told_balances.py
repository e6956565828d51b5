"""Balances that a person tells of a file which states none, or one: they must hold as if the file stated them (decision 0011)."""

from dataclasses import replace

from .errors import FormatError
from .records import BALANCES, ONE_BALANCE, StatementHeader, StatementProof

_ADVICE = "Check the amounts that you stated, and whether the file is whole."


def with_balances(events, told):
    """The (member, event) pairs ``events`` with the balances of ``told`` (`Told`), and the statement proven by them.

    Raises FormatError where they contradict the file, where opening + entries is not closing, and when the file has several
    statements: balances are told of one.
    """
    return events if told.opening is None and told.closing is None else _with_told(events, told)


def _with_told(events, told):
    header = None
    for member, event in events:
        if isinstance(event, StatementHeader):
            if header is not None:
                raise FormatError(event.line, "the file has several statements; balances can be told of one only.", _ADVICE)
            header = event = _told_header(event, told)
        elif isinstance(event, StatementProof):
            event = _told_proof(header, event, told)
        yield member, event


def _told_header(header, told):
    opening = _agreed("opening", header.opening, told.opening, header)
    closing = _agreed("closing", header.closing, told.closing, header)
    # Some files state their closing balance behind the entries.
    closes = closing is not None or (header.proof == ONE_BALANCE and header.opening is None)
    if header.is_proven or header.provisional or opening is None or not closes:
        return header
    return replace(header, opening=opening, closing=closing, proof=BALANCES)


def _told_proof(header, proof, told):
    if not header.is_proven:
        return proof
    opening = _agreed("opening", proof.opening, told.opening, header)
    closing = _agreed("closing", proof.closing, told.closing, header)
    if opening + proof.total != closing:
        reached = opening + proof.total
        raise FormatError(
            header.line,
            f"the balance before is {opening} {header.currency} and the entries add up to {proof.total}, which gives "
            f"{reached}; the balance after is {closing}. {closing - reached} is missing.",
            _ADVICE,
        )
    return replace(proof, opening=opening, closing=closing)


def _agreed(name, stated, told, header):
    if stated is not None and told is not None and stated != told:
        raise FormatError(
            header.line, f"the {name} balance of the file is {stated} {header.currency}, but {told} is told.", _ADVICE
        )
    return told if stated is None else stated

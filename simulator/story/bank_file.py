"""The story's bank statement: one camt.053.001.08 with the payout and the customers' transfers."""
from __future__ import annotations

from datetime import date, timedelta
from xml.sax.saxutils import escape

from . import story
from .card_events import DESCRIPTOR, TRACE
from .payout_lines import euros

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def statement(today: date, documents: dict[str, str]) -> bytes:
    """The file of the day on which the statement was drawn."""
    entries = [(story.payout_amount(), "STRIPE PAYMENTS", f"{DESCRIPTOR} {TRACE}")]
    for transfer in story.TRANSFERS:
        text = f"Invoice {documents[transfer.key]}" if transfer.says_reference else "Thank you for the goods"
        entries.append((transfer.total, transfer.customer, text))
    return camt053(today + timedelta(days=story.STATEMENT_DAY), story.OPENING_BALANCE, entries)


def camt053(day: date, opening: int, entries: list[tuple[int, str, str]], iban: str = story.IBAN,
            currency: str = story.CURRENCY, first: int = 1) -> bytes:
    """A statement of one day: ``entries`` are (cents received, payer, text), numbered from ``first``, each from an account of
    its own."""
    closing = opening + sum(cents for cents, _payer, _text in entries)
    booked = [_entry(number, day, currency, *entry) for number, entry in enumerate(entries, first)]
    balances = _balance("OPBD", opening, currency, day) + _balance("CLBD", closing, currency, day)
    return _DOCUMENT.format(
        namespace=_NAMESPACE, day=day, iban=iban, currency=currency, balances=balances,
        entries="".join(booked)).encode()


def _iban(account: int) -> str:
    """A German IBAN of a bank that does not exist."""
    number = f"99999999{account:010d}"
    return f"DE{98 - int(number + '131400') % 97:02d}{number}"


def _balance(code: str, cents: int, currency: str, day: date) -> str:
    return _BALANCE.format(code=code, amount=euros(cents), currency=currency, day=day)


def _entry(number: int, day: date, currency: str, cents: int, payer: str, text: str) -> str:
    return _ENTRY.format(
        number=number, day=day, amount=euros(cents), currency=currency, payer=escape(payer),
        iban=_iban(70000 + number), text=escape(text))


_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{namespace}">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>DEMO-{day}</MsgId><CreDtTm>{day}T20:00:00Z</CreDtTm></GrpHdr>
    <Stmt>
      <Id>DEMO-{day}-1</Id>
      <CreDtTm>{day}T20:00:00Z</CreDtTm>
      <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{balances}{entries}    </Stmt>
  </BkToCstmrStmt>
</Document>
"""
_BALANCE = """      <Bal>
        <Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>
        <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt>
      </Bal>
"""
_ENTRY = """      <Ntry>
        <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
        <AcctSvcrRef>DEMO{day:%y%m%d}{number:04d}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls><TxDtls>
          <Refs><AcctSvcrRef>DEMO{day:%y%m%d}{number:04d}</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
          <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
          <RltdPties>
            <Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr>
            <DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>
          </RltdPties>
          <RmtInf><Ustrd>{text}</Ustrd></RmtInf>
        </TxDtls></NtryDtls>
      </Ntry>
"""

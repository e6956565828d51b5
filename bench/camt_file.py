"""A large camt.053.001.08, as a bank writes it: two parties, their banks, references, remittance, codes, indented.

Synthetic and the same in every run: who pays what is computed from the number of the entry.
"""

from decimal import Decimal

ACCOUNT = "DE75512108001245126199"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2025-03-31T20:00:00+02:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>BENCH-1</Id>
      <CreDtTm>2025-03-31T20:00:00+02:00</CreDtTm>
      <Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
      <Bal>
        <Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-01</Dt></Dt>
      </Bal>
      <Bal>
        <Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-31</Dt></Dt>
      </Bal>
"""

_ENTRY = """      <Ntry>
        <NtryRef>{number}</NtryRef>
        <Amt Ccy="EUR">{amount}</Amt>
        <CdtDbtInd>{sign}</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>{day}</Dt></BookgDt>
        <ValDt><Dt>{day}</Dt></ValDt>
        <AcctSvcrRef>{day}/{number}</AcctSvcrRef>
        <BkTxCd>
          <Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>
          <Prtry><Cd>NTRF+166</Cd><Issr>DK</Issr></Prtry>
        </BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs>
              <AcctSvcrRef>{day}/{number}</AcctSvcrRef>
              <InstrId>NOTPROVIDED</InstrId>
              <EndToEndId>ORDER-{number}</EndToEndId>
              <TxId>TX{number}</TxId>
            </Refs>
            <Amt Ccy="EUR">{amount}</Amt>
            <CdtDbtInd>{sign}</CdtDbtInd>
            <AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>
            <RltdPties>
              <{them}><Pty><Nm>Customer {customer}</Nm><PstlAdr><Ctry>DE</Ctry></PstlAdr></Pty></{them}>
              <{them}Acct><Id><IBAN>DE02{customer:018d}</IBAN></Id></{them}Acct>
              <{us}><Pty><Nm>Harbour Books GmbH</Nm></Pty></{us}>
              <{us}Acct><Id><IBAN>{account}</IBAN></Id></{us}Acct>
            </RltdPties>
            <RltdAgts>
              <{them}Agt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></{them}Agt>
            </RltdAgts>
            <RmtInf><Ustrd>Invoice INV/2025/{number:05d}</Ustrd><Ustrd>customer {customer}</Ustrd></RmtInf>
          </TxDtls>
        </NtryDtls>
        <AddtlNtryInf>CREDIT TRANSFER</AddtlNtryInf>
      </Ntry>
"""

_TAIL = "    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n"


def _amount(number):
    """Signed amount of entry ``number``: nine in ten are receipts, so that the account stays in credit."""
    amount = Decimal(100 + number % 9973) / 100
    return -amount if number % 10 == 9 else amount


def pieces(count):
    """The file of ``count`` entries in pieces of bytes, never whole in memory."""
    closing = 1000 + sum(map(_amount, range(count)))
    yield _HEAD.format(account=ACCOUNT, closing=closing).encode()
    for number in range(count):
        amount = _amount(number)
        them, us = ("Dbtr", "Cdtr") if amount > 0 else ("Cdtr", "Dbtr")
        yield _ENTRY.format(
            account=ACCOUNT,
            number=number,
            amount=abs(amount),
            sign="CRDT" if amount > 0 else "DBIT",
            family="RCDT" if amount > 0 else "ICDT",
            day=f"2025-03-{1 + number * 31 // count:02d}",
            customer=number * 7919 % 3001,
            them=them,
            us=us,
        ).encode()
    yield _TAIL.encode()


def write(path, count):
    """Writes the file of ``count`` entries to ``path``."""
    with open(path, "wb") as target:
        target.writelines(pieces(count))

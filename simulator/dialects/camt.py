"""A bank's dialect: camt.053 files of a world's statements, in the versions that banks send."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timezone, tzinfo
from xml.sax.saxutils import escape

from simulator.world.truth import BankEntry, Statement

from .amounts import major

VERSIONS = ("02", "04", "06", "08", "10", "12")
_NOT_PROVIDED = "NOTPROVIDED"
_CLOSED_AT = time(20, 15)


@dataclass(frozen=True)
class Account:
    """The account that the statements are of."""

    iban: str
    currency: str
    owner: str
    bic: str


@dataclass(frozen=True)
class _Version:
    """What a version of the schema writes differently."""

    number: str

    @property
    def status(self) -> str:
        """Before version 08 the status is a code by itself."""
        return "<Sts>BOOK</Sts>" if self.number < "08" else "<Sts><Cd>BOOK</Cd></Sts>"

    @property
    def bic(self) -> str:
        return "BIC" if self.number == "02" else "BICFI"

    def party(self, name: str) -> str:
        """Since version 08 a party stands in a choice."""
        named = f"<Nm>{escape(name)}</Nm>"
        return named if self.number < "08" else f"<Pty>{named}</Pty>"


def statement(account: Account, statements: Sequence[Statement], version: str = "08", zone: tzinfo = timezone.utc) -> bytes:
    """A camt.053.001.``version`` file of one or more statements; its times are in the bank's ``zone``."""
    if version not in VERSIONS:
        raise ValueError(f"there is no camt.053 version {version!r} here; there are {', '.join(VERSIONS)}")
    how = _Version(version)
    first, last = statements[0], statements[-1]
    told = "".join(_statement(account, one, how, zone) for one in statements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{account.iban[-6:]}-{first.number}-{last.number}</MsgId>"
        f"<CreDtTm>{_closed(last, zone)}</CreDtTm></GrpHdr>\n{told}</BkToCstmrStmt></Document>\n").encode()


def _closed(one: Statement, zone: tzinfo) -> str:
    return datetime.combine(one.day, _CLOSED_AT, zone).isoformat()


def _statement(account: Account, one: Statement, how: _Version, zone: tzinfo) -> str:
    entries = "".join(_entry(entry, how) for entry in one.entries)
    return (
        f"<Stmt><Id>{account.iban[-6:]}-{one.number:05d}</Id><ElctrncSeqNb>{one.number}</ElctrncSeqNb>"
        f"<CreDtTm>{_closed(one, zone)}</CreDtTm>"
        f"<Acct><Id><IBAN>{account.iban}</IBAN></Id><Ccy>{account.currency}</Ccy>"
        f"<Ownr><Nm>{escape(account.owner)}</Nm></Ownr>"
        f"<Svcr><FinInstnId><{how.bic}>{account.bic}</{how.bic}></FinInstnId></Svcr></Acct>\n"
        f"{_balance('OPBD', one.opening, account.currency, one)}{_balance('CLBD', one.closing, account.currency, one)}"
        f"{entries}</Stmt>\n")


def _signed(amount: int, currency: str) -> str:
    """Amount and direction: camt's amounts have no sign."""
    direction = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{currency}">{major(abs(amount), currency)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def _balance(code: str, amount: int, currency: str, one: Statement) -> str:
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_signed(amount, currency)}"
            f"<Dt><Dt>{one.day}</Dt></Dt></Bal>\n")


def _entry(entry: BankEntry, how: _Version) -> str:
    """A single payment, or a batch with its single amounts. What came back is marked as the reversal of what it undoes."""
    reversal = "<RvslInd>true</RvslInd>" if entry.is_return else ""
    family = "ICDT" if entry.amount < 0 else "RCDT"
    amounts = entry.parts or (entry.amount,)
    batch = f"<Btch><NbOfTxs>{len(amounts)}</NbOfTxs></Btch>" if entry.parts else ""
    details = "".join(_detail(entry, amount, how) for amount in amounts)
    return (
        f"<Ntry>{_signed(entry.amount, entry.currency)}{reversal}{how.status}"
        f"<BookgDt><Dt>{entry.booked}</Dt></BookgDt><ValDt><Dt>{entry.value}</Dt></ValDt>"
        f"<AcctSvcrRef>{entry.bank_id}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{batch}{details}</NtryDtls></Ntry>\n")


def _detail(entry: BankEntry, amount: int, how: _Version) -> str:
    end_to_end = escape(entry.end_to_end or _NOT_PROVIDED)
    refs = f"<Refs><AcctSvcrRef>{entry.bank_id}</AcctSvcrRef><EndToEndId>{end_to_end}</EndToEndId></Refs>"
    # Version 02 has the amount of a detail in AmtDtls only.
    if how.number == "02":
        money = f'<AmtDtls><TxAmt><Amt Ccy="{entry.currency}">{major(abs(amount), entry.currency)}</Amt></TxAmt></AmtDtls>'
    else:
        money = _signed(amount, entry.currency)
    parties = ""
    if entry.name:
        role = "Cdtr" if amount < 0 else "Dbtr"
        parties = (f"<RltdPties><{role}>{how.party(entry.name)}</{role}>"
                   f"<{role}Acct><Id><IBAN>{entry.iban}</IBAN></Id></{role}Acct></RltdPties>")
    text = f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf>" if entry.text else ""
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if entry.is_return else ""
    return f"<TxDtls>{refs}{money}{parties}{text}{returned}</TxDtls>"

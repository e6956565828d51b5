"""How a bank tells of an account in ISO 20022: camt.053 statements and camt.054 notifications, versions 02 to 14.

What is written is what a bank writes that follows the schema to the letter. Which shape belongs to which version:

| what | 02 | 03 to 06 | 07 and later |
|---|---|---|---|
| status of an entry | `Sts` = code | `Sts` = code | `Sts/Cd` |
| name of a party | `Dbtr/Nm` | `Dbtr/Nm` | `Dbtr/Pty/Nm` |
| bank | `BIC` | `BICFI` | `BICFI` |
| amount of a transaction | `AmtDtls/TxAmt/Amt` | `Amt`, `CdtDbtInd` | the same |
| net of all entries | `TtlNetNtryAmt`, `CdtDbtInd` (03 too) | `TtlNetNtry` | `TtlNetNtry` |

A return is an entry with `RvslInd`: debtor and creditor are those of the payment that it takes back. Written as text
templates, since a world has a hundred thousand entries. What does not fit into the schema raises ValueError, but for
names and texts, which a bank cuts and cleans.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from textwrap import wrap
from xml.sax.saxutils import escape

from simulator.world.profile import DECIMALS
from simulator.world.truth import BankEntry, Statement

VERSIONS = tuple(f"{number:02d}" for number in range(2, 15))
# Balances that tell of the beginning of a statement; every other one tells of its end.
_OPENING = ("OPBD", "PRCD")
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"
_MADE_AT = time(20)
_ID, _LINE, _NAME, _INFORMATION = 35, 140, 140, 500
# Why a payment came back: our own, whose account is closed; a customer's, who asks for it.
_OURS_CAME_BACK, _THEIRS_WENT_BACK = "AC04", "FOCR"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Account:
    """Whose account it is, and at which bank."""

    iban: str
    currency: str
    owner: str
    bic: str


def statement(account: Account, statements: Sequence[Statement], version: str = "08", *, zone: tzinfo,
              balances: Sequence[str] = ("OPBD", "CLBD")) -> bytes:
    """A camt.053 file of ``statements``, each made in the evening of its day in ``zone``.

    ``balances``: the codes of the balances in their order; PRCD says the opening balance as the closing one of the day
    before, CLAV the closing balance as available.
    """
    if not statements:
        raise ValueError("a file of the bank has at least one statement")
    writer = _Writer(account, version)
    first, last = statements[0], statements[-1]
    told = "".join(writer.statement(one, zone, balances) for one in statements)
    return writer.document(
        "053", "BkToCstmrStmt", f"{last.day:%Y%m%d}-{first.number}-{last.number}", _made(last.day, zone), told)


def notification(account: Account, entries: Sequence[BankEntry], version: str = "08", *, number: int, at: datetime,
                 zone: tzinfo) -> bytes:
    """A camt.054 file: the ``number``-th notification of the account, of ``entries`` that a statement has as well."""
    if not entries:
        raise ValueError("a notification has at least one entry")
    writer = _Writer(account, version)
    made, name = at.astimezone(zone).replace(microsecond=0).isoformat(), f"N{at:%Y%m%d}-{number}"
    told = (
        f"<Ntfctn><Id>{name}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{made}</CreDtTm>"
        f"{writer.account_element}{writer.entries(entries)}</Ntfctn>\n")
    return writer.document("054", "BkToCstmrDbtCdtNtfctn", name, made, told)


def _made(day: date, zone: tzinfo, at: time = _MADE_AT) -> str:
    return datetime.combine(day, at, zone).isoformat()


class _Writer:
    """The shapes of one version for one account."""

    def __init__(self, account: Account, version: str):
        if version not in VERSIONS:
            raise ValueError(f"version {version!r} of camt; there are {', '.join(VERSIONS)}")
        self.account, self.version = account, version
        self.decimals = DECIMALS.get(account.currency, 2)
        self.status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= "07" else "<Sts>BOOK</Sts>"
        self.party = "<Pty><Nm>{}</Nm></Pty>" if version >= "07" else "<Nm>{}</Nm>"
        self.own = self._party(account.owner), _account(account.iban)
        bic = "BICFI" if version >= "03" else "BIC"
        self.account_element = (
            f"<Acct><Id><IBAN>{account.iban}</IBAN></Id><Ccy>{account.currency}</Ccy>"
            f"<Ownr><Nm>{_cleaned(account.owner, _NAME)}</Nm></Ownr>"
            f"<Svcr><FinInstnId><{bic}>{account.bic}</{bic}></FinInstnId></Svcr></Acct>\n")

    def document(self, message: str, root: str, name: str, made: str, told: str) -> bytes:
        namespace = _NAMESPACE.format(message=message, version=self.version)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}"><{root}>\n'
            f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>\n{told}</{root}></Document>\n").encode()

    # --- the statement --------------------------------------------------------------------------------------------

    def statement(self, one: Statement, zone: tzinfo, balances: Sequence[str]) -> str:
        told = "".join(self._balance(code, one) for code in balances)
        return (
            f"<Stmt><Id>{one.day:%Y%m%d}-{one.number}</Id><ElctrncSeqNb>{one.number}</ElctrncSeqNb>"
            f"<CreDtTm>{_made(one.day, zone)}</CreDtTm><FrToDt><FrDtTm>{_made(one.day, zone, time.min)}</FrDtTm>"
            f"<ToDtTm>{_made(one.day, zone, time(23, 59, 59))}</ToDtTm></FrToDt>\n"
            f"{self.account_element}{told}{self._summary(one.entries)}{self.entries(one.entries)}</Stmt>\n")

    def _balance(self, code: str, one: Statement) -> str:
        amount = one.opening if code in _OPENING else one.closing
        day = one.day - timedelta(days=1) if code == "PRCD" else one.day
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{self._amount(amount)}{_direction(amount)}"
            f"<Dt><Dt>{day}</Dt></Dt></Bal>\n")

    def _summary(self, entries: Sequence[BankEntry]) -> str:
        credits = [entry.amount for entry in entries if entry.amount >= 0]
        debits = [-entry.amount for entry in entries if entry.amount < 0]
        net = sum(credits) - sum(debits)
        told = (f"<TtlNetNtry><Amt>{self._figure(net)}</Amt>{_direction(net)}</TtlNetNtry>" if self.version >= "04"
                else f"<TtlNetNtryAmt>{self._figure(net)}</TtlNetNtryAmt>{_direction(net)}")
        return (
            f"<TxsSummry><TtlNtries>{self._sum(credits + debits)}{told}</TtlNtries>"
            f"<TtlCdtNtries>{self._sum(credits)}</TtlCdtNtries><TtlDbtNtries>{self._sum(debits)}</TtlDbtNtries>"
            "</TxsSummry>\n")

    def _sum(self, amounts: list[int]) -> str:
        return f"<NbOfNtries>{len(amounts)}</NbOfNtries><Sum>{self._figure(sum(amounts))}</Sum>"

    # --- the entries ----------------------------------------------------------------------------------------------

    def entries(self, entries: Iterable[BankEntry]) -> str:
        return "".join(map(self._entry, entries))

    def _entry(self, entry: BankEntry) -> str:
        if entry.currency != self.account.currency:
            raise ValueError(f"entry {entry.bank_id} is in {entry.currency}, the account in {self.account.currency}")
        own_reference = f"<AcctSvcrRef>{_id(entry.bank_id)}</AcctSvcrRef>" if entry.bank_id else ""
        reversal = "<RvslInd>true</RvslInd>" if entry.is_return else ""
        details = self._batch(entry) if entry.parts else self._transaction(entry, own_reference)
        return (
            f"<Ntry>{self._amount(entry.amount)}{_direction(entry.amount)}{reversal}{self.status}"
            f"<BookgDt><Dt>{entry.booked}</Dt></BookgDt><ValDt><Dt>{entry.value}</Dt></ValDt>{own_reference}"
            f"{_bank_code(entry)}{details}</Ntry>\n")

    def _transaction(self, entry: BankEntry, own_reference: str) -> str:
        end_to_end = _id(entry.end_to_end) if entry.end_to_end else "NOTPROVIDED"
        return (
            f"<NtryDtls><TxDtls><Refs>{own_reference}<EndToEndId>{end_to_end}</EndToEndId></Refs>"
            f"{self._told(entry.amount)}{self._parties(entry)}{_remittance(entry.text)}{_return(entry)}</TxDtls></NtryDtls>")

    def _batch(self, entry: BankEntry) -> str:
        """One booking of many payments, which it tells by their amounts and end-to-end ids."""
        amounts = [amount for amount, _reference in entry.parts]
        if sum(amounts) != entry.amount or any(part and (part < 0) != (entry.amount < 0) for part in amounts):
            raise ValueError(f"entry {entry.bank_id}: the parts {entry.parts} do not make {entry.amount}, all of one sign")
        name = f"<PmtInfId>{_id(entry.end_to_end)}</PmtInfId>" if entry.end_to_end else ""
        around = self._parties(entry) + _return(entry)
        parts = "".join(
            f"<TxDtls><Refs><EndToEndId>{_id(reference) if reference else 'NOTPROVIDED'}</EndToEndId></Refs>"
            f"{self._told(amount, entry.amount)}{around}</TxDtls>"
            for amount, reference in entry.parts)
        text = _cleaned(entry.text, _INFORMATION)
        information = f"<AddtlNtryInf>{text}</AddtlNtryInf>" if text else ""
        return (
            f"<NtryDtls><Btch>{name}<NbOfTxs>{len(entry.parts)}</NbOfTxs>{self._amount(entry.amount, 'TtlAmt')}"
            f"{_direction(entry.amount)}</Btch>{parts}</NtryDtls>{information}")

    def _told(self, amount: int, whole: int = 0) -> str:
        """The amount of a transaction; one of zero has the direction of the ``whole`` entry."""
        if self.version < "03":
            return f"<AmtDtls><TxAmt>{self._amount(amount)}</TxAmt></AmtDtls>"
        return f"{self._amount(amount)}{_direction(amount or whole)}"

    def _parties(self, entry: BankEntry) -> str:
        """Who paid whom; nobody for what the bank books by itself."""
        other = self._party(entry.name), _account(entry.iban)
        if not any(other):
            return ""
        sides = other, self.own
        # In a return the debtor is who paid at first.
        (debtor, debited), (creditor, credited) = sides if (entry.amount < 0) == entry.is_return else sides[::-1]
        told = _in("Dbtr", debtor) + _in("DbtrAcct", debited) + _in("Cdtr", creditor) + _in("CdtrAcct", credited)
        return f"<RltdPties>{told}</RltdPties>"

    def _party(self, name: str) -> str:
        name = _cleaned(name, _NAME)
        return self.party.format(name) if name else ""

    # --- amounts --------------------------------------------------------------------------------------------------

    def _amount(self, minor: int, tag: str = "Amt") -> str:
        return f'<{tag} Ccy="{self.account.currency}">{self._figure(minor)}</{tag}>'

    def _figure(self, minor: int) -> str:
        """Minor units without their sign as a decimal: camt tells the sign beside the amount."""
        if not self.decimals:
            return str(abs(minor))
        digits = f"{abs(minor):0{self.decimals + 1}d}"
        return f"{digits[:-self.decimals]}.{digits[-self.decimals:]}"


def _direction(amount: int) -> str:
    return "<CdtDbtInd>DBIT</CdtDbtInd>" if amount < 0 else "<CdtDbtInd>CRDT</CdtDbtInd>"


def _in(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>" if content else ""


def _account(iban: str) -> str:
    return f"<Id><IBAN>{iban}</IBAN></Id>" if iban else ""


def _bank_code(entry: BankEntry) -> str:
    """The ISO code of the kind of entry: a transfer that came, one that we made, either one taken back, or a charge."""
    if not (entry.name or entry.iban or entry.is_return):
        domain, family, kind = "ACMT", "MCOP" if entry.amount >= 0 else "MDOP", "CHRG"
    else:
        came = (entry.amount < 0) == entry.is_return
        domain, family, kind = "PMNT", "RCDT" if came else "ICDT", "RRTN" if entry.is_return else "ESCT"
    return (
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{kind}</SubFmlyCd></Fmly></Domn></BkTxCd>")


def _remittance(text: str) -> str:
    """The text in lines as long as the schema allows; a reader joins them with blanks."""
    text = _plain(text)
    lines = wrap(text, _LINE, break_on_hyphens=False) if len(text) > _LINE else filter(None, (text,))
    told = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in lines)
    return f"<RmtInf>{told}</RmtInf>" if told else ""


def _return(entry: BankEntry) -> str:
    if not entry.is_return:
        return ""
    reason = _OURS_CAME_BACK if entry.amount > 0 else _THEIRS_WENT_BACK
    return f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>"


def _id(text: str) -> str:
    """An id as it stands: one that was cut would be another one."""
    if len(text) > _ID or text != _plain(text):
        raise ValueError(f"{text!r} is no id of at most {_ID} characters")
    return escape(text)


def _plain(text: str) -> str:
    """``text`` on one line, without the characters that XML can not hold."""
    return " ".join(_NOT_XML.sub(" ", text).split())


def _cleaned(text: str, longest: int) -> str:
    return escape(_plain(text)[:longest].rstrip())

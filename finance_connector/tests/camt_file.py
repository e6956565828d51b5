"""CAMT.053.001.08 files for the tests: statements of one account, written the way a bank writes them."""

import io
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "DE89370400440532013000"
OTHER_IBAN = "GB33BUKB20201555555555"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(amount, day="2026-03-02", text="", bank_id="", ref="", name="", iban="", more="", status="BOOK"):
    """One entry; ``amount`` is signed text such as "-12.50". ``more``: elements put behind the references."""
    signed = Decimal(amount)
    party = ("Cdtr", "Dbtr")[signed > 0]
    details = f"<Refs><EndToEndId>{escape(ref or 'NOTPROVIDED')}</EndToEndId></Refs>"
    parties = f"<{party}><Pty><Nm>{escape(name)}</Nm></Pty></{party}>" if name else ""
    if iban:
        parties += f"<{party}Acct><Id><IBAN>{iban}</IBAN></Id></{party}Acct>"
    if parties:
        details += f"<RltdPties>{parties}</RltdPties>"
    if text:
        details += f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>"
    return (
        f'<Ntry><Amt Ccy="{{currency}}">{abs(signed)}</Amt><CdtDbtInd>{_side(signed)}</CdtDbtInd>'
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        + (f"<AcctSvcrRef>{escape(bank_id)}</AcctSvcrRef>" if bank_id else "")
        + "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        + f"{more}<NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>",
        signed if status == "BOOK" else Decimal(0),
    )


def statement(
    entries,
    opening="0.00",
    closing=None,
    number=None,
    iban=IBAN,
    currency="EUR",
    name="STMT-1",
    first="2026-03-02",
    last=None,
):
    """A `Stmt` element as text. ``closing`` None: what the entries make of ``opening``."""
    last = last or first
    reached = Decimal(opening) + sum((amount for _xml, amount in entries), Decimal(0))
    closing = reached if closing is None else Decimal(closing)
    sequence = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>" if number else ""
    body = "".join(xml for xml, _amount in entries).replace("{currency}", currency)
    return (
        f"<Stmt><Id>{name}</Id>{sequence}<CreDtTm>{last}T20:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        + _balance("OPBD", Decimal(opening), currency, first)
        + _balance("CLBD", closing, currency, last)
        + f"{body}</Stmt>"
    )


def document(*statements):
    """A camt.053 file (bytes) of some `statement`s."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T20:00:00</CreDtTm></GrpHdr>"
        + "\n".join(statements)
        + "</BkToCstmrStmt></Document>"
    ).encode()


def file_of(*entries, **values):
    """A camt.053 file of one statement."""
    return document(statement(entries, **values))


def announcing(*entries, kind="camt.052", **values):
    """An intraday report (camt.052) or a notification (camt.054) with ``entries``."""
    root, name = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    content = file_of(*entries, **values).decode().replace("camt.053", kind).replace("BkToCstmrStmt", root)
    return content.replace("Stmt>", f"{name}>").encode()


def zipped(**members):
    """A zip archive (bytes); ``members``: name -> content, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.xml", content)
    return buffer.getvalue()


def _side(amount):
    return "DBIT" if amount < 0 else "CRDT"


def _balance(code, amount, currency, day):
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{_side(amount)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )

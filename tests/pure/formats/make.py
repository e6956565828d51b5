"""Small camt.053 files for the tests, built from the few fields that a test is about."""

from datetime import date
from decimal import Decimal

ACCOUNT = "DE75512108001245126199"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{}"
DAY = "2025-03-14"


def document(*statements, version="08", namespace=None, header="", root="Document", encoding="UTF-8"):
    """A whole file as bytes; ``namespace=""`` leaves it out."""
    if namespace is None:
        namespace = NAMESPACE.format(version)
    declared = f' xmlns="{namespace}"' if namespace else ""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<{root}{declared}>\n<BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{DAY}T20:00:00+01:00</CreDtTm>{header}</GrpHdr>\n"
        f"{''.join(statements)}</BkToCstmrStmt>\n</{root}>\n"
    )
    return text.encode(encoding)


def balance(code, amount, day=DAY, ccy="EUR"):
    """A `Bal`; a negative amount is written as DBIT."""
    amount = str(amount)
    sign, amount = ("DBIT", amount[1:]) if amount.startswith("-") else ("CRDT", amount)
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n'
    )


def entry(amount, day=DAY, value=DAY, ref="", text="", details="", status="<Cd>BOOK</Cd>", ccy="EUR", extra=""):
    """A `Ntry`; a negative amount is written as DBIT, fields that are "" are left out."""
    amount = str(amount)
    sign, amount = ("DBIT", amount[1:]) if amount.startswith("-") else ("CRDT", amount)
    fields = [f'<Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>']
    fields += [f"<Sts>{status}</Sts>"] if status else []
    fields += [f"<BookgDt><Dt>{day}</Dt></BookgDt>"] if day else []
    fields += [f"<ValDt><Dt>{value}</Dt></ValDt>"] if value else []
    fields += [f"<AcctSvcrRef>{ref}</AcctSvcrRef>"] if ref else []
    fields += ["<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>", extra]
    fields += [f"<NtryDtls>{details}</NtryDtls>"] if details else []
    fields += [f"<AddtlNtryInf>{text}</AddtlNtryInf>"] if text else []
    return f"<Ntry>{''.join(fields)}</Ntry>\n"


def detail(amount=None, ccy="EUR", inner="", before=""):
    """A `TxDtls`; the amount without a sign takes the direction of the entry."""
    told = ""
    if amount is not None:
        amount = str(amount)
        signed = {"-": "<CdtDbtInd>DBIT</CdtDbtInd>", "+": "<CdtDbtInd>CRDT</CdtDbtInd>"}.get(amount[0], "")
        told = f'<Amt Ccy="{ccy}">{amount.lstrip("+-")}</Amt>{signed}'
    return f"<TxDtls>{before}{told}{inner}</TxDtls>"


def statement(*entries, opening="100.00", closing=None, total="0", day=DAY, name="S1", ccy="EUR", **more):
    """A `Stmt` with OPBD and CLBD; ``closing`` is ``opening`` + ``total`` if not given. ``more``: account,
    account_ccy, balances (replaces OPBD and CLBD), head (after the id), summary."""
    closing = Decimal(opening) + Decimal(total) if closing is None else closing
    balances = more.get("balances")
    if balances is None:
        balances = balance("OPBD", opening, day, ccy) + balance("CLBD", closing, day, ccy)
    account_ccy = more.get("account_ccy", ccy)
    told = f"<Ccy>{account_ccy}</Ccy>" if account_ccy else ""
    account = more.get("account", f"<IBAN>{ACCOUNT}</IBAN>")
    return (
        f"<Stmt><Id>{name}</Id>{more.get('head', '')}<Acct><Id>{account}</Id>{told}</Acct>\n"
        f"{balances}{more.get('summary', '')}{''.join(entries)}</Stmt>\n"
    )


def announcing(kind, *entries, balances="", account_ccy="EUR", summary=""):
    """A camt.052 or camt.054 (``kind``) with one report or notification of ``entries``."""
    root, name = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    content = document(statement(*entries, balances=balances, account_ccy=account_ccy, summary=summary))
    content = content.replace(b"BkToCstmrStmt", root.encode()).replace(b"Stmt>", f"{name}>".encode())
    return content.replace(b"camt.053", kind.encode())


def simple(*amounts, **more):
    """A file of one statement with an entry for each amount."""
    return document(statement(*map(entry, amounts), total=str(sum(map(Decimal, amounts))), **more))


def day(text):
    """The date of an ISO text."""
    return date.fromisoformat(text)

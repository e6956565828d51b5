"""Answers of banks as the tests build them: pain.002, pacs.004, return files of the ACH network, reports of Bacs."""

from fc.payments.nacha_layout import (
    BATCH_CONTROL,
    BATCH_HEADER,
    CHANGE,
    ENTRY,
    FILE_CONTROL,
    FILE_HEADER,
    FILLER,
    RETURN,
    record,
)

ISO = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.{}"
R03 = ({"code": 21, "amount": 10000}, RETURN, {"type": "99", "reason": "R03"})
NOC = ({"code": 21}, CHANGE, {"type": "98", "reason": "C03", "corrected": "091000019   987654321"})


def tag(name, content):
    return f"<{name}>{content}</{name}>" if content else ""


def why(code, *texts):
    return tag("StsRsnInf", tag("Rsn", tag("Cd", code)) + "".join(tag("AddtlInf", text) for text in texts))


def transaction(number=1, status="RJCT", code="", amount=""):
    reference = f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    named = tag("OrgnlInstrId", f"I{number}") + tag("OrgnlEndToEndId", f"E2E{number}")
    return tag("TxInfAndSts", named + tag("TxSts", status) + (why(code) if code else "") + reference)


def batch(*transactions, name="B1", status="", code=""):
    return tag("OrgnlPmtInfAndSts", tag("OrgnlPmtInfId", name) + tag("PmtInfSts", status) + (why(code) if code else "")
               + "".join(transactions))  # fmt: skip


def report(*batches, status="", code="", version="10", message="MSG1", report_id="R1", created="2026-03-02T10:00:00+01:00",
           totals="", namespace=ISO):  # fmt: skip
    head = tag("GrpHdr", tag("MsgId", report_id) + tag("CreDtTm", created))
    group = tag("OrgnlMsgId", message) + tag("OrgnlMsgNmId", "pain.001.001.09") + totals + tag("GrpSts", status)
    body = head + tag("OrgnlGrpInfAndSts", group + (why(code) if code else "")) + "".join(batches)
    return f'<Document xmlns="{namespace.format(version)}">{tag("CstmrPmtStsRpt", body)}</Document>'.encode()


def pacs(*returns, version="09", count=None, created="2026-03-05T08:00:00Z"):
    head = tag("MsgId", "P1") + tag("CreDtTm", created) + tag("NbOfTxs", str(len(returns) if count is None else count))
    body = tag("PmtRtr", tag("GrpHdr", head + tag("IntrBkSttlmDt", "2026-03-05")) + "".join(returns))
    return f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.{version}">{body}</Document>'.encode()


def returned(amount="98.00", original="100.00", charges="2.00", code="AC04", extra="", currency="EUR"):
    parts = tag("RtrId", "X1") + tag("OrgnlGrpInf", tag("OrgnlMsgId", "MSG1") + tag("OrgnlMsgNmId", "pain.001"))
    parts += tag("OrgnlEndToEndId", "E2E1")
    parts += f'<OrgnlIntrBkSttlmAmt Ccy="EUR">{original}</OrgnlIntrBkSttlmAmt>' if original else ""
    parts += f'<RtrdIntrBkSttlmAmt Ccy="{currency}">{amount}</RtrdIntrBkSttlmAmt>' if amount else ""
    parts += f'<ChrgsInf><Amt Ccy="EUR">{charges}</Amt></ChrgsInf>' if charges else ""
    return tag("TxInf", parts + tag("RtrRsnInf", tag("Rsn", tag("Cd", code)) + tag("AddtlInf", "sorry")) + extra)


def ach(*entries):
    """A file of the bank with (entry values, addenda layout, addenda values)."""
    lines, debits, credits = [], 0, 0
    for values, layout, addenda in entries:
        entry = {"record": "6", "routing": "021000021", "account": "123", "identification": "INV1", "addenda": "1"}
        lines.append(record(ENTRY, {**entry, "trace": "021000020000009", **values}))
        lines.append(record(layout, {"record": "7", "original_trace": "091000010000001", "trace": "021000020000009", **addenda}))
        debits += values.get("amount", 0) if values["code"] in (26, 36) else 0
        credits += values.get("amount", 0) if values["code"] in (21, 31) else 0
    sums = {"count": len(lines), "hash": 2100002 * len(entries), "debits": debits, "credits": credits}
    same = {"service_class": "200", "company_id": "1234567890", "odfi": "09100001", "batch": 1}
    lines = [
        record(FILE_HEADER, {"record": "1", "date": "260305", "time": "0800", "modifier": "A", "origin": "091000019"}),
        record(BATCH_HEADER, {"record": "5", "entry_class": "PPD", **same}), *lines,
        record(BATCH_CONTROL, {"record": "8", **same, **sums}),
        record(FILE_CONTROL, {"record": "9", "batches": 1, "blocks": -(-(len(lines) + 4) // 10), **sums}),
    ]  # fmt: skip
    lines += [FILLER] * (-len(lines) % 10)
    return "\n".join((*lines, "")).encode()


def arudd(*items, totals="", name="ReturnedDebitItem", header='reportType="ARUDD" currentProcessingDate="2026-03-05"'):
    inner = f'<OriginatingAccountRecord><OriginatingAccount number="1"/>{"".join(items)}{totals}</OriginatingAccountRecord>'
    body = f"<ARUDD><Header {header}/><OriginatingAccountRecords>{inner}</OriginatingAccountRecords></ARUDD>"
    return f"<BACSDocument><Data>{body}</Data></BACSDocument>".encode()


def item(value="12.34", code="0", reference="INV0001", name="ReturnedDebitItem"):
    told = f'ref="{reference}" transCode="17" returnCode="{code}" originalProcessingDate="2026-03-03" valueOf="{value}"'
    return f'<{name} {told}><PayerAccount name="J SMITH" number="12345678" sortCode="20-00-00"/></{name}>'

"""What the bank of a world answers to a payment file: pain.002 in versions 03 to 14, in the shapes in which banks send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"


@dataclass(frozen=True)
class Status:
    """What is said of one payment. ``reason``: of a reject."""

    end_to_end: str
    code: str
    reason: str = ""


def report(name: str, at: datetime, version: str, message: str, batch: str, group: str, statuses: Sequence[Status]) -> bytes:
    """A pain.002 with the id ``name`` about the file ``message``; ``group``: the status of the file, or nothing."""
    told = "".join(_transaction(one) for one in statuses)
    head = f"<GrpSts>{group}</GrpSts>" if group else ""
    within = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(batch)}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>" if told else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE.format(version=version)}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{at:%Y-%m-%dT%H:%M:%S}+00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(message)}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{head}"
        f"</OrgnlGrpInfAndSts>{within}</CstmrPmtStsRpt></Document>\n"
    ).encode()


def _transaction(one: Status) -> str:
    why = f"<StsRsnInf><Rsn><Cd>{one.reason}</Cd></Rsn></StsRsnInf>" if one.reason else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{escape(one.end_to_end)}</OrgnlEndToEndId><TxSts>{one.code}</TxSts>{why}</TxInfAndSts>"

"""Who is on the other side of a camt transaction, and what was said with it: parties, remittance,
references, returns.

The other side is the debtor of money that came in and the creditor of money that left; in a reversal the
parties keep the roles of the payment that is taken back. Our own account is never the other side, whatever
the indicators say.
"""

from typing import NamedTuple

from .camt_values import PLACEHOLDERS, children, code_of, leaf_texts, text_of


class _Side(NamedTuple):
    """The elements that tell of one side of a transaction."""

    party: str
    account: str
    ultimate: str
    agent: str


_DEBTOR = _Side("Dbtr", "DbtrAcct", "UltmtDbtr", "DbtrAgt")
_CREDITOR = _Side("Cdtr", "CdtrAcct", "UltmtCdtr", "CdtrAgt")


def references(element, names):
    """ISO name -> value of `Refs`, without placeholders; proprietary ones as "Prtry:<type>"."""
    found = {}
    for child in element[:]:
        name = names[child.tag]
        if name == "Prtry":
            texts = leaf_texts(child)
            if len(texts) == 2:
                found[f"Prtry:{texts[0]}"] = texts[1]
        else:
            value = (child.text or "").strip()
            if value.upper() not in PLACEHOLDERS:
                found[name] = value
    return found


def counterparty(details, names, direction, is_reversal, own_account):
    """(name, account, BIC) of the other side; ``details``: the children of TxDtls, ``direction``: +1 money
    in, -1 out."""
    element = details.get("RltdPties")
    if element is None:
        return "", "", ""
    parties = children(element, names)
    side, other = (_DEBTOR, _CREDITOR) if (direction > 0) != is_reversal else (_CREDITOR, _DEBTOR)
    account = account_of(parties[side.account], names)[0] if side.account in parties else ""
    is_own = account == own_account
    if is_own or not (account or side.party in parties or side.ultimate in parties):
        side, account = other, account_of(parties.get(other.account), names)[0]
        # Without an account nothing tells a lone party on the wrong side from ourselves.
        if account == own_account or not (account or is_own):
            return "", "", ""
    name = name_of(parties.get(side.party), names) or name_of(parties.get(side.ultimate), names)
    return name, account, _bic(details["RltdAgts"], side.agent, names) if "RltdAgts" in details else ""


def name_of(party, names):
    """The name of a party or institution, in the shapes of all versions; "" if there is none."""
    if party is None:
        return ""
    for child in party[:]:
        name = names[child.tag]
        if name == "Nm":
            return (child.text or "").strip()
        if name in ("Pty", "Agt", "FinInstnId"):
            return name_of(child, names)
    return ""


def account_of(element, names):
    """(number, scheme) of an account: IBAN without spaces, else the bank's own number, else a proxy; ("",
    "") if none."""
    if element is None:
        return "", ""
    proxy = ""
    for child in element[:]:
        name = names[child.tag]
        if name == "Id" and len(child):
            inner = child[0]
            if names[inner.tag] == "IBAN":
                return text_of(inner).replace(" ", "").upper(), "IBAN"
            found = children(inner, names).get("Id")
            return text_of(found).replace(" ", ""), "OTHER"
        if name == "Prxy":
            proxy = text_of(children(child, names).get("Id"))
    return proxy, "OTHER" if proxy else ""


def servicer_of(element, names):
    """The BIC of an institution, else its name."""
    if element is None:
        return ""
    return institution_bic(element, names) or name_of(element, names)


def institution_bic(element, names):
    """The BIC below an agent: `FinInstnId/BICFI`, in old versions `FinInstnId/BIC`."""
    for institution in element[:]:
        if names[institution.tag] == "FinInstnId":
            for child in institution[:]:
                if names[child.tag] in ("BICFI", "BIC"):
                    return text_of(child)
    return ""


def _bic(agents, role, names):
    for child in agents[:]:
        if names[child.tag] == role:
            return institution_bic(child, names)
    return ""


def remittance(element, names):
    """(unstructured lines, creditor references, document numbers, additional texts) of `RmtInf`."""
    lines, structured, documents, additional = [], [], [], []
    for child in element[:]:
        name = names[child.tag]
        if name == "Ustrd":
            text = (child.text or "").strip()
            if text.upper() not in PLACEHOLDERS:
                lines.append(text)
        elif name == "Strd":
            for inner in child[:]:
                kind = names[inner.tag]
                if kind == "CdtrRefInf":
                    structured.append(text_of(children(inner, names).get("Ref")))
                elif kind == "RfrdDocInf":
                    documents.append(text_of(children(inner, names).get("Nb")))
                elif kind == "AddtlRmtInf":
                    additional.append(text_of(inner))
    if len(lines) == len(element):
        return tuple(lines), (), (), ()
    return tuple(lines), _filled(structured), _filled(documents), _filled(additional)


def _filled(texts):
    return tuple(text for text in texts if text.upper() not in PLACEHOLDERS)


def returned(element, names):
    """(reason code, text) of `RtrInf`; ("", "") if the transaction is no return."""
    if element is None:
        return "", ""
    found = children(element, names)
    lines = [text_of(child) for child in element[:] if names[child.tag] == "AddtlInf"]
    return code_of(found.get("Rsn")), " ".join(line for line in lines if line)


def bank_codes(element, names):
    """(ISO domain code as "PMNT/RCDT/ESCT", the bank's own code) of `BkTxCd`."""
    domain = proprietary = ""
    if element is not None:
        for child in element[:]:
            name = names[child.tag]
            if name == "Domn":
                domain = "/".join(leaf_texts(child))
            elif name == "Prtry":
                proprietary = code_of(child)
    return domain, proprietary

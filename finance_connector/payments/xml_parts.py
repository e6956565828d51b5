"""The parts that payment files of ISO 20022 have in common: parties, addresses, accounts, banks, remittance.

XML is written as text, since making an object of each element takes longer than validating the file does. Elements have no
namespace of their own; the root declares it. What a text cannot be in its scheme goes to the problems, and the file is not made.
"""

import re
from xml.sax.saxutils import escape

from ..core import payee_account
from ..core.payment_text import SEPA, fitted, identifier, is_plain

MAX_ID = 35
MAX_TEXT = 140
MAX_ADDRESS_LINE = 70
# ISO 20022: what stands in for a bank that is found by the IBAN.
NOT_PROVIDED = "NOTPROVIDED"
_MARKUP = re.compile("[&<>]").search


def leaf(path, text):
    """The XML of the elements of ``path`` ("A/B"), the last one with ``text``; nothing if there is no text."""
    if not text:
        return ""
    if _MARKUP(text):
        text = escape(text)
    if "/" not in path:
        return f"<{path}>{text}</{path}>"
    names = path.split("/")
    return f"<{'><'.join(names)}>{text}</{'></'.join(reversed(names))}>"


def element(name, *content):
    """The XML of the element ``name`` with ``content``; nothing if that is nothing."""
    inner = "".join(content)
    return f"<{name}>{inner}</{name}>" if inner else ""


class Parts:
    """Writes parts in the spelling of one version and scheme. ``is_new``: versions from 2019 on; ``same_charges``: the
    batch says who bears the charges, for all its payments."""

    def __init__(self, scheme, is_new, problems):
        self.scheme, self.problems, self.is_new = scheme, problems, is_new
        self.bic_name = "BICFI" if is_new else "BIC"
        self.same_charges = True

    def text(self, value, limit, field):
        """``value`` in the characters of the scheme, at most ``limit`` of them."""
        if not value:
            return ""
        # Nothing to be told of it: the words for that are not put together for each text of thousands.
        if len(value) <= limit and is_plain(value, self.scheme.characters):
            return value
        return self.problems.attempt(field, fitted, value, self.scheme.characters, limit, field.capitalize())

    def reference(self, value, field):
        """An id that comes back in answers, as it is."""
        return self.problems.attempt(field, identifier, value, self.scheme.characters, MAX_ID, field.capitalize())

    def party(self, tag, party, field):
        """The element ``tag`` of a `records.Party`; nothing if there is none."""
        if party is None:
            return ""
        if not party.name:
            self.problems.add(field, "missing", f"The {field} has no name; enter it.")
        return element(
            tag,
            leaf("Nm", self.text(party.name, self.scheme.name_limit, f"name of the {field}")),
            self.address(party.address, field),
            self._organisation(party, field),
        )

    def _organisation(self, party, field):
        lei = leaf("LEI", party.lei) if self.is_new else ""
        if not party.organisation_id:
            return element("Id", element("OrgId", lei))
        number = leaf("Id", self.reference(party.organisation_id, f"id of the {field}"))
        other = element("Othr", number, leaf("SchmeNm/Cd", party.organisation_scheme))
        return element("Id", element("OrgId", lei, other))

    def address(self, address, field):
        """`PstlAdr`: structured, with up to two lines for the rest; in the old version of SEPA two lines at most.

        Unstructured addresses end in November 2026: town and country are asked for wherever there is an address.
        """
        if address is None:
            return ""
        for name, value in (("town", address.town), ("country", address.country)):
            if not value:
                self.problems.add(field, "address", f"The address of the {field} has no {name}; enter it.")
        fields, lines = "", address.lines
        if self.scheme.characters == SEPA and not self.is_new:
            street, place = f"{address.street} {address.building}".strip(), f"{address.postcode} {address.town}".strip()
            lines = (street, place, *lines)
        else:
            for name, value, limit in (
                ("StrtNm", address.street, 70), ("BldgNb", address.building, 16), ("PstCd", address.postcode, 16),
                ("TwnNm", address.town, 35), ("CtrySubDvsn", address.region, 35),
            ):  # fmt: skip
                if value:
                    fields += leaf(name, self.text(value, limit, f"address of the {field}"))
        return element("PstlAdr", fields, leaf("Ctry", address.country), *self._lines(lines, field))

    def _lines(self, lines, field):
        lines = [line for line in lines if line]
        if len(lines) > 2:
            text = f"The address of the {field} has {len(lines)} lines beside its fields, 2 are allowed; put them into fields."
            self.problems.add(field, "address", text)
        return [leaf("AdrLine", self.text(line, MAX_ADDRESS_LINE, f"address of the {field}")) for line in lines]

    def account(self, tag, account, field, with_currency=False):
        """The element ``tag`` of a `records.Account`, checked."""
        number = ""
        if account.iban:
            number = leaf("IBAN", self.problems.attempt(field, payee_account.iban, account.iban))
        elif account.number:
            number = leaf("Othr/Id", self.text(account.number, 34, f"account of the {field}"))
        else:
            self.problems.add(field, "missing", f"The account of the {field} is missing; enter it.")
        return element(tag, element("Id", number), leaf("Ccy", account.currency) if with_currency else "")

    def agent(self, tag, agent, field):
        """The element ``tag`` of a `records.Agent`: BIC, clearing member with name and address, or not provided."""
        if agent.bic:
            told = leaf(self.bic_name, self.problems.attempt(field, payee_account.bic, agent.bic))
        elif agent.member:
            number = self.problems.attempt(field, payee_account.clearing_member, agent.clearing_system, agent.member)
            told = (
                element("ClrSysMmbId", leaf("ClrSysId/Cd", agent.clearing_system), leaf("MmbId", number))
                + leaf("Nm", self.text(agent.name, self.scheme.name_limit, f"name of the {field}"))
                + self.address(agent.address, field)
            )
        else:
            told = leaf("Othr/Id", NOT_PROVIDED)
        return element(tag, element("FinInstnId", told))

    def remittance(self, text, reference, kind):
        """`RmtInf`: ``reference`` of ``kind`` (SCOR or QRR), else ``text``; both where the scheme takes both."""
        if not reference:
            return element("RmtInf", leaf("Ustrd", self.text(text, MAX_TEXT, "text")))
        if text and not self.scheme.both_remittances:
            note = f"A {self.scheme.name} carries a structured reference or a text, not both; leave one out."
            self.problems.add("text", "remittance", note)
        is_iso = kind == "SCOR"
        type_ = element("Tp", leaf("CdOrPrtry/Cd" if is_iso else "CdOrPrtry/Prtry", kind), leaf("Issr", "ISO" if is_iso else ""))
        information = element("CdtrRefInf", type_, leaf("Ref", reference))
        return element("RmtInf", element("Strd", information, leaf("AddtlRmtInf", self.text(text, MAX_TEXT, "text"))))


def payment_type(scheme, instrument="", sequence="", category_purpose=""):
    """`PmtTpInf` of a batch; nothing if the scheme has nothing to say in it."""
    return element(
        "PmtTpInf",
        leaf("InstrPrty", scheme.priority),
        leaf("SvcLvl/Cd", scheme.service_level),
        leaf("LclInstrm/Cd", instrument or scheme.local_instrument),
        leaf("SeqTp", sequence),
        leaf("CtgyPurp/Cd", category_purpose),
    )


def choice(value, when_true="true", when_false="false"):
    """How XML writes a boolean; "" for None."""
    return "" if value is None else when_true if value else when_false

"""The parts that payment files of ISO 20022 have in common: parties, addresses, accounts, banks, remittance.

Elements are built without a namespace and written below a root that declares it. What a text cannot be in its scheme
goes to the problems, and the file is not made.
"""

from lxml.etree import Element, SubElement

from ..core import payee_account
from ..core.payment_text import SEPA, fitted, identifier, is_plain

MAX_ID = 35
MAX_TEXT = 140
MAX_ADDRESS_LINE = 70
# ISO 20022: what stands in for a bank that is found by the IBAN.
NOT_PROVIDED = "NOTPROVIDED"


def put(parent, path, text):
    """Appends new elements of ``path`` ("A/B") to ``parent``, the last one with ``text``; nothing if there is no text."""
    if text:
        if "/" in path:
            first, path = path.rsplit("/", 1)
            for name in first.split("/"):
                parent = SubElement(parent, name)
        SubElement(parent, path).text = text


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

    def party(self, parent, tag, party, field):
        """The element ``tag`` of a `records.Party`; nothing if there is none."""
        if party is None:
            return
        element = SubElement(parent, tag)
        if not party.name:
            self.problems.add(field, "missing", f"The {field} has no name; enter it.")
        put(element, "Nm", self.text(party.name, self.scheme.name_limit, f"name of the {field}"))
        self.address(element, party.address, field)
        if party.organisation_id or party.lei:
            organisation = SubElement(SubElement(element, "Id"), "OrgId")
            if self.is_new:
                put(organisation, "LEI", party.lei)
            if party.organisation_id:
                other = SubElement(organisation, "Othr")
                put(other, "Id", self.reference(party.organisation_id, f"id of the {field}"))
                put(other, "SchmeNm/Cd", party.organisation_scheme)

    def address(self, parent, address, field):
        """`PstlAdr`: structured, with up to two lines for the rest; in the old version of SEPA two lines at most.

        Unstructured addresses end in November 2026: town and country are asked for wherever there is an address.
        """
        if address is None:
            return
        for name, value in (("town", address.town), ("country", address.country)):
            if not value:
                self.problems.add(field, "address", f"The address of the {field} has no {name}; enter it.")
        element = SubElement(parent, "PstlAdr")
        lines = address.lines
        if self.scheme.characters == SEPA and not self.is_new:
            put(element, "Ctry", address.country)
            street, place = f"{address.street} {address.building}".strip(), f"{address.postcode} {address.town}".strip()
            lines = (street, place, *lines)
        else:
            for name, value, limit in (
                ("StrtNm", address.street, 70), ("BldgNb", address.building, 16), ("PstCd", address.postcode, 16),
                ("TwnNm", address.town, 35), ("CtrySubDvsn", address.region, 35),
            ):  # fmt: skip
                put(element, name, self.text(value, limit, f"address of the {field}"))
            put(element, "Ctry", address.country)
        lines = [line for line in lines if line]
        if len(lines) > 2:
            text = f"The address of the {field} has {len(lines)} lines beside its fields, 2 are allowed; put them into fields."
            self.problems.add(field, "address", text)
        for line in lines:
            put(element, "AdrLine", self.text(line, MAX_ADDRESS_LINE, f"address of the {field}"))

    def account(self, parent, tag, account, field, with_currency=False):
        """The element ``tag`` of a `records.Account`, checked."""
        identification = SubElement(SubElement(parent, tag), "Id")
        if account.iban:
            put(identification, "IBAN", self.problems.attempt(field, payee_account.iban, account.iban))
        elif account.number:
            put(identification, "Othr/Id", self.text(account.number, 34, f"account of the {field}"))
        else:
            self.problems.add(field, "missing", f"The account of the {field} is missing; enter it.")
        if with_currency:
            put(identification.getparent(), "Ccy", account.currency)

    def agent(self, parent, tag, agent, field):
        """The element ``tag`` of a `records.Agent`: BIC, clearing member with name and address, or not provided."""
        institution = SubElement(SubElement(parent, tag), "FinInstnId")
        if agent.bic:
            put(institution, self.bic_name, self.problems.attempt(field, payee_account.bic, agent.bic))
        elif agent.member:
            member = SubElement(institution, "ClrSysMmbId")
            put(member, "ClrSysId/Cd", agent.clearing_system)
            number = self.problems.attempt(field, payee_account.clearing_member, agent.clearing_system, agent.member)
            put(member, "MmbId", number)
            put(institution, "Nm", self.text(agent.name, self.scheme.name_limit, f"name of the {field}"))
            self.address(institution, agent.address, field)
        else:
            put(institution, "Othr/Id", NOT_PROVIDED)

    def remittance(self, parent, text, reference, kind):
        """`RmtInf`: ``reference`` of ``kind`` (SCOR or QRR), else ``text``; both where the scheme takes both."""
        if not (text or reference):
            return
        element = SubElement(parent, "RmtInf")
        if not reference:
            put(element, "Ustrd", self.text(text, MAX_TEXT, "text"))
            return
        if text and not self.scheme.both_remittances:
            note = f"A {self.scheme.name} carries a structured reference or a text, not both; leave one out."
            self.problems.add("text", "remittance", note)
        structured = SubElement(element, "Strd")
        information = SubElement(structured, "CdtrRefInf")
        type_ = SubElement(information, "Tp")
        put(type_, "CdOrPrtry/Cd" if kind == "SCOR" else "CdOrPrtry/Prtry", kind)
        put(type_, "Issr", "ISO" if kind == "SCOR" else "")
        put(information, "Ref", reference)
        put(structured, "AddtlRmtInf", self.text(text, MAX_TEXT, "text"))


def payment_type(parent, scheme, instrument="", sequence="", category_purpose=""):
    """`PmtTpInf` of a batch; nothing if the scheme has nothing to say in it."""
    element = Element("PmtTpInf")
    put(element, "InstrPrty", scheme.priority)
    put(element, "SvcLvl/Cd", scheme.service_level)
    put(element, "LclInstrm/Cd", instrument or scheme.local_instrument)
    put(element, "SeqTp", sequence)
    put(element, "CtgyPurp/Cd", category_purpose)
    if len(element):
        parent.append(element)


def choice(value, when_true="true", when_false="false"):
    """How XML writes a boolean; "" for None."""
    return "" if value is None else when_true if value else when_false

"""What :86: says about an entry: the structured and the free dialects of the banks.

- German (DFÜ-Abkommen annex 3, "MT940 structured"): a business transaction code of three digits, then subfields of
  a separator and two digits (?00 to ?63); in the purpose (?20 to ?29, ?60 to ?63) SEPA tags such as EREF+ and SVWZ+.
- slashes (Netherlands, Belgium, United Kingdom): /TRTP/ /EREF/ /NAME/ ... in any order.
- free text; Swiss banks name the other side in it (AUFTRAGGEBER: ... MITTEILUNGEN: ...).

Lines and subfields are cut after so many characters wherever that is, so a full one is joined to the next without a space; a
short one was ended by the bank, as a rule.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .national_accounts import is_iban
from .text_values import PLACEHOLDERS

# A line of :86: has 65 characters; the tag takes four of the first one with some banks.
_FULL_LINE = 61
# A subfield of the purpose or the name has 27 characters, two digits before them.
_FULL_SUBFIELD = 29
# Stands where a bank has ended a subfield: a space in a text, nothing in an id.
_ENDED = "\x1f"

_GERMAN = re.compile(r"(\d{3})?([^\w\s:/,.()\"'&+-])(?=\d\d)", re.ASCII).match
_TAGS = frozenset("EREF KREF MREF CRED DEBT SVWZ ABWA ABWE COAM OAMT PURP RREF SQTP RTRN ANAM IBAN".split())
# Those whose text is one, and no id.
_TEXTS = frozenset("SVWZ ABWA ABWE ANAM".split())
_SLASHED = re.compile(r"/[A-Z]{2,4}\d?/").match
_KEY = re.compile(
    r"/(TRTP|TRCD|PREF|EREF|RREF|MARF|CSID|IBAN|BIC|NAME|ADDR|CNTP|REMI|ISDT|PURP|RTRN|BENM|ORDP|ULTC|ULTB|ULTD|SVCL|"
    r"OCMT|CHGS[12]?|EXCH|KREF|ID|TXT|INST|ACCW|BUSP|CDCD|CDTRREF|CDTRREFTP|ISSUER|BO|BO1|SUM|AZTN|COMM|NRTX|CREF|IREF)/"
)
_SWISS = re.compile(
    r"(?:AUFTRAGGEBER|DONNEUR D'ORDRE|ORDINANTE)\s*:\s*(.*?)\s*(?:(?:MITTEILUNGEN|COMMUNICATIONS|COMUNICAZIONI)\s*:|$)"
)
# Keys beside which a text without remittance has nothing more to say.
_TELLING = frozenset(("TRTP", "REMI", "EREF", "NAME", "RTRN"))
# German codes of entries that take an earlier one back (DFÜ-Abkommen annex 3, list of GVC): returned direct debits
# at the payer's and the payee's bank, returned transfers.
_TAKEN_BACK = frozenset(("108", "109", "159", "181", "184"))
# Tag of SEPA or key between slashes -> name in ISO 20022.
_REFERENCES = {
    "EREF": "EndToEndId", "KREF": "InstrId", "PREF": "PmtInfId", "MREF": "MndtId", "MARF": "MndtId", "CRED": "CdtrId",
    "CSID": "CdtrId", "IREF": "InstrId", "RREF": "TxId",
}  # fmt: skip


class Told(NamedTuple):
    """What a :86: says; "" for what it does not. ``raw``: all of it on one line, as evidence and for the
    fingerprint."""

    raw: str = ""
    text: str = ""
    name: str = ""
    account: str = ""
    bank: str = ""
    code: str = ""
    information: str = ""
    references: dict = {}
    structured: str = ""
    return_reason: str = ""
    purpose: str = ""
    is_reversal: bool = False


NOTHING_TOLD = Told()
_PURPOSE = frozenset(f"{number}" for number in (*range(20, 30), *range(60, 64)))
_SUBFIELDS = frozenset(f"{number:02d}" for number in range(100))


def read_text(text):
    """What the text of a field 86 tells, its lines with LF between them."""
    if not text.strip():
        return NOTHING_TOLD
    first, _feed, more = text.partition("\n")
    code = first.strip()
    if more and code.isdigit() and more.startswith(code):
        # Polish banks tell the code in a field of its own before.
        text = more
    match = _GERMAN(text)
    if match:
        return _german(text.replace("\n", ""), match)
    if _SLASHED(text.partition("\n")[0].lstrip()):
        return _slashed(text.replace("\n", "").strip())
    raw = _joined(text.split("\n"))
    if raw[4:5] == "+" and raw[:4] in _TAGS:
        return _with_tags(raw, raw)
    return _free(raw)


def _joined(lines):
    """Free text on one line; a short line was ended by the bank, a full one was only cut."""
    found = []
    for line in lines:
        found.append(line if len(line) >= _FULL_LINE else f"{line} ")
    return " ".join("".join(found).split())


def _german(raw, match):
    """``raw``: code of three digits, then subfields that begin with the separator after it and two digits."""
    code, separator = match[1] or "", match[2]
    whole = _usual(separator)(raw, match.end() - 1)
    if whole:
        information, bank, account, name, more, remittance, added = whole.group(1, 3, 4, 5, 6, 2, 7)
        remittance = _purpose(f"{remittance}{added}".split(separator))
    else:
        fields, remittance = _subfields(raw[match.end() :], separator)
        information, bank, account, name, more = (fields.get(key, "") for key in ("00", "30", "31", "32", "33"))
        account = fields["38"] if is_iban(fields.get("38", "")) else account
    name = _purpose((f"32{name}", f"33{more}")) if more else name or ""
    account, bank = (account or "").replace(" ", ""), (bank or "").strip()
    name, information, is_reversal = _plain(name), _plain(information or ""), code in _TAKEN_BACK
    if "+" not in remittance:
        return Told(raw, _plain(remittance), name, account, bank, code, information, {}, "", "", "", is_reversal)
    return _with_tags(raw, remittance, name, account, bank, code, information, is_reversal)


def _purpose(subfields):
    """One text of ``subfields``, each with its two digits. A short one behind a full one is the rest of a longer line that was
    cut, and so is the end of nothing."""
    found, cut = [], False
    for told in subfields:
        full = len(told) >= _FULL_SUBFIELD
        found.append(told[2:] if full or cut else f"{told[2:]}{_ENDED}")
        cut = full
    return "".join(found)


@lru_cache(maxsize=64)
def _usual(separator):
    """Takes a text to pieces whose subfields come as they usually do: ascending, only those of the purpose repeatedly, and the
    separator nowhere else. The groups: 00, the purpose, 30, 31, 32, 33, more purpose."""
    sign = re.escape(separator)
    one = rf"(?:{sign}%s([^{sign}]*))?"
    many = rf"((?:{sign}%s[^{sign}]*)*)"
    order = (one % "00", rf"(?:{sign}10[^{sign}]*)?", many % r"2\d", *(one % number for number in (30, 31, 32, 33)))
    return re.compile(f"{''.join(order)}(?:{sign}34[^{sign}]*)?{many % '6[0-3]'}", re.ASCII).fullmatch


def _subfields(text, separator):
    """(number -> text of the subfields, the purpose)."""
    fields, purpose, key = {}, [], None
    for part in text.split(separator):
        number = part[:2]
        if number in _PURPOSE:
            key = "20"
            purpose.append(part)
        elif number in _SUBFIELDS:
            key = number
            fields[key] = fields.get(key, "") + part[2:]
        elif key == "20":
            # The separator itself, in a text.
            purpose[-1] += separator + part
        elif key is not None:
            fields[key] += separator + part
    return fields, _purpose(purpose)


def _with_tags(raw, remittance, name="", account="", bank="", code="", information="", is_reversal=False):
    """What a purpose with SEPA tags tells, and what is known of the entry beside it."""
    (_none, lead), *tagged = _tagged(remittance)
    tags, references = {}, {}
    for tag, value in tagged:
        value = _plain(value if tag in _TEXTS else value.replace(_ENDED, ""))
        if tag not in tags:
            tags[tag] = value
        if tag in _REFERENCES and _REFERENCES[tag] not in references and value.upper() not in PLACEHOLDERS:
            references[_REFERENCES[tag]] = value
    get, lead = tags.get, _plain(lead)
    text = get("SVWZ", "")
    return Told(
        raw, f"{lead} {text}".strip() if lead else text, name or get("ANAM") or get("ABWA") or get("ABWE", ""),
        account or get("IBAN", "").replace(" ", ""), bank or get("BIC", ""), code, information, references, "", "",
        get("PURP", ""), is_reversal,
    )  # fmt: skip


def _tagged(remittance):
    """(tag, its text) of a purpose with SEPA tags (EREF+...), the text before the first one with the tag None."""
    found, tag, text = [], None, None
    for part in remittance.split("+"):
        if text is None:
            text = part
        elif text[-4:] in _TAGS:
            found.append((tag, text[:-4]))
            tag, text = text[-4:], part
        elif text[-3:] == "BIC" and not text[-4:-3].isalpha():
            found.append((tag, text[:-3]))
            tag, text = "BIC", part
        else:
            # The sign itself, in a text.
            text += "+" + part
    found.append((tag, text))
    return found


def _slashed(raw):
    """Keys between slashes; an empty one (/BENM//NAME/) only says of whom the next ones tell."""
    parts = _KEY.split(raw)
    fields = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        value = value.strip().strip("/").strip()
        if value and key not in fields:
            fields[key] = value
    name, account, bank = fields.get("NAME", ""), fields.get("IBAN", ""), fields.get("BIC", "")
    if "CNTP" in fields:
        # IBAN/BIC/name/town
        side = [*fields["CNTP"].split("/"), "", "", ""]
        account, bank, name = account or side[0], bank or side[1], name or side[2]
    text, structured = _remittance(fields.get("REMI", "") or fields.get("TXT", ""))
    references = {
        name: value for key, name in _REFERENCES.items() if (value := fields.get(key)) and value.upper() not in PLACEHOLDERS
    }
    return Told(
        raw=raw,
        text=text or ("" if fields.keys() & _TELLING else _plain(raw)),
        name=_plain(name),
        account=account.replace(" ", "").strip(),
        bank=bank.strip(),
        information=_plain(fields.get("TRTP", "")),
        references=references,
        structured=structured or fields.get("CDTRREF", ""),
        return_reason=fields.get("RTRN", "").split("/")[0][:4].strip(),
        purpose=fields.get("PURP", "").removeprefix("CD/"),
        is_reversal="RTRN" in fields,
    )


def _remittance(value):
    """(text, structured reference) of /REMI/: USTD//text, STRD/CUR/reference, or text."""
    if value.startswith("STRD/"):
        return "", value.rstrip("/").rpartition("/")[2].strip()
    return _plain(value.removeprefix("USTD").lstrip("/") if value.startswith("USTD/") else value), ""


def _free(raw):
    match = _SWISS.search(raw) if ":" in raw else None
    return Told(raw=raw, text=raw, name=match[1] if match else "")


def _plain(text):
    """``text`` with single spaces."""
    return " ".join(text.split()) if "  " in text or "\t" in text or _ENDED in text else text.strip()

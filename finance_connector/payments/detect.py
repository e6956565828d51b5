"""Which kind of answer of a bank a file is, told by its content."""

import re

ANSWERS = {
    "pain.002": re.compile(rb"urn:iso:std:iso:20022:tech:xsd:pain\.002|pain\.002\.001\.03\.ch"),
    "pacs.004": re.compile(rb"urn:iso:std:iso:20022:tech:xsd:pacs\.004"),
    "bacs": re.compile(rb"<(?:\w+:)?BACSDocument[\s>]"),
    # A header record of 94 characters that names blocking factor and format.
    "nacha": re.compile(rb"\A\s*101.{37}094101"),
}
_HEAD = 4096


def detect(content):
    """The key of ANSWERS that ``content`` (bytes) is, or None."""
    head = content[:_HEAD]
    return next((name for name, pattern in ANSWERS.items() if pattern.search(head)), None)

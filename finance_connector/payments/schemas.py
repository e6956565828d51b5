"""The official schemas of ISO 20022, and the validation of a file against them as a stream.

The schemas are those that the package sepaxml (MIT) carries unchanged; they are read from its folder, and none of its
code is run.
"""

import importlib.util
from functools import cache
from io import BytesIO
from pathlib import Path

from lxml import etree

from .problems import PaymentFileError, Problem

_PACKAGE = "sepaxml"


@cache
def schema(message):
    """The compiled schema of ``message`` ("pain.001.001.09"). Raises PaymentFileError if the package is not there."""
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.submodule_search_locations[0], "schemas", f"{message}.xsd") if spec else None
    if path is None or not path.exists():
        text = f"The schema of {message} is not installed; install the Python package {_PACKAGE} (see requirements.txt)."
        raise PaymentFileError([Problem("", "file", "no_schema", text)])
    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True, resolve_entities=False)))


def validate(content, message):
    """Checks ``content`` (bytes) against the schema of ``message``, holding one payment at a time.

    Raises PaymentFileError with the line and what the schema says.
    """
    try:
        for _event, element in etree.iterparse(
            BytesIO(content), tag=("CdtTrfTxInf", "{*}CdtTrfTxInf", "{*}DrctDbtTxInf"), schema=schema(message), no_network=True,
            resolve_entities=False,
        ):  # fmt: skip
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        text = f"Line {error.lineno} of the {message} file breaks its schema: {error.msg}. Report this with the payment order."
        raise PaymentFileError([Problem("", "file", "schema", text)]) from None

"""The project's own files and the files that the tests build are valid by the schemas of ISO 20022."""

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from .corpus import folder, missing
from .make import detail, document, entry, statement

FILES = sorted((Path(__file__).parent / "files").glob("*.xml"))


@cache
def schema(version):
    """The schema of camt.053.001.``version``; skips where the corpus has none."""
    corpus = folder()
    if corpus is None:
        pytest.skip(missing())
    path = corpus / "xsd" / f"camt.053.001.{version}.xsd"
    if not path.exists():
        pytest.skip(f"the corpus has no schema of camt.053.001.{version}")
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_own_files(path):
    schema(path.stem[-2:]).assertValid(etree.parse(path))


def test_built_files():
    content = document(statement(entry("5.00", text="x", ref="R", details=detail("+5.00")), total="5"))
    schema("08").assertValid(etree.fromstring(content).getroottree())

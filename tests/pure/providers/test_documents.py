"""An object and the pages of its lists as one answer: taken apart as they were put together, whatever their layout."""

import json

import pytest

from fc.core.errors import PayloadError
from fc.providers import documents

OBJECT, PAGE = {"payouts": {"id": "PO1"}}, {"payout_items": [{"note": "a\nb"}], "meta": {"cursors": {"after": None}}}


@pytest.mark.parametrize("indent", [None, 2])
def test_documents_come_apart_as_they_went_together(indent):
    sent = [json.dumps(one, indent=indent).encode() for one in (OBJECT, PAGE, PAGE)]
    content = documents.joined(sent)
    assert all(one in content for one in sent)
    assert documents.parted(content + b"\r\n ", "GoCardless") == [OBJECT, PAGE, PAGE]
    assert documents.begun_by(content, "GoCardless", "PO1", "payouts") == (OBJECT["payouts"], [PAGE, PAGE])


@pytest.mark.parametrize(
    "content", [b'{"a": 1', b'{"a": 1} {"b"', b'{"a": NaN}', b"\xff{}", b'{"a": 1}\n[]', b"[" * 100_000], ids=range(6)
)
def test_damaged_answers_are_refused(content):
    with pytest.raises(PayloadError, match=r"^The answer of GoCardless .*; fetch it again\.$"):
        documents.parted(content, "GoCardless")


@pytest.mark.parametrize(
    "content, told", [(b"", "nothing"), (b'{"id": "PO1"}', "nothing"), (b'{"payouts": {"id": "PO2"}}', "PO2")]
)
def test_an_answer_about_something_else_is_refused(content, told):
    with pytest.raises(PayloadError, match=f"asked for PO1 and answered with {told}"):
        documents.begun_by(content, "GoCardless", "PO1", "payouts")

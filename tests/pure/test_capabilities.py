"""What formats and feeds declare is what they do; the matrix has all of them."""

import pytest
from formats import samples

from fc import capabilities, feeds, formats
from fc.feeds.base import FeedAdapter
from fc.formats.declared import FORMATS

_METHODS = {"consent": "start_consent", "webhook": "verify"}


def test_every_format_is_declared():
    assert set(FORMATS) == set(formats._BY_NAME)


@pytest.mark.parametrize("name", [*samples.NAMES, "camt.053.001.08.xml"])
def test_a_format_proves_what_it_declares(name):
    declared = FORMATS[formats.detect(samples.content(name))]
    for statement in samples.read(name):
        assert statement.proof in declared.proofs
        assert statement.provisional == declared.provisional
        assert bool(statement.currency) == declared.says_currency
        assert bool(statement.account) or not declared.says_account


@pytest.mark.parametrize("code", feeds.codes())
def test_a_feed_does_what_it_declares(code):
    adapter = feeds.get(code)
    for capability, method in _METHODS.items():
        implemented = getattr(type(adapter), method) is not getattr(FeedAdapter, method)
        assert implemented == (capability in adapter.capabilities), f"{code}: {capability}"
    assert hasattr(adapter, "opened") == ("files" in adapter.capabilities)
    assert (type(adapter).poll is not FeedAdapter.poll) != ("files" in adapter.capabilities)


@pytest.mark.parametrize("matrix", [capabilities.provider_matrix, capabilities.feed_matrix, capabilities.format_matrix])
def test_the_matrix_is_whole(matrix):
    columns, rows, unverified = matrix()
    assert len(set(columns)) == len(columns)
    assert all(len(marks) == len(columns) for _name, marks in rows)
    assert all(any(marks) for _name, marks in rows), "a row that nothing has says nothing"
    assert {label for label, _sentences in unverified} <= set(columns)

"""Names of one party, as people write them and as banks do."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.matching.names import likeness, name_tokens


def alike(one, other):
    return likeness(name_tokens(one), name_tokens(other))


@pytest.mark.parametrize(("one", "other"), [
    ("Müller GmbH", "MUELLER"), ("Müller GmbH & Co. KG", "MULLER GMBH"), ("Marco Neri", "NERI, MARCO"),
    ("Acme Trading Limited", "ACME TRADIN"), ("J. Smith", "John Smith"), ("Société Générale", "SOCIETE GENERALE SA"),
    ("Bjørn Ødegård", "BJOERN OEDEGAARD"), ("Straßer AG", "STRASSER"), ("Dr. Ada Ibsen", "Ada Ibsen"),
])
def test_one_party(one, other):
    assert alike(one, other) == alike(other, one) == 100


@pytest.mark.parametrize(("one", "other"), [
    ("Ada Ibsen", "Ada Adler"), ("Acme Trading", "Acme Holding"), ("GmbH", "AG"), ("Li", "Li"), ("", "Ada Ibsen"),
    ("J. S.", "John Smith"), ("Max Hansen", "Max Hanson"),
])
def test_two_parties(one, other):
    assert alike(one, other) < 80


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_has_no_direction(one, other):
    assert 0 <= alike(one, other) == alike(other, one) <= 100

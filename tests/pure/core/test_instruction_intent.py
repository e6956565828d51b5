"""The names of a payment come from what it is for: the same intent has the same ones, another intent others."""

import hashlib
import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from fc.core.hashing import canonical_json
from fc.core.instruction_intent import Intent, end_to_end_id, intent_key, message_id, uetr
from fc.core.money import Money

INTENT = Intent("db/1", "partner/7", Money(12000, "EUR"), (("bill/1", 7000), ("bill/2", 5000)))


@given(st.permutations(INTENT.items))
def test_inv_3_the_same_intent_has_one_key_in_any_order(items):
    assert intent_key(INTENT._replace(items=tuple(items))) == intent_key(INTENT)


def test_the_key_stays_over_versions():
    assert intent_key(INTENT) == "26bb72b6f2a4c1808a6bcf03f1bcb20e32db42bf7463237e69c3f6f5991384ec"


ITEMS = st.lists(st.tuples(st.from_regex("[0-9]{1,5}|free/[0-9]", fullmatch=True), st.integers(-9, 9)), max_size=3)


@given(
    st.builds(
        Intent,
        st.text(st.characters(exclude_categories=("Cs",))),
        st.from_regex("[0-9]{1,5}", fullmatch=True),
        st.integers(-9, 10**9).map(lambda minor: Money(minor, "EUR")),
        ITEMS.map(tuple),
        st.sampled_from(("", "ab12")),
    )
)
def test_an_intent_is_written_as_every_other_audited_content_is(intent):
    plain = {**intent._asdict(), "items": sorted([document, minor] for document, minor in intent.items)}
    written = b"finance-payment-intent/1\n" + canonical_json(plain)
    assert intent_key(intent) == hashlib.sha256(written).hexdigest()


def test_another_intent_has_another_key():
    others = [
        INTENT._replace(scope="db/2"),
        INTENT._replace(payee="partner/8"),
        INTENT._replace(amount=Money(12000, "USD")),
        INTENT._replace(amount=Money(12001, "EUR")),
        INTENT._replace(items=(("bill/1", 7000), ("bill/3", 5000))),
        INTENT._replace(replaces=intent_key(INTENT)),
    ]
    assert len({intent_key(one) for one in (INTENT, *others)}) == 7


def test_the_ids_for_the_bank_fit_every_scheme():
    key = intent_key(INTENT)
    for name in (end_to_end_id(key), message_id([key], "v1:00")):
        assert re.fullmatch("[A-Z0-9]{24}", name)
    assert (uuid.UUID(uetr(key)).version, uuid.UUID(uetr(key)).variant) == (4, uuid.RFC_4122)
    assert uetr(key) == uetr(key)


def test_a_message_id_is_bound_to_what_the_file_says():
    assert message_id(["a", "b"], "v1:00") == message_id(["b", "a"], "v1:00")
    assert message_id(["a", "b"], "v1:00") != message_id(["a", "b"], "v1:01")
    assert message_id(["a"], "v1:00") != message_id(["b"], "v1:00")

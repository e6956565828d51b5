"""What every adapter owes, whatever the provider: a test class inherits `Conformance` and names its kit.

A failing check says what the adapter lacks and where to mend it; `scripts/new-provider` makes an adapter that fails here.
"""

import inspect
import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fc import providers
from fc.core.errors import FinanceError, UnknownStatus
from fc.core.lifecycle import fold
from fc.core.money import Money
from fc.core.records import KINDS, Request
from fc.core.settlement_life import SETTLEMENT_STATES, fold_settlement
from fc.providers.base import CAPABILITIES, Adapter

from .damage import broken, shuffled, texts
from .kits.base import NOW, T0, reordered_csv, understood

LINE_KINDS = {*KINDS, "unknown"}
ODD_CURRENCIES = {"JPY", "KWD", "ISK", "UGX", "HUF", "TWD", "CLP"}


class Conformance:
    kit = None

    @property
    def adapter(self):
        return self.kit.adapter

    def verify(self, request, secrets, now=NOW):
        return self.adapter.verify(request, secrets, now, self.kit.trust)

    # --- who may speak (INV-2) ------------------------------------------------------------------------------------

    def signed(self):
        if not self.kit.webhook:
            pytest.skip(f"{self.adapter.label} sends no webhooks")
        return next(iter(self.kit.bodies.values()))

    def test_official_vectors(self):
        self.signed()
        assert self.kit.vectors, "kit.vectors: add the published signature examples of this provider"
        for request, secret, now, trust in self.kit.vectors:
            assert self.adapter.verify(request, [secret], now, trust).ok
            assert not self.adapter.verify(request, [self.kit.other_secret], now, trust).ok
            assert not self.adapter.verify(request, [], now, trust).ok

    def test_a_replaced_secret_is_valid_beside_the_new_one(self):
        request = self.kit.call(self.signed())
        assert self.verify(request, [self.kit.other_secret, self.kit.secret]).secret_index == 1
        assert self.verify(request, [self.kit.secret, self.kit.other_secret]).secret_index == 0

    def test_forged_calls_are_refused_and_say_why(self):
        body = self.signed()
        request = self.kit.call(body)
        assert self.verify(request, [self.kit.secret]).ok
        assert self.verify(request, [self.kit.other_secret]).reason == "mismatch"
        for secrets in ([], None, [""], ["  "]):
            assert self.verify(request, secrets).reason == "no_secret"
        assert not self.verify(Request(body.replace(b"1", b"7"), request.headers), [self.kit.secret]).ok
        assert self.verify(Request(b"{}"), [self.kit.secret]).reason in ("missing", "malformed")

    def test_old_and_future_calls(self):
        body = self.signed()
        for seconds, reason in ((-2 * self.kit.timed or -86400, "stale"), (2 * self.kit.timed or 86400, "future")):
            verdict = self.verify(self.kit.call(body, at=T0 + seconds), [self.kit.secret])
            # A provider that signs no time cannot be judged by it: copies are told apart by their id instead.
            assert verdict.reason == (reason if self.kit.timed else ""), "kit.timed does not fit the adapter"

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200), st.text(max_size=80))
    def test_nothing_that_is_sent_makes_it_fall(self, body, header):
        names = {name for name, _value in self.kit.call(self.signed()).headers}
        request = Request(body, tuple((name, header) for name in names))
        assert not self.verify(request, [self.kit.secret]).ok
        self.adapter.certificate_url(request, "live")
        for read in (self.adapter.envelope, self.adapter.messages, self.adapter.parse):
            try:
                read(Request(body))
            except FinanceError as error:
                assert str(error)

    def test_values_that_should_not_be_there_are_refused_in_words_that_can_be_stored(self):
        self.signed()
        picker = random.Random(7)  # noqa: S311
        for body in [*self.kit.bodies.values(), *(body for _field, _value, body in self.kit.known[::3])]:
            for damaged in broken(body, picker, 25):
                self.read_or_refuse(lambda content=damaged: self.adapter.parse(Request(content)))
                self.read_or_refuse(lambda content=damaged: self.adapter.messages(Request(content)))
            for fetch in self.adapter.parse(Request(body)).fetches:
                for damaged in broken(self.adapter.fetch(self.kit.api, fetch), picker, 25):
                    self.read_or_refuse(lambda content=damaged, fetch=fetch: self.adapter.parse_fetched(fetch, content))

    def read_or_refuse(self, read):
        try:
            told = read()
        except FinanceError as error:
            told = str(error)
        for text in texts(told):
            assert "\0" not in text
            text.encode()

    # --- what is said (INV-3, INV-4) ------------------------------------------------------------------------------

    def test_every_message_has_one_id_of_its_own(self):
        self.signed()
        seen = {}
        for name, body in self.kit.bodies.items():
            for message in self.adapter.messages(Request(body)):
                assert message == self.adapter.messages(Request(body))[self.adapter.messages(Request(body)).index(message)]
                key = message.envelope.external_id
                assert seen.setdefault(key, message.body) == message.body, f"{name}: {key} is the id of two messages"
                assert message.envelope.lane_key
                assert message.envelope.event_type

    def test_every_message_says_something_or_why_it_does_not(self):
        for name, body in self.kit.bodies.items():
            parsed = understood(self.kit, body)
            assert parsed.movements or parsed.payments or parsed.settlements or parsed.ignored, name
            self.check_facts(parsed, name)

    def check_facts(self, parsed, name):
        keys = [(fact.kind, fact.external_id, fact.amount.minor) for fact in parsed.movements]
        assert all(fact.kind in KINDS for fact in parsed.movements), name
        assert all(fact.occurred_at.tzinfo for fact in parsed.movements), f"{name}: an instant without time zone"
        assert all(info.status in SETTLEMENT_STATES for info in parsed.settlements), name
        assert all(len(fact.external_id) <= 255 for fact in parsed.movements), name
        return keys

    def test_order_and_copies_do_not_matter(self):
        assert self.kit.stories, "kit.stories: tell lives of payments from first to last message"
        for name, story in self.kit.stories.items():
            told = [understood(self.kit, body).movements for body in story.bodies]
            whole = fold([fact for facts in told for fact in facts])
            assert whole.state == story.state, name
            assert story.captured is None or whole.captured.minor == story.captured, name
            assert tuple(one.code for one in whole.contradictions) == story.contradictions, name
            orders = list(itertools.islice(itertools.permutations(told), 0, None)) if len(told) < 5 else shuffled(told)
            for order in orders:
                twice = [fact for facts in [*order, *order] for fact in facts]
                assert repr(fold(twice)) == repr(whole), f"{name}: the order of messages changes what they say"

    def test_every_status_is_mapped_or_refused_by_name(self):
        assert self.kit.known, "kit.known: one message for every status that the provider documents"
        for field, value, body in self.kit.known:
            parsed = understood(self.kit, body)
            assert parsed.movements or parsed.payments or parsed.settlements or parsed.lines or parsed.ignored, (field, value)
        assert self.kit.unknown, "kit.unknown: a message with a status that nobody has seen"
        for body in self.kit.unknown:
            with pytest.raises(UnknownStatus):
                understood(self.kit, body)

    def test_minor_units_are_the_providers(self):
        told = {currency: (body, minor) for currency, body, minor in self.kit.units}
        assert set(told) >= ODD_CURRENCIES, f"kit.units lacks {ODD_CURRENCIES - set(told)}"
        for currency, (body, minor) in told.items():
            facts = [fact for fact in understood(self.kit, body).movements if fact.kind in ("capture", "authorize")]
            assert [fact.amount for fact in facts if fact.amount.currency == currency][:1] == [Money(minor, currency)]

    # --- reports and lines ----------------------------------------------------------------------------------------

    def reports(self):
        if "report_file" not in self.adapter.capabilities:
            pytest.skip(f"{self.adapter.label} has no report files")
        assert self.kit.reports, "kit.reports: a report file with every kind of row"
        return self.kit.reports

    def test_reports_tie(self):
        for content in self.reports():
            parsed = self.adapter.parse_report(content, "report.csv")
            assert parsed.lines
            self.check_ties(parsed)

    def check_ties(self, parsed):
        self.check_facts(parsed, "the report")
        keys = [(line.settlement_key, line.external_id) for line in parsed.lines]
        assert len(keys) == len(set(keys)), "two lines of one settlement have the same id"
        for line in parsed.lines:
            assert line.kind in LINE_KINDS
            assert line.net == line.gross - line.fee - line.tax
        for info in parsed.settlements:
            net = [line.net for line in parsed.lines if line.settlement_key == info.external_id]
            if info.complete:
                assert sum((one.minor for one in net), 0) == info.amount.minor, info.external_id
            assert fold_settlement([info, *parsed.movements]).state in SETTLEMENT_STATES

    def test_a_cut_report_is_refused(self):
        for content in self.reports():
            whole = self.adapter.parse_report(content, "report.csv")
            for tenth in range(1, 10):
                cut = content[: len(content) * tenth // 10]
                try:
                    parsed = self.adapter.parse_report(cut, "report.csv")
                except FinanceError as error:
                    assert "report" in str(error)
                else:
                    assert parsed.lines in (whole.lines, ()) or len(parsed.settlements) < len(whole.settlements) or self.row_cut(
                        content, cut
                    ), f"cut after {tenth}/10 and read all the same"

    def row_cut(self, content, cut):
        """Whether the file was cut exactly between two rows, of a report that has no totals to prove it by."""
        return self.kit.reorder is reordered_csv and content[len(cut) - 1 : len(cut)] == b"\n"

    def test_a_damaged_report_is_refused_in_words_that_can_be_stored(self):
        picker = random.Random(11)  # noqa: S311
        for content in self.reports():
            for _time in range(120):
                at = picker.randrange(len(content))
                odd = picker.choice((b"\xff", b"\0", b'"', b"\n", b",", b";", b"-", b"9", b"\xed\xa0\x80", b"x" * 300))
                damaged = content[:at] + odd + content[at + picker.choice((0, 1, 5)) :]
                self.read_or_refuse(lambda content=damaged: self.adapter.parse_report(content, "report.csv"))

    def test_columns_are_found_by_name(self):
        for content in self.reports():
            whole = self.adapter.parse_report(content, "report.csv")
            reorder = self.kit.reorder or reordered_csv
            for changed in (reorder(content), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
                parsed = self.adapter.parse_report(changed, "report.csv")
                assert (parsed.lines, parsed.settlements) == (whole.lines, whole.settlements)
                assert set(parsed.movements) == set(whole.movements)

    def test_reports_are_recognised_by_their_own_adapter_only(self):
        for content in self.reports():
            assert self.adapter.detect_report(content)
            others = [code for code in providers.codes() if code != self.adapter.code]
            assert not [code for code in others if providers.get(code).detect_report(content)]

    # --- honesty --------------------------------------------------------------------------------------------------

    def test_declared_is_implemented_is_exercised(self):
        declared = self.adapter.capabilities
        assert declared, "capabilities: declare what the adapter can do"
        for capability, methods in CAPABILITIES.items():
            for method in methods:
                own = inspect.getattr_static(type(self.adapter), method) is not inspect.getattr_static(Adapter, method)
                assert own == (capability in declared) or (own and method in SHARED), f"{capability}: {method}"
        assert declared <= set(CAPABILITIES)
        assert set(self.kit.exercised) == set(declared), "kit.exercised: show a use of every capability, and of no other"
        for capability, use in self.kit.exercised.items():
            assert use(), capability

    def test_people_are_told_what_each_secret_is(self):
        adapter = self.kit.adapter
        told = adapter.secret_help
        assert set(told) == set(adapter.secret_names) and all(label and words for label, words in told.values()), (
            "say in secret_help what the provider calls each secret, and where it is found"
        )
        assert bool(adapter.webhook_help) == ("webhook" in adapter.capabilities), "say in webhook_help where it is registered"

    def test_secrets_answers_and_idempotency(self):
        assert self.adapter.secret_names or not self.kit.webhook, "secret_names: which secrets an administrator must store"
        status, body, _content_type = self.adapter.acknowledge()
        assert 200 <= status < 300
        assert isinstance(body, bytes)
        for intent in ("refund/1", "x" * 1000, "ü"):
            ((name, value),) = self.adapter.idempotency(intent).items()
            assert name == self.adapter.idempotency_header
            assert 0 < len(value) <= self.adapter.idempotency_limit
        assert self.adapter.idempotency("a" * 999) != self.adapter.idempotency("a" * 998)


# Methods that more than one capability needs.
SHARED = {"parse", "envelope", "detect_report"}

"""A bank that takes files by POST: who we are, which key, and what each of its answers means."""

import base64
from dataclasses import replace

import pytest

from fc.channels import get
from fc.channels.base import ABSENT, PRESENT, UNSURE, Parcel, Refused, Settings, Way
from fc.core.errors import ProviderUnavailable

PARCEL = Parcel("KEY1", "MSG1", "pay.xml", b"<Document/>", ("E2E1", "E2E2"))
SETTINGS = Settings(url="https://bank.example/payments", probe_url="https://bank.example/payments/{message_id}?first={end_to_end_id}",
                    sign_in="bearer", key_header="Idempotency-Key")  # fmt: skip
http = get("http")


class Bank:
    """Notes the calls; answers with ``body``, or raises the error of ``status`` (0: no answer at all)."""

    def __init__(self, status=200, body=b"{}", outcome="failed"):
        self.status, self.body, self.outcome, self.calls = status, body, outcome, []

    def __call__(self, method, url, headers=None, **content):
        self.calls.append((method, url, headers, content))
        if self.status == 200:
            return self.body
        raise ProviderUnavailable("The bank answered.", outcome=self.outcome, status=self.status, body=self.body)

    def way(self, settings=SETTINGS):
        return Way(settings, {"token": "t0ken", "password": "pass"}, self)


def test_the_file_is_the_body_and_the_key_is_that_of_the_parcel():
    bank = Bank()
    assert http.send(bank.way(), PARCEL).answer == b""
    headers = {"Content-Type": "application/xml", "Authorization": "Bearer t0ken", "Idempotency-Key": "KEY1"}
    assert bank.calls == [("POST", SETTINGS.url, headers, {"data": PARCEL.content})]


def test_an_answer_that_is_a_report_is_handed_on():
    report = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'
    assert http.send(Bank(body=report).way(), PARCEL).answer == report


def test_user_and_password():
    bank = Bank()
    http.send(bank.way(Settings(url="https://b.example", sign_in="basic", user="ada")), PARCEL)
    assert bank.calls[0][2]["Authorization"] == "Basic " + base64.b64encode(b"ada:pass").decode()


@pytest.mark.parametrize("status", [400, 409, 422])
def test_what_the_bank_refuses_is_refused_in_its_words(status):
    with pytest.raises(Refused, match="CtrlSum is wrong"):
        http.send(Bank(status, b"CtrlSum is wrong").way(), PARCEL)


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, "failed"), (404, "failed"), (429, "failed"), (503, "unknown"), (0, "unknown")]
)
def test_what_says_nothing_of_the_file_stays_what_it_was(status, outcome):
    with pytest.raises(ProviderUnavailable) as raised:
        http.send(Bank(status, outcome=outcome).way(), PARCEL)
    assert (raised.value.status, raised.value.outcome) == (status, outcome)


def test_asking_for_a_file():
    bank = Bank()
    assert http.probe(bank.way(), PARCEL).verdict == PRESENT
    assert bank.calls[0][:2] == ("GET", "https://bank.example/payments/MSG1?first=E2E1")
    assert http.probe(Bank(404).way(), PARCEL).verdict == ABSENT
    assert http.probe(Bank().way(Settings(url="https://bank.example")), PARCEL).verdict == UNSURE
    for status in (0, 401, 500):
        with pytest.raises(ProviderUnavailable):
            http.probe(Bank(status).way(), PARCEL)


REPORT = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'


def test_answers_are_fetched_where_the_bank_gives_them():
    settings = replace(SETTINGS, answers_url="https://bank.example/answers/{message_id}")
    bank = Bank(body=REPORT)
    assert http.answers(bank.way(settings), PARCEL) == (REPORT,)
    assert bank.calls[0][:3] == ("GET", "https://bank.example/answers/MSG1", {"Authorization": "Bearer t0ken"})
    assert http.answers(Bank(status=404).way(settings), PARCEL) == http.answers(Bank(body=b" ").way(settings), PARCEL) == ()
    assert http.answers(Bank(body=REPORT).way(), PARCEL) == (), "nothing is set"


@pytest.mark.parametrize("bank", [Bank(status=500), Bank(status=401), Bank(body=b'{"state": "pending"}')])
def test_an_answer_that_is_none_is_told(bank):
    with pytest.raises(ProviderUnavailable):
        http.answers(bank.way(replace(SETTINGS, answers_url="https://bank.example/answers/{message_id}")), PARCEL)

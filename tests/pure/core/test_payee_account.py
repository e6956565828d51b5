"""Account and bank numbers: what can exist is taken in any spelling, what cannot is refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core import payee_account
from fc.core.payee_account import AccountError

# The examples of the SWIFT registry.
GOOD = (
    "DE89370400440532013000", "FR1420041010050500013M02606", "GB29NWBK60161331926819", "CH9300762011623852957",
    "BE68539007547034", "NL91ABNA0417164300", "ES9121000418450200051332", "IT60X0542811101000000123456",
    "PL61109010140000071219812874",
    "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "SA0380000000608010167519", "BR1800360305000010009795493C1",
)  # fmt: skip


@pytest.mark.parametrize("number", GOOD)
def test_an_iban_is_taken_in_any_spelling(number):
    spelled = " ".join(number[at : at + 4] for at in range(0, len(number), 4)).lower()
    assert payee_account.iban(spelled) == payee_account.iban(number) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), (None, "empty"), ("DE", "form"), ("1234", "form"), ("DE1537040044053201300O", "structure"),
        ("ÖE89", "form"),
        ("DE8937040044053201300", "length"), ("DE893704004405320130000", "length"), ("DE88370400440532013000", "check_digits"),
        ("US12345678901234", "country"), ("XX12345678901234", "country"), ("DE89370400440532013001", "check_digits"),
        ("NO6686011117948", "check_digits"),
    ],
)  # fmt: skip
def test_what_is_no_iban_is_refused_with_the_reason(text, code):
    with pytest.raises(AccountError) as caught:
        payee_account.iban(text)
    assert caught.value.code == code
    assert "correct" in str(caught.value)


@given(st.sampled_from(GOOD), st.integers(4, 33), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, step):
    place = 4 + (place - 4) % (len(number) - 4)
    if number[place].isdigit():
        wrong = f"{number[:place]}{(int(number[place]) + step) % 10}{number[place + 1 :]}"
        with pytest.raises(AccountError):
            payee_account.iban(wrong)


def test_a_qr_iban_is_told_from_others():
    assert payee_account.is_qr_iban("CH4431999123000889012")
    assert not payee_account.is_qr_iban("CH9300762011623852957")
    assert not payee_account.is_qr_iban("DE4431999123000889012")


def test_bic():
    assert payee_account.bic("cobadeff") == "COBADEFF"
    assert payee_account.bic("COBA DE FF XXX") == "COBADEFFXXX"
    for text in ("COBADEF", "COBA1EFF", "COBADEFFXX", "", None, "COBADEFFXXXX"):
        with pytest.raises(AccountError):
            payee_account.bic(text)


def test_routing_number():
    assert payee_account.routing_number("0210-0002-1") == "021000021"
    for text, code in (("021000022", "check_digits"), ("000000000", "check_digits"), ("21000021", "form"), ("", "form")):
        with pytest.raises(AccountError) as caught:
            payee_account.routing_number(text)
        assert caught.value.code == code


def test_american_and_british_accounts():
    assert payee_account.american_account(" 12345-67 ") == "12345-67"
    assert payee_account.british_account("20-00-00", "5577 9911") == ("200000", "55779911")
    for text in ("", "123456789012345678", "12_3"):
        with pytest.raises(AccountError):
            payee_account.american_account(text)
    for code, number in (("20000", "55779911"), ("200000", "5577991"), ("000000", "55779911"), ("200000", "5577991X")):
        with pytest.raises(AccountError):
            payee_account.british_account(code, number)


def test_clearing_members():
    assert payee_account.clearing_member("USABA", "021000021") == "021000021"
    assert payee_account.clearing_member("GBDSC", "20-00-00") == "200000"
    for system, text in (("USABA", "021000022"), ("GBDSC", "2000"), ("XXXXX", "1"), ("INFSC", "HDFC1000001")):
        with pytest.raises(AccountError):
            payee_account.clearing_member(system, text)

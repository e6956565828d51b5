"""The webhook address under everything that the outside can send it (DESIGN section 9; INV-1, INV-2, INV-3)."""
import base64
import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from support.shop import as_json, plain_event

from simulator import delivery, stripe_objects
from simulator.connection import WEBHOOK_SECRET


def signature(body, secret=WEBHOOK_SECRET, at=None):
    return stripe_objects.sign(body, secret, int(time.time()) if at is None else at)


def messages(shop):
    return shop.value("SELECT count(*) FROM finance_message")


def refusals(shop, status, reason):
    return shop.value(
        "SELECT count(*) FROM finance_message_rejection WHERE status = %s AND reason = %s", status, reason)


@pytest.fixture
def unchanged(shop):
    """Fails when the test made a message."""
    before = messages(shop)
    yield
    assert messages(shop) == before


def test_a_machine_is_no_visitor(shop):
    """What Odoo does for people who come to its website, a campaign in a cookie for one, is not done for a provider."""
    body = as_json(plain_event(900))
    parts = urlsplit(shop.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", f"{parts.path}?utm_source=newsletter", body, {"Stripe-Signature": signature(body)})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("Set-Cookie") is None
    connection.close()


def test_unknown_token_is_404(shop, unchanged):
    body = as_json(plain_event(1))
    unknown = shop.url.rsplit("/", 1)[0] + "/no-such-token"
    assert delivery.deliver(unknown, body, WEBHOOK_SECRET) == 404
    assert refusals(shop, 404, "unknown_token") == 1


@pytest.mark.parametrize(("reason", "header"), [
    ("missing", lambda body: None),
    ("malformed", lambda body: "t=soon,v1=00"),
    ("mismatch", lambda body: signature(body, "whsec_of_somebody_else")),
    ("mismatch", lambda body: signature(body + b" ")),
    ("stale", lambda body: signature(body, at=int(time.time()) - 3600)),
    ("future", lambda body: signature(body, at=int(time.time()) + 3600)),
])
def test_a_call_that_is_not_proven_is_401_and_traced(shop, unchanged, reason, header):
    body = as_json(plain_event(2))
    given, before = header(body), refusals(shop, 401, reason)
    status, answer = delivery.post(shop.url, body, {"Stripe-Signature": given} if given else {})
    assert status == 401
    assert refusals(shop, 401, reason) == before + 1
    assert WEBHOOK_SECRET.encode() not in answer


def test_a_trace_keeps_no_body(shop):
    body = as_json(plain_event(3, name="a text that must not be kept"))
    delivery.post(shop.url, body, {})
    kept = shop.rows("SELECT to_jsonb(r)::text FROM finance_message_rejection r")
    assert kept
    assert not any("must not be kept" in row[0] for row in kept)


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", None])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_2_mib_is_413(shop, unchanged, content_type, chunked):
    body = as_json(plain_event(4, name="x" * 2 * 1024 * 1024))
    headers = {"Stripe-Signature": signature(body)} | ({"Content-Type": content_type} if content_type else {})
    before = refusals(shop, 413, "too_large")
    assert delivery.post(shop.url, iter([body]) if chunked else body, headers)[0] == 413
    assert refusals(shop, 413, "too_large") == before + 1


def test_a_chunked_body_is_read_whole(shop):
    body = as_json(plain_event(5))
    headers = {"Stripe-Signature": signature(body), "Content-Type": "application/json"}
    assert delivery.post(shop.url, iter([body[:7], body[7:]]), headers)[0] == 200
    assert shop.value("SELECT body_size FROM finance_message WHERE external_id = 'evt_sys_5'") == len(body)


@pytest.mark.parametrize("damage", [b"zz\r\n{}", b"-5\r\n{}", b"5\r\n{}", b""])
def test_a_body_whose_chunks_are_damaged_is_400_and_traced(shop, unchanged, damage):
    before = refusals(shop, 400, "unreadable")
    with socket.create_connection(("127.0.0.1", shop.server.port), timeout=20) as connection:
        path = shop.url[len(shop.server.url):]
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + damage)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(64).split()[1] == b"400"
    assert refusals(shop, 400, "unreadable") == before + 1


def test_a_header_with_a_nul_is_kept_without_it(shop):
    body, before = as_json(plain_event(6)), messages(shop)
    lines = [f"POST {shop.url[len(shop.server.url):]} HTTP/1.1", "Host: x", "X-Text: a\0b", f"Content-Length: {len(body)}"]
    lines += [f"Stripe-Signature: {signature(body)}", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", shop.server.port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        assert connection.recv(64).split()[1] == b"200"
    assert messages(shop) == before + 1
    assert shop.value("SELECT headers->>'X-Text' FROM finance_message WHERE external_id = 'evt_sys_6'") == "ab"


@pytest.mark.parametrize("token", ["%00", "a%00b", "%ff", "x" * 5000, "%F0%9F%92%B6"])
def test_a_token_that_can_be_none_is_404_and_not_looked_up(shop, unchanged, token):
    before = refusals(shop, 404, "unknown_token")
    assert delivery.post(shop.url.rsplit("/", 1)[0] + "/" + token, b"{}", {})[0] == 404
    assert refusals(shop, 404, "unknown_token") == before + 1


def test_a_form_or_query_that_names_our_own_arguments_changes_nothing(shop):
    body, before = as_json(plain_event(7)), messages(shop)
    assert shop_post(shop, "?self=1&token=x&args=1", body) == 200
    assert messages(shop) == before + 1
    form = b"self=1&token=x"
    assert delivery.post(shop.url, form, {"Content-Type": "application/x-www-form-urlencoded"})[0] == 401
    status, _answer = delivery.post(shop.server.url + "/finance/health", b"", {}, method="GET")
    assert status == 200


def test_without_its_database_every_call_is_to_come_again_whatever_it_names(shop, unchanged):
    nowhere = {"X-Odoo-Database": "no_such"}
    for query in ("", "?self=1", "?token=x&args=1"):
        assert delivery.post(shop.url + query, b"{}", nowhere)[0] == 503
        assert delivery.post(f"{shop.server.url}/finance/health{query}", b"", nowhere, method="GET")[0] == 503


def shop_post(shop, query, body):
    """The status of a genuine call to the address with ``query`` behind it."""
    answered = http.client.HTTPConnection("127.0.0.1", shop.server.port, timeout=20)
    try:
        answered.request("POST", shop.url[len(shop.server.url):] + query, body, {"Stripe-Signature": signature(body)})
        return answered.getresponse().status
    finally:
        answered.close()


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}", b'{"id": 5, "type": "x"}', b'{"id": "evt_1"}'])
def test_signed_nonsense_is_400_and_traced(shop, unchanged, body):
    before = refusals(shop, 400, "malformed")
    assert delivery.deliver(shop.url, body, WEBHOOK_SECRET) == 400
    assert refusals(shop, 400, "malformed") == before + 1


def test_the_same_event_50_times_at_once_is_one_message(shop):
    before, event = messages(shop), plain_event(100)
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(shop.deliver, [event] * 50))
    assert [status for status in statuses if not 200 <= status < 300] == []
    assert len(statuses) == 50
    assert messages(shop) == before + 1


def test_different_events_at_once_are_all_kept(shop):
    before = messages(shop)
    statuses = shop.deliver_all([plain_event(number) for number in range(200, 240)], at_once=20)
    assert set(statuses) == {200}
    assert messages(shop) == before + 40


def test_the_bytes_are_kept_as_they_came(shop):
    body = '{"id":"evt_sys_bytes" ,\r\n"type":"x.y", "created":1, "data":{"object":{"id":"cus_1", "n":"Ä"}} }\n'.encode()
    assert delivery.deliver(shop.url, body, WEBHOOK_SECRET) == 200
    kept = shop.value("SELECT convert_from(body, 'UTF8') FROM finance_message WHERE external_id = 'evt_sys_bytes'")
    assert base64.b64decode(kept) == body


def test_a_form_body_is_verified_on_its_raw_bytes(shop):
    body = urlencode({"payload": "1 2", "b": "ä"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    signed, unsigned = headers | {"Stripe-Signature": signature(body)}, headers | {"Stripe-Signature": signature(b"")}
    # The signature fits, so the call gets as far as the question whether it is a message.
    assert delivery.post(shop.url, body, signed)[0] == 400
    assert delivery.post(shop.url, body, unsigned)[0] == 401


def test_json_that_says_it_is_a_form_is_stored(shop):
    body = as_json(plain_event(300))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Stripe-Signature": signature(body)}
    assert delivery.post(shop.url, body, headers)[0] == 200
    assert shop.value("SELECT body_size FROM finance_message WHERE external_id = 'evt_sys_300'") == len(body)


def test_get_answers_and_stores_nothing(shop, unchanged):
    assert delivery.post(shop.url, b"", {}, method="GET")[0] == 405
    assert delivery.post(shop.url + "x", b"", {}, method="GET")[0] == 404


def test_an_answer_sets_no_cookie_and_health_tells_no_secret(shop):
    status, body = delivery.post(shop.server.url + "/finance/health", b"", {}, method="GET")
    assert status == 200
    assert b'"status": "ok"' in body
    assert WEBHOOK_SECRET.encode() not in body


def test_a_paused_connection_is_404_and_comes_back(shop):
    provider = [shop.connection.provider_id]
    shop.rpc.call("finance.provider", "action_pause", provider)
    try:
        assert shop.deliver(plain_event(400)) == 404
    finally:
        shop.rpc.call("finance.provider", "action_activate", provider)
    assert shop.deliver(plain_event(400)) == 200


def test_while_a_secret_is_rotated_both_are_taken(shop):
    provider = [shop.connection.provider_id]
    shop.rpc.call("finance.provider", "set_secret", provider, name="webhook_secret", value="whsec_the_new_one")
    assert shop.deliver(plain_event(500), secret="whsec_the_new_one") == 200
    assert shop.deliver(plain_event(501)) == 200
    old = shop.rpc.search_read("finance.provider.secret", [["name", "=", "webhook_secret"]], ["expires_at"])
    assert [bool(row["expires_at"]) for row in old] == [True, False]
    expired = [row["id"] for row in old if row["expires_at"]]
    shop.rpc.call("finance.provider.secret", "action_revoke", expired)
    assert shop.deliver(plain_event(502)) == 401
    # The other tests of this shop go on with the usual secret.
    shop.rpc.call("finance.provider", "set_secret", provider, name="webhook_secret", value=WEBHOOK_SECRET)


def test_the_token_can_be_rotated(shop):
    provider, old = [shop.connection.provider_id], shop.url
    shop.rpc.call("finance.provider", "action_rotate_token", provider)
    shop.url = shop.rpc.call("finance.provider", "read", provider, fields=["webhook_url"])[0]["webhook_url"]
    assert shop.url != old
    assert delivery.deliver(old, as_json(plain_event(600)), WEBHOOK_SECRET) == 404
    assert shop.deliver(plain_event(600)) == 200

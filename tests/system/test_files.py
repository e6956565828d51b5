"""Files through the public API of a real server: bad ones are refused by name and leave nothing, big ones survive kills."""
import io
import zipfile
from datetime import timedelta

import pytest
from support.gate import Gate

from simulator.play.dump import dump, duplicates
from simulator.story import bank_file, payout_lines, story

BIG, CHUNK = 120, 25


def day_of(shop):
    return shop.notes.today + timedelta(days=story.STATEMENT_DAY)


def good(shop, **changes):
    return bank_file.camt053(day_of(shop), 0, [(100, "A", "one"), (250, "B", "two")], **changes)


def archived(content, name="statement.xml"):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def bomb(shop):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(12))
    return good(shop).replace(b"<Document", f"<!DOCTYPE Document [{entities}]><Document".encode(), 1).replace(
        b"<Ustrd>one", b"<Ustrd>&e11;", 1)


BAD_FILES = {
    "empty": lambda shop: b"",
    "no xml": lambda shop: b"Date;Amount\n2026-01-01;12",
    "truncated": lambda shop: good(shop)[:-200],
    "wrong root": lambda shop: good(shop).replace(b"Document", b"Dokument"),
    "entity bomb": bomb,
    "zip bomb": lambda shop: archived(b"<Document>" + b" " * 400 * 1024 * 1024),
    "arithmetic": lambda shop: good(shop).replace(b"<Amt Ccy=\"EUR\">3.50</Amt>", b"<Amt Ccy=\"EUR\">3.51</Amt>"),
    "wrong currency": lambda shop: good(shop, currency="USD"),
    "wrong account": lambda shop: good(shop, iban="DE02120300000000202051"),
    "damaged report": lambda shop: payout_lines.report(shop.cards)[:-40],
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_by_name_and_leaves_nothing(shop, name):
    journal = shop.rpc.call("account.journal", "search", domain=[["name", "=", story.BANK_NAME]])[0]
    target = {"provider_id": shop.connection.provider_id} if "report" in name else {"journal_id": journal}
    told = shop.import_file(BAD_FILES[name](shop), f"{name}.xml", **target)
    shop.run_action("cron_import_statements")
    assert shop.rows("SELECT state FROM finance_import WHERE filename = %s", f"{name}.xml") == [("rejected",)]
    reason = shop.value("SELECT reason FROM finance_import WHERE filename = %s", f"{name}.xml")
    assert len(reason) > 20, told
    assert "Traceback" not in reason
    left = [shop.value(f"SELECT count(*) FROM {table}") for table in (
        "account_bank_statement_line", "account_bank_statement", "finance_settlement_line", "finance_movement")]
    assert left == [0, 0, 0, 0]
    # The bytes are kept, as evidence, and somebody is told.
    assert shop.value("SELECT count(*) FROM finance_import i JOIN finance_message m ON m.id = i.message_id "
                      "WHERE i.filename = %s", f"{name}.xml") == 1
    assert shop.value("SELECT count(*) FROM finance_exception e JOIN finance_import i ON i.id = e.res_id "
                      "WHERE e.kind = 'import_rejected' AND e.state = 'open' AND i.filename = %s", f"{name}.xml") == 1


def big(shop):
    """A statement with payments that look alike: four customers pay the same amounts again and again."""
    entries = [(1000 + number % 3, f"Customer {number % 4}", f"payment {number % 5}") for number in range(BIG)]
    return bank_file.camt053(day_of(shop), 5000, entries)


def import_big(shop, crashes=()):
    """Import it in chunks; the server is killed once at each of ``crashes`` (table, event, row)."""
    parameters = {"import_entry_limit": 10, "import_chunk_size": CHUNK}
    for name, value in parameters.items():
        shop.rpc.call("ir.config_parameter", "set_param", key=f"finance_connector.{name}", value=str(value))
    journal = shop.rpc.call("account.journal", "search", domain=[["name", "=", story.BANK_NAME]])[0]
    assert shop.import_file(big(shop), "big.xml", journal_id=journal)["state"] == "received"
    for table, event, row in crashes:
        shop.crash_at(Gate(shop.name, table, event, row), lambda: shop.run_action("cron_import_statements"))
    shop.run_actions()


def test_a_big_file_killed_between_and_within_its_chunks_ends_as_if_it_had_not_been(open_shop):
    calm, killed = open_shop(), open_shop()
    import_big(calm)
    import_big(killed, crashes=[
        ("finance_import_entry", "UPDATE", 40),
        ("account_bank_statement_line", "INSERT", 10),
        ("account_bank_statement_line", "INSERT", CHUNK + 5),
        ("account_bank_statement_line", "INSERT", 2 * CHUNK + 1),
        ("account_bank_statement", "INSERT", 1),
    ])
    assert calm.value("SELECT count(*) FROM account_bank_statement_line") == BIG
    assert duplicates(killed) == []
    assert dump(killed) == dump(calm)

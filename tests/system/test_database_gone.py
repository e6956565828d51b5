"""A database that cannot be reached is 503, so that the provider sends again; nothing is lost when it is back (INV-1)."""
import contextlib

from support.shop import plain_event

from fc_env import database
from simulator import delivery


@contextlib.contextmanager
def unreachable(name):
    """Refuse every connection to the database, and end those that there are."""
    administrator = database.connect()
    try:
        with administrator.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            try:
                yield
            finally:
                cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        administrator.close()


def test_a_lost_database_is_503_and_the_repetition_is_stored(shop):
    assert shop.deliver(plain_event(1)) == 200
    with unreachable(shop.name):
        statuses = [shop.deliver(plain_event(2)) for _attempt in range(3)]
        health = delivery.post(shop.server.url + "/finance/health", b"", {}, method="GET")[0]
    assert statuses == [503, 503, 503]
    assert health == 503
    assert shop.deliver(plain_event(2)) == 200
    assert shop.deliver(plain_event(1)) == 200
    kept = shop.rows("SELECT external_id, count(*) FROM finance_message GROUP BY 1 ORDER BY 1")
    assert kept == [("evt_sys_1", 1), ("evt_sys_2", 1)]


def test_connections_that_broke_are_replaced_without_an_error(shop):
    """After PostgreSQL was restarted the pool holds dead connections: a call must not be lost to them."""
    with unreachable(shop.name):
        pass
    assert {shop.deliver(plain_event(number)) for number in range(10, 20)} <= {200, 503}
    assert {shop.deliver(plain_event(number)) for number in range(10, 20)} == {200}
    assert shop.value("SELECT count(*) FROM finance_message WHERE external_id LIKE 'evt_sys_1_'") == 10

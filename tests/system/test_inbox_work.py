"""Working off the inbox: one message's trouble is its own, trouble is retried and then given up, replay helps."""
import time

from support.shop import plain_event

from simulator import stripe_objects

# What breaks a message in the middle of its work, after it was understood: a refusal of the database itself.
_POISON = """
CREATE FUNCTION poison() RETURNS trigger AS $$ BEGIN
    IF NEW.external_id LIKE %s THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER poison BEFORE INSERT ON finance_movement FOR EACH ROW EXECUTE FUNCTION poison()
"""
_CURE = "DROP TRIGGER poison ON finance_movement; DROP FUNCTION poison()"


def captured(number, **fields):
    """The event of a charge that was captured."""
    charge = stripe_objects.charge(f"ch_sys_{number}", 1000 + number, created=int(time.time()) - 60, **fields)
    return stripe_objects.event("charge.succeeded", charge, charge["created"], f"evt_ch_{number}")


def states(shop):
    return dict(shop.rows("SELECT external_id, state FROM finance_message"))


def work(shop):
    for shard in (0, 1):
        shop.run_action(f"cron_inbox_{shard}")


def test_a_poison_message_stops_nothing_else_and_is_replayed_when_cured(open_shop):
    shop = open_shop()
    shop.rows(_POISON, "ch_sys_3/%")
    assert set(shop.deliver_all([captured(number) for number in range(6)])) == {200}
    work(shop)
    assert states(shop) == {f"evt_ch_{number}": "failed" if number == 3 else "done" for number in range(6)}
    assert shop.value("SELECT count(*) FROM finance_transaction WHERE state = 'captured'") == 5

    # It comes again after a pause that grows, is given up after the limit, and says so once.
    pauses = []
    for _attempt in range(20):
        waiting = shop.rows(
            "SELECT attempts, extract(epoch FROM next_attempt_at - now() AT TIME ZONE 'UTC')::float "
            "FROM finance_message WHERE state = 'failed'")
        if not waiting:
            break
        pauses += waiting
        shop.rows("UPDATE finance_message SET next_attempt_at = now() AT TIME ZONE 'UTC' WHERE state = 'failed'")
        work(shop)
    assert states(shop)["evt_ch_3"] == "dead"
    attempts = shop.value("SELECT attempts FROM finance_message WHERE external_id = 'evt_ch_3'")
    assert attempts == len(pauses) + 1 > 3
    assert all(pause <= 5 * 2 ** (attempt - 1) for attempt, pause in pauses)
    told = shop.rows("SELECT kind, state, count FROM finance_exception")
    assert told == [("message_dead", "open", 1)]
    assert "poisoned" in shop.value("SELECT error FROM finance_message WHERE external_id = 'evt_ch_3'")

    shop.rows(_CURE)
    dead = shop.rpc.call("finance.message", "search", domain=[["state", "=", "dead"]])
    shop.rpc.call("finance.message", "action_replay", dead)
    work(shop)
    assert states(shop)["evt_ch_3"] == "done"
    assert shop.rows("SELECT state FROM finance_exception") == [("resolved",)]
    assert shop.value("SELECT count(*) FROM finance_transaction WHERE state = 'captured'") == 6


def test_what_time_cannot_cure_is_given_up_at_once(open_shop):
    shop = open_shop()
    strange, foreign = captured(7, status="frozen_by_aliens"), captured(8, currency="xts")
    # A warning says no currency at all: that is no reason to refuse it.
    warning = stripe_objects.early_fraud_warning("issfr_sys_1", "ch_sys_1", strange["created"])
    warned = stripe_objects.event("radar.early_fraud_warning.created", warning, strange["created"], "evt_warned")
    shop.deliver_all([captured(1), strange, captured(2), plain_event(1), foreign, warned])
    work(shop)
    assert states(shop) == {
        "evt_ch_1": "done", "evt_ch_2": "done", "evt_ch_7": "dead", "evt_ch_8": "dead", "evt_sys_1": "ignored",
        "evt_warned": "done"}
    told = dict(shop.rows("SELECT kind, detail FROM finance_exception WHERE state = 'open'"))
    assert set(told) == {"unknown_status", "message_dead"}
    assert "frozen_by_aliens" in told["unknown_status"]
    assert "XTS" in told["message_dead"]
    assert shop.value("SELECT under_review FROM finance_transaction WHERE provider_reference = 'ch_sys_1'")


def test_workers_on_the_same_lane_do_not_do_the_work_twice(open_shop):
    """The same action twice over, at the same time, as two nodes would do it."""
    count = 700  # more than one batch, so that both get some
    shop = open_shop(cron_threads=2)
    shop.rows("UPDATE ir_cron SET active = false")
    model = shop.rpc.call("ir.model", "search", domain=[["model", "=", "finance.inbox"]])[0]
    twins = shop.rpc.call("ir.cron", "create", vals_list=[{
        "name": f"twin {number}", "model_id": model, "state": "code", "interval_number": 1, "interval_type": "days",
        "nextcall": "2100-01-01 00:00:00", "code": "model._cron_process(shard=0, of=1)"} for number in range(2)])
    assert set(shop.deliver_all([captured(number) for number in range(count)], at_once=16)) == {200}
    shop.rows("UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)", twins)
    shop.wake_workers()
    shop.wait_for("SELECT count(*) = 0 FROM finance_message WHERE state = 'received'", seconds=120)
    assert shop.value("SELECT count(*) FROM finance_message WHERE state = 'done' AND attempts = 1") == count
    assert shop.value("SELECT count(*) FROM finance_transaction WHERE state = 'captured'") == count
    kinds = dict(shop.rows("SELECT kind, count(*) FROM finance_movement GROUP BY kind"))
    assert kinds == {"authorize": count, "capture": count}
    taken = shop.value("SELECT (sum(amount_captured) * 100)::int FROM finance_transaction")
    assert taken == sum(1000 + number for number in range(count))

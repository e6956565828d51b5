"""Crashes at commit points and statements of a run: what PostgreSQL or a killed process would do, done for real.

A refusal is raised by the server itself, so that the transaction is as broken as it would be; a kill ends the run
with an error that no handler catches, and takes the connection with it.
"""
from __future__ import annotations

import contextlib

import psycopg2

_RAISED = {"serialization": "40001", "deadlock": "40P01"}
# The process dies before or after the one act by which a payment channel gives its file to the bank.
AT_THE_CALL = ("kill_before_call", "kill_after_call")


class Killed(BaseException):
    """The process died here."""


def run_into(crash: tuple, run, crashes: dict[str, int], forget) -> bool:
    """Call ``run``, which meets ``crash`` (kind and point; empty: nothing); whether the process lived on. What has happened is
    counted in ``crashes``, and ``forget`` is called when the process died. An error is the scheduler's to note."""
    if not crash:
        run()
        return True
    lived = True
    kind, point = crash
    with (at_the_call(kind) if kind in AT_THE_CALL else crashing(kind, point)) as happened:
        try:
            run()
        except Killed:
            forget()
            lived = False
        except Exception:
            if not happened:
                raise
    for one in happened:
        crashes[one] = crashes.get(one, 0) + 1
    return lived


@contextlib.contextmanager
def at_the_call(kind: str):
    """Within the block the process dies before or after the act by which a payment channel gives its file to the bank."""
    from odoo.addons.finance_connector.channels.folder import FolderChannel
    from odoo.addons.finance_connector.channels.http import HttpChannel

    happened: list[str] = []

    def dying(send):
        def _send(adapter, way, parcel):
            happened.append(kind)
            if kind == "kill_after_call":
                send(adapter, way, parcel)
            raise Killed

        return _send

    kept = [(adapter, adapter.send) for adapter in (FolderChannel, HttpChannel)]
    for adapter, send in kept:
        adapter.send = dying(send)
    try:
        yield happened
    finally:
        for adapter, send in kept:
            adapter.send = send


@contextlib.contextmanager
def crashing(kind: str, point: int):
    """Within the block the ``point``-th commit (for kills and cuts) or every ``point`` * 7-th statement brings ``kind``.

    Yields a list that holds the kind once it has happened.
    """
    from odoo.sql_db import Cursor

    happened: list[str] = []
    commit, execute = Cursor.commit, Cursor.execute
    counts = {"commit": 0, "execute": 0}

    def dying_commit(cursor):
        counts["commit"] += 1
        if kind in ("kill_before_commit", "kill_after_commit", "disconnect") and counts["commit"] == point:
            happened.append(kind)
            if kind == "disconnect":
                _cut(cursor)
            elif kind == "kill_after_commit":
                commit(cursor)
            if kind != "disconnect":
                raise Killed
        return commit(cursor)

    def failing_execute(cursor, query, params=None, log_exceptions=True):
        counts["execute"] += 1
        if counts["execute"] == point * 7 and kind in (*_RAISED, "error"):
            happened.append(kind)
            if kind == "error":
                raise RuntimeError("an error in the middle of the code")
            execute(cursor, f"DO $$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = '{_RAISED[kind]}'; END $$",
                    log_exceptions=False)
        return execute(cursor, query, params, log_exceptions)

    Cursor.commit, Cursor.execute = dying_commit, failing_execute
    try:
        yield happened
    finally:
        Cursor.commit, Cursor.execute = commit, execute


def _cut(cursor) -> None:
    """End the server's side of the connection, as a restart of PostgreSQL does."""
    other = psycopg2.connect(cursor._cnx.dsn)
    try:
        other.autocommit = True
        with other.cursor() as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s)", [cursor._cnx.get_backend_pid()])
    finally:
        other.close()

"""Many rows for a benchmark, cloned in the database from one that the ORM has made, so that a hundred thousand take seconds."""


def clone(cr, table, row_id, count, **changed):
    """Insert ``count`` copies of row ``row_id`` of ``table`` with ids in a row; returns the id before the first.

    ``changed``: column -> SQL for its value in copy ``g`` (1 to ``count``); every other column is as in the original.
    """
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position""",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    cr.execute(f"SELECT max(id) FROM {table}")
    last = cr.fetchone()[0]
    values = {"id": f"{last} + g", **changed}
    chosen = ", ".join(values.get(name, f'o."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} o, generate_series(1, {count}) g WHERE o.id = %s", [row_id]
    )
    cr.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last + count])
    return last

"""Many records of a model of ours made by one statement, as `create` would make them: with defaults, with the stored fields that
are computed from what is the same for all, and with who made them and when.

Constraints in Python, and whatever else a model does in `create`, are the caller's to keep, and to test beside `create` itself.
"""

from odoo.tools import SQL

from .row_source import row_source

_LOG = ("create_uid", "create_date", "write_uid", "write_date")


def reserve(model, count):
    """The ids of ``count`` records of ``model`` that are to be made."""
    cr = model.env.cr
    cr.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._table])
    (sequence,) = cr.fetchone()
    cr.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
    return [key for (key,) in cr.fetchall()]


def insert(model, columns, rows, **same):
    """Make a record of ``model`` from each of ``rows``, sequences in the order of ``columns`` (pairs of name and SQL type).

    ``same``: what all of them have alike, as for `create`. In ``rows`` None is NULL, and a text is never empty. Raises
    AccessError if the user may make none; that the user may make these, the caller has to see to.
    """
    model.browse().check_access("create")
    cr, names = model.env.cr, [name for name, _kind in columns]
    alike = _alike(model, same, {*names, *_LOG, "id"})
    if model._log_access:
        alike.update(zip(_LOG, (model.env.uid, cr.now()) * 2, strict=True))
    source, parameters = row_source(cr, model._table, columns, rows)
    into = SQL(", ").join(map(SQL.identifier, (*names, *alike)))
    values = SQL(", ").join([*(SQL.identifier("v", name) for name in names), *(SQL("%s", value) for value in alike.values())])
    table = SQL.identifier(model._table)
    cr.execute(SQL("INSERT INTO %s (%s) SELECT %s FROM %s", table, into, values, SQL(source, *parameters)))


def _alike(model, same, others):
    """Column -> value of what is the same for all: given, by default, or computed from these."""
    given = model._add_missing_default_values(same)
    pattern, found = model.new(given), {}
    for name, field in model._fields.items():
        if field.store and field.column_type and name not in others and (name in given or field.compute):
            value = given[name] if name in given else field.convert_to_write(pattern[name], pattern)
            found[name] = field.convert_to_column_insert(value, pattern)
    return found

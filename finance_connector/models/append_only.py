"""Evidence that cannot be changed: the SQL triggers and ORM refusals behind INV-11."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION finance_connector_append_only() RETURNS trigger AS $body$
BEGIN
    RAISE EXCEPTION 'finance_connector: % is append-only (%), evidence is never changed or removed',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$body$ LANGUAGE plpgsql
"""


class FinanceAppendOnly(models.AbstractModel):
    _name = "finance.append.only"
    _description = "Append-only evidence"

    # Columns that may still move after the row is written (state of its processing, links): everything else is evidence.
    _mutable_columns = frozenset()

    def init(self):
        super().init()
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        cr.execute(_FUNCTION)
        evidence = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in self._mutable_columns | {"write_uid", "write_date"}
        ]
        columns = SQL(", ").join(SQL.identifier(name) for name in sorted(evidence))
        for suffix, event, each in (
            ("update", SQL("UPDATE OF %s", columns), "ROW"),
            ("delete", SQL("DELETE"), "ROW"),
            ("truncate", SQL("TRUNCATE"), "STATEMENT"),
        ):
            name = SQL.identifier(f"{self._table}_no_{suffix}")
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, table))
            cr.execute(
                SQL(
                    "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION finance_connector_append_only()",
                    name, event, table, SQL(each),
                )
            )  # fmt: skip

    def write(self, vals):
        frozen = sorted(set(vals) - self._mutable_columns)
        if frozen:
            raise UserError(
                self.env._(
                    "%(model)s is evidence and cannot be changed (%(fields)s).",
                    model=self._description,
                    fields=", ".join(frozen),
                )
            )
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Always, also at uninstall: the tables are dropped then, row by row nothing may go.
        # pylint: disable=no-raise-unlink
        raise UserError(self.env._("%s is evidence and cannot be deleted.", self._description))

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
    # Columns that the code, not the ORM, may fill in while they say nothing; `_told` is the SQL condition under which they
    # already do, and must stay as they are.
    _completed_columns = frozenset()
    _told = None

    def init(self):
        super().init()
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        cr.execute(_FUNCTION)
        free = self._mutable_columns | self._completed_columns | {"write_uid", "write_date"}
        evidence = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in free
        ]
        columns = SQL(", ").join(SQL.identifier(name) for name in sorted(evidence))
        row = SQL("FOR EACH ROW")
        refused = [
            ("update", SQL("UPDATE OF %s", columns), row),
            ("delete", SQL("DELETE"), row),
            ("truncate", SQL("TRUNCATE"), SQL("FOR EACH STATEMENT")),
        ]
        if self._told:
            refused.append(("retelling", SQL("UPDATE"), SQL("FOR EACH ROW WHEN (%s)", SQL(self._told))))
        for suffix, event, when in refused:
            name = SQL.identifier(f"{self._table}_no_{suffix}")
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, table))
            cr.execute(
                SQL("CREATE TRIGGER %s BEFORE %s ON %s %s EXECUTE FUNCTION finance_connector_append_only()",
                    name, event, table, when)
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

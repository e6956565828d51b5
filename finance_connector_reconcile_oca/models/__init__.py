from . import bank_statement_line
from . import held
from . import reconciliation
from . import workbench

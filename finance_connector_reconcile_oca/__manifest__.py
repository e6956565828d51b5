{
    "name": "Finance Connector: beside the bank reconciliation of OCA",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Two reconcilers in one database, each with its own bank lines",
    "description": "Lines that account_reconcile_oca handles are left to it; ours are kept from its automatic reconcile.",
    "author": "Finance Connector contributors",
    "license": "LGPL-3",
    "depends": ["finance_connector", "account_reconcile_oca"],
    "auto_install": True,
}

"""What installing and removing the addon does beyond its data files."""


def post_init_hook(env):
    """Start the audit chain with the installation itself."""
    env["finance.audit.entry"]._record("addon.install", env.company, {"version": "19.0.1.0.0"})


def uninstall_hook(env):
    """Remove the settings that the addon wrote, and the guards that its references have put on tables of others
    (`models/light_reference.py`), which would look into tables that are gone; the accounting entries stay."""
    env.cr.execute("DROP FUNCTION IF EXISTS finance_connector_is_referred_to() CASCADE")
    env["ir.config_parameter"].sudo().search([("key", "=like", "finance_connector.%")]).unlink()

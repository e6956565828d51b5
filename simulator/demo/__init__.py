"""What `make demo` plays: a month of a shop and of an agency on a real Odoo, through the front door."""

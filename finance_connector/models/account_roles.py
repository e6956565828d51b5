"""The parts that accounts play for a provider connection (DESIGN section 6)."""

# role -> (field, account type, name, one account per connection?)
ROLES = {
    "clearing": (None, "asset_cash", "balance", True),
    "in_transit": ("in_transit_account_id", "asset_current", "payouts in transit", True),
    "reserve": ("reserve_account_id", "asset_current", "reserve", True),
    "disputes": ("dispute_account_id", "asset_current", "disputes", True),
    "unapplied": ("unapplied_account_id", "liability_current", "Unapplied receipts", False),
    "fees": ("fee_account_id", "expense", "Payment provider fees", False),
    "fee_tax": ("fee_tax_account_id", "asset_current", "Input tax on provider fees", False),
    "chargeback": ("chargeback_account_id", "expense", "Chargeback losses", False),
    "adjustment": ("adjustment_account_id", "expense", "Provider adjustments", False),
    "fx": ("fx_account_id", "expense", "Provider currency differences", False),
}
ROLE_FIELDS = tuple(spec[0] for spec in ROLES.values() if spec[0])

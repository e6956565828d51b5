"""Where the merchant's own reference (order or invoice) is looked for in Stripe's objects.

In this order: metadata under one of the usual keys, the client reference of a Checkout Session, the
description (Odoo's own checkout puts the reference of its payment.transaction there), the transfer group. A
description or group counts only if it is one word, since free text ("Subscription creation") would be taken
for a reference; groups that Stripe made up itself do not count.
"""

from .payload import mapping, text

METADATA_KEYS = (
    "odoo_reference", "reference", "order_reference", "order_id", "order_number", "order", "invoice_number",
    "invoice",
)  # fmt: skip
_LONGEST_WORD = 64
_STRIPES_OWN_GROUPS = ("group_ch_", "group_py_", "group_pi_")


def merchant_reference(resource):
    """The merchant's reference in a charge, PaymentIntent or Checkout Session, or None."""
    found = from_metadata(mapping(resource, "metadata"))
    if found:
        return found
    group = text(resource, "transfer_group")
    if group and group.startswith(_STRIPES_OWN_GROUPS):
        group = None
    return text(resource, "client_reference_id") or one_word(text(resource, "description")) or one_word(group)


def from_metadata(metadata):
    """The reference in a metadata dict, or None."""
    for key in METADATA_KEYS:
        found = text(metadata, key)
        if found:
            return found
    return None


def one_word(value):
    """``value`` if it can be a reference: one word of at most 64 characters."""
    return value if value and len(value) <= _LONGEST_WORD and len(value.split()) == 1 else None

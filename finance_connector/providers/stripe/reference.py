"""Where the merchant's own reference (order or invoice) is looked for in Stripe's objects.

In this order: metadata under one of the usual keys, the client reference of a Checkout Session, the
description (Odoo's own checkout puts the reference of its payment.transaction there), the transfer group. A
description or group counts only if it is one word, since free text ("Subscription creation") would be taken
for a reference; groups that Stripe made up itself do not count.
"""

from ..reading import first_text, mapping, one_word, text

METADATA_KEYS = (
    "odoo_reference", "reference", "order_reference", "order_id", "order_number", "order", "invoice_number",
    "invoice",
)  # fmt: skip
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
    return first_text(metadata, METADATA_KEYS)

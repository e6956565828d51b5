"""The lines of a payout from the API: balance transaction objects, listed with their sources expanded, into
`Row`s.

Source: `GET /v1/balance_transactions?payout=...&expand[]=data.source`; it lists automatic payouts whose
`reconciliation_status` is completed, the payout's own row among the others.
"""

from ...core.errors import PayloadError
from ...core.money import Money
from .. import documents
from ..reading import described, identifier, instant, listed, mapping, own_id, text
from . import payments, rows
from .amounts import currency_of, money
from .facts import payment_key
from .fees import split_fee

# Categories whose fact cannot be keyed without the source: which payment it belongs to is only said there.
_NEED_SOURCE = frozenset(
    (
        "charge",
        "partial_capture_reversal",
        "charge_failure",
        "refund",
        "refund_failure",
        "dispute",
        "dispute_reversal",
    )
)


def parse(content, external_id):
    """`core.records.Parsed` of the pages that `client.fetch_settlement` returned for payout ``external_id``.

    Raises PayloadError when a page is missing or a balance transaction cannot be read.
    """
    pages = documents.parted(content, "Stripe")
    if not pages or pages[-1].get("has_more") is not False:
        raise PayloadError(f"The list of balance transactions of {external_id} is not complete; fetch it again.")
    return rows.settle([row(item, external_id) for page in pages for item in listed(page, "data")])


def row(item, external_id):
    """The `Row` of one balance transaction object."""
    category = text(item, "reporting_category") or text(item, "type") or ""
    source = mapping(item, "source")
    if category in _NEED_SOURCE and not source:
        raise PayloadError(f"{described(item)} came without its source; fetch it with expand[]=data.source.")
    gross, fee, net = money(item, "amount"), split_fee(item), money(item, "net")
    if net != gross - fee.fee - fee.tax - fee.withheld:
        raise PayloadError(f"{described(item)} does not add up: {gross} less its fee is not {net}.")
    is_charge = source.get("object") == "charge"
    charge = own_id(source) if is_charge else identifier(source, "charge")
    key = (payment_key(source) or charge) if category in _NEED_SOURCE else None
    return rows.Row(
        described(item),
        external_id,
        own_id(item),
        category,
        instant(item, "created"),
        gross,
        fee,
        net,
        source_id=identifier(item, "source"),
        transaction_key=key,
        charge_id=charge,
        original=_original(category, gross, source),
        captured=money(source, "amount_captured") if is_charge and source.get("captured") is True else None,
        info=payments.charge_info(instant(item, "created"), source) if is_charge and category == "charge" else None,
        description=text(item, "description") or "",
    )


def _original(category, gross, source):
    """The gross in the currency the customer paid in, when the source has one and it is another than the
    balance's."""
    if category not in _NEED_SOURCE or currency_of(source) == gross.currency:
        return None
    amount = money(source, "amount")
    if category == "partial_capture_reversal":
        amount -= money(source, "amount_captured")
    return Money(-amount.minor if gross.minor < 0 else amount.minor, amount.currency)

"""How the facts of one payment are counted before anything is concluded from them: sums, newest instants, per
currency."""

from .balances import EFFECTS, effect_of
from .facts import AT, AUTHORIZING, CUMULATIVE, CURRENCY, EXTERNAL_ID, KIND, levelled
from .money import NO_CURRENCY

# ISO 4217 code for "no currency": the currency of a payment of which nothing is known.

# The kinds that are told in the currency the customer paid in, strongest evidence of that currency first.
_PRESENTMENT = (
    "capture", "authorize", "authorize_adjust", "capture_fail", "refund", "refund_fail", "dispute_open",
    "dispute_won", "dispute_lost", "void", "expire", "fail",
)  # fmt: skip
_RANK = {kind: rank for rank, kind in enumerate(_PRESENTMENT)}
ENDING = frozenset(("void", "expire", "fail"))
_COUNTED = frozenset(_PRESENTMENT) - ENDING
_FEES = {"fee": 1, "fee_tax": 1, "dispute_fee": 1, "fee_refund": -1}
_SIGNED = frozenset(("payout", "payout_paid", "payout_fail", "adjustment", "transfer", "fx"))
# What a fact changes in what the payment leaves us: a move into our own reserve is no loss, a disputed amount
# is gone until the dispute is won.
_NET = {kind: effects[0] + effects[1] for kind, effects in EFFECTS.items()}
_ONE_BY_ONE = AUTHORIZING | ENDING | {"capture"}


class Tally:
    """The counted facts of one payment; all amounts in minor units.

    In the payment's ``currency``: ``sums`` by (kind, group), ``totals`` by kind, ``authorizations`` (group ->
    newest as (instant, external id, kind, minor)), ``captures`` as (instant, group, minor). In any currency:
    ``latest`` instant by (kind, group), ``endings`` as (instant, kind, group), ``net`` and ``fees`` by
    currency, ``foreign`` by (currency, kind) for what is in another currency than it should be, ``negative``
    as (kind, external id, minor, currency).

    `lifecycle` adds its conclusions: ``standing`` authorisations, and the amounts ``authorized`` to ``lost``.
    """

    __slots__ = (
        "currency", "sums", "totals", "authorizations", "captures", "latest", "endings", "net", "fees",
        "foreign", "negative", "standing", "authorized", "captured", "refunded", "disputed", "contested",
        "lost",
    )  # fmt: skip

    def __init__(self, facts):
        """Count ``facts``, a collection of distinct light facts. Raises FinanceError for an unknown kind."""
        self.sums, self.totals, self.latest, self.net, self.fees, self.foreign = {}, {}, {}, {}, {}, {}
        self.authorizations, self.captures, self.endings, self.negative = {}, [], [], []
        self.currency = _currency(facts)
        for fact in facts:
            if fact[CUMULATIVE]:
                facts = levelled(facts)
                break
        self._count(facts)

    def _count(self, facts):
        currency, sums, totals, latest, net = self.currency, self.sums, self.totals, self.latest, self.net
        for fact in facts:
            kind, external_id, minor, code, at, group = fact[:6]
            sign = _NET[kind] if kind in _NET else effect_of(kind)
            if sign:
                net[code] = net.get(code, 0) + sign * minor
                if kind in _FEES:
                    self.fees[code] = self.fees.get(code, 0) + _FEES[kind] * minor
                elif kind == "fx" and fact[7] is not None:
                    net[fact[8]] = net.get(fact[8], 0) - fact[7]
            if minor < 0 and kind not in _SIGNED:
                self.negative.append((kind, external_id, minor, code))
            key = kind, group
            known = latest.get(key)
            if known is None or at > known:
                latest[key] = at
            if code == currency:
                if kind in _ONE_BY_ONE:
                    self._keep(kind, external_id, minor, at, group)
                sums[key] = sums.get(key, 0) + minor
                totals[kind] = totals.get(kind, 0) + minor
            elif kind in ENDING:
                self.endings.append((at, kind, group))
            elif minor and kind in _COUNTED:
                self.foreign[code, kind] = self.foreign.get((code, kind), 0) + minor

    def _keep(self, kind, external_id, minor, at, group):
        """Keep one by one the facts whose order in time matters."""
        if kind == "capture":
            if minor > 0:
                self.captures.append((at, group, minor))
        elif kind in ENDING:
            self.endings.append((at, kind, group))
        else:
            newest = at, external_id, kind, minor
            if group not in self.authorizations or newest > self.authorizations[group]:
                self.authorizations[group] = newest


def _currency(facts):
    """The currency the customer paid in: that of the strongest, then earliest fact."""
    codes = {fact[CURRENCY] for fact in facts}
    if len(codes) == 1:
        return codes.pop()
    if not codes:
        return NO_CURRENCY
    weakest = len(_PRESENTMENT)
    first = min(facts, key=lambda fact: (_RANK.get(fact[KIND], weakest), fact[AT], fact[EXTERNAL_ID], fact[CURRENCY]))
    return first[CURRENCY]

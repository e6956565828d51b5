"""When a batch and the entries it was split into are the same money.

A bank may list a batch as one entry in one file and its transactions one by one in another (a statement and a
notification, two subscriptions of one account). They are the same money if they are of one day and one direction, add up
to the cent, and are linked: every part has the batch's bank id, its batch id, or a reference of one of its transactions.
"""

from collections import defaultdict

# References of a transaction that nobody but it has; a mandate or an invoice number may be in many.
OWN_REFERENCES = ("EndToEndId", "TxId", "UETR", "InstrId", "PmtInfId", "AcctSvcrRef", "MsgId")


def links_of(entry):
    """The ids by which an entry may be linked to its batch or to its parts: a frozenset of texts.

    ``entry``: an Entry, or a stored one (`dedupe.Known`) whose ``links`` were kept when it was stored.
    """
    found = {
        entry.bank_id,
        getattr(entry, "batch_id", ""),
        getattr(entry, "end_to_end_id", ""),
        *(getattr(entry, "links", ()) or ()),
    }
    for detail in getattr(entry, "details", ()):
        found.update(value for name, value in detail.references.items() if name in OWN_REFERENCES)
    return frozenset(found - {"", None})


def families(batches, parts):
    """(batch, its parts, whether they add up) for each of ``batches`` that several of ``parts`` are linked to.

    Both: lists of entries with amount, booking_date and bank_id. No part belongs to two batches: where it could, neither
    is a family. Parts that do not add up are given if they could be some of the batch: linked, and no more than it.
    """
    by_link = defaultdict(list)
    for place, part in enumerate(parts):
        for link in links_of(part):
            by_link[link, part.booking_date, part.amount > 0].append(place)
    found, claims = [], defaultdict(int)
    for batch in batches:
        keys = ((link, batch.booking_date, batch.amount > 0) for link in links_of(batch))
        places = sorted({place for key in keys for place in by_link.get(key, ())})
        total = sum(parts[place].amount for place in places)
        if len(places) > 1 and abs(total) <= abs(batch.amount):
            found.append((batch, places, total == batch.amount))
            for place in places:
                claims[place] += 1
    return [
        (batch, [parts[place] for place in places], adds_up)
        for batch, places, adds_up in found
        if all(claims[place] == 1 for place in places)
    ]

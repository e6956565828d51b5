"""Large statement files of the text formats, as banks write them: the same in every run."""


def _cents(number):
    """Signed amount of entry ``number`` in cents: nine in ten are receipts."""
    cents = 100 + number % 9973
    return -cents if number % 10 == 9 else cents


def _written(cents, sign=","):
    return f"{abs(cents) // 100}{sign}{abs(cents) % 100:02d}"


def mt940(count):
    """German structured :86: with SEPA tags, wrapped at 65 characters."""
    pieces = [":20:BENCH\r\n:25:50010517/0123456789\r\n:28C:00001/001\r\n:60F:C250301EUR1000,00\r\n"]
    for number in range(count):
        cents = _cents(number)
        told = (
            f"166?00GUTSCHR. UEBERWEISUNG?100004711?20EREF+ORDER-{number:08d}?21SVWZ+Invoice INV/2025/{number:05d}"
            f"?22 customer {number * 7919 % 3001}?30BYLADEM1001?31DE02{number * 7919 % 3001:018d}?32Customer {number * 7919 % 3001}"
        )
        lines = "\r\n".join(told[at : at + 65] for at in range(0, len(told), 65))
        day = f"2503{1 + number * 31 // count:02d}"
        pieces.append(f":61:{day}{day[2:]}{'C' if cents > 0 else 'D'}{_written(cents)}NTRFNONREF//B{number}\r\n:86:{lines}\r\n")
    closing = 100000 + sum(map(_cents, range(count)))
    pieces.append(f":62F:C250331EUR{_written(closing)}\r\n-\r\n")
    return "".join(pieces).encode()


MAKERS = {"mt940": mt940}

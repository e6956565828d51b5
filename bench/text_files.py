"""Large statement files of the text formats, as banks write them: the same in every run."""

OPENING = 100_000


def _cents(number):
    """Signed amount of entry ``number`` in cents: nine in ten are receipts."""
    cents = 100 + number % 9973
    return -cents if number % 10 == 9 else cents


def _all(count):
    """(number, signed cents, day of March 2025, customer) of every entry."""
    for number in range(count):
        yield number, _cents(number), 1 + number * 31 // count, number * 7919 % 3001


def _sums(count):
    """(debits, credits, closing) in cents."""
    cents = [_cents(number) for number in range(count)]
    debits = -sum(one for one in cents if one < 0)
    return debits, sum(cents) + debits, OPENING + sum(cents)


def _written(cents, sign=","):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}{sign}{abs(cents) % 100:02d}"


def mt940(count):
    """German structured :86: with SEPA tags, wrapped at 65 characters."""
    closing = f":62F:C250331EUR{_written(_sums(count)[2])}\r\n-\r\n"
    head = ":20:BENCH\r\n:25:50010517/0123456789\r\n:28C:00001/001\r\n:60F:C250301EUR1000,00\r\n"
    return f"{head}{_swift(count)}{closing}".encode()


def mt942(count):
    """The same entries, announced: numbers and sums of both sides, no balances."""
    debits, credits, _closing = _sums(count)
    minus = sum(_cents(number) < 0 for number in range(count))
    head = ":20:BENCH\r\n:25:50010517/0123456789\r\n:28C:00001/001\r\n:34F:EUR0,\r\n:13D:2503311200+0100\r\n"
    sums = f":90D:{minus}EUR{_written(debits)}\r\n:90C:{count - minus}EUR{_written(credits)}\r\n-\r\n"
    return f"{head}{_swift(count)}{sums}".encode()


def _swift(count):
    pieces = []
    for number, cents, day, customer in _all(count):
        told = (
            f"166?00GUTSCHR. UEBERWEISUNG?100004711?20EREF+ORDER-{number:08d}?21SVWZ+Invoice INV/2025/{number:05d}"
            f"?22 customer {customer}?30BYLADEM1001?31DE02{customer:018d}?32Customer {customer}"
        )
        lines = "\r\n".join(told[at : at + 65] for at in range(0, len(told), 65))
        mark = "C" if cents > 0 else "D"
        pieces.append(f":61:2503{day:02d}03{day:02d}{mark}{_written(abs(cents))}NTRFNONREF//B{number}\r\n:86:{lines}\r\n")
    return "".join(pieces)


def bai2(count):
    """One account, a continuation of text for every second transaction."""
    debits, credits, closing = _sums(count)
    head = f"03,4711001,USD,010,{OPENING},,,015,{closing},,,100,{credits},,,400,{debits},,/"
    lines, total, records = [head], OPENING + closing + credits + debits, 1
    for number, cents, _day, customer in _all(count):
        code = 195 if cents > 0 else 475
        told = f"CUSTOMER {customer} INVOICE INV/2025/{number:05d}"
        lines.append(f"16,{code},{abs(cents)},Z,B{number},INV-{number},{told}/")
        total, records = total + abs(cents), records + 1
        if number % 2:
            lines.append("88,HARBOUR BOOKS INC/")
            records += 1
    lines = ["01,FIRSTQUAY,HARBOUR,250401,0600,1,,,2/", "02,HARBOUR,FIRSTQUAY,1,250331,2400,,2/", *lines]
    lines += [f"49,{total},{records + 1}/", f"98,{total},1,{records + 3}/", f"99,{total},1,{records + 5}/"]
    return "\r\n".join(lines).encode()


def ofx(count):
    """SGML, as most banks write it."""
    pieces = [
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>\n<BANKMSGSRSV1>\n<STMTTRNRS>\n<STMTRS>\n<CURDEF>USD\n"
        "<BANKACCTFROM>\n<BANKID>1\n<ACCTID>4711\n</BANKACCTFROM>\n<BANKTRANLIST>\n<DTSTART>20250301\n<DTEND>20250331\n"
    ]
    for number, cents, day, customer in _all(count):
        pieces.append(
            f"<STMTTRN>\n<TRNTYPE>{'CREDIT' if cents > 0 else 'DEBIT'}\n<DTPOSTED>202503{day:02d}120000[-5:EST]\n"
            f"<TRNAMT>{_written(cents, '.')}\n<FITID>{number}\n<NAME>Customer {customer}\n"
            f"<MEMO>Invoice INV/2025/{number:05d}\n</STMTTRN>\n"
        )
    pieces.append(
        f"</BANKTRANLIST>\n<LEDGERBAL>\n<BALAMT>{_written(_sums(count)[2], '.')}\n<DTASOF>20250331\n</LEDGERBAL>\n</STMTRS>\n"
        "</STMTTRNRS>\n</BANKMSGSRSV1>\n</OFX>\n"
    )
    return "".join(pieces).encode()


def qif(count):
    """A bank account with payee and memo."""
    pieces = ["!Type:Bank\n"]
    for number, cents, day, customer in _all(count):
        pieces.append(
            f"D{day:02d}/03/2025\nT{_written(cents, '.')}\nN{number}\nPCustomer {customer}\nMInvoice INV/2025/{number:05d}\n^\n"
        )
    return "".join(pieces).encode()


def coda(count):
    """Movements of three records each."""
    debits, credits, closing = _sums(count)
    lines = [
        f"0000031032572505{'':8s}FILE{'':6s}{'HARBOUR BOOKS':26s}KREDBEBB   00403199702 00000".ljust(127) + "2",
        f"12001{'BE68539007547034':34s}EUR0{OPENING * 10:015d}010325{'HARBOUR BOOKS':26s}{'CURRENT':35s}001",
    ]
    for number, cents, day, customer in _all(count):
        sequence = f"{number % 9999 + 1:04d}0000"
        head = f"21{sequence}{f'B{number}':21s}{0 if cents > 0 else 1}{abs(cents) * 10:015d}{day:02d}032500150000"
        lines.append(f"{head}0{f'INVOICE INV/2025/{number:05d}':53s}{day:02d}03250010".ljust(125) + "1 0")
        lines.append(f"22{sequence}{'':53s}{f'ORDER-{number}':35s}GKCCBEBB".ljust(125) + "1 0")
        lines.append(f"23{sequence}{f'BE{customer:014d}':37s}{f'CUSTOMER {customer}':35s}".ljust(125) + "0 0")
    lines.append(f"8001{'BE68539007547034':34s}EUR0{closing * 10:015d}310325".ljust(127) + "0")
    lines.append(f"9{'':15s}{(count * 3 + 2) % 1000000:06d}{debits * 10:015d}{credits * 10:015d}".ljust(127) + "2")
    return "\r\n".join(lines).encode()


def cfonb120(count):
    """Movements with one complement each."""

    def record(kind, day, *fields):
        line = f"{kind}30004    00031EUR2 00012345678  {day}".ljust(120)
        for at, text in fields:
            line = line[: at - 1] + text + line[at - 1 + len(text) :]
        return line

    def amount(cents):
        digits = f"{abs(cents):014d}"
        return digits[:-1] + ("{ABCDEFGHI" if cents >= 0 else "}JKLMNOPQR")[int(digits[-1])]

    lines = [record("01", "010325", (91, amount(OPENING)))]
    for number, cents, day, customer in _all(count):
        written = f"{day:02d}0325"
        lines.append(
            record(
                "04",
                written,
                (33, "18"),
                (43, written),
                (49, f"VIR SEPA CUSTOMER {customer}"),
                (91, amount(cents)),
                (105, f"B{number}"),
            )
        )
        lines.append(record("05", written, (33, "18"), (46, "LCC"), (49, f"INVOICE INV/2025/{number:05d}")))
    lines.append(record("07", "310325", (91, amount(_sums(count)[2]))))
    return "\r\n".join(lines).encode()


def norma43(count):
    """Movements with one text each; the number of movements of a side is left at what five digits hold."""
    account = "210000010123456789"
    pieces, taken = [], 0
    while taken < count:
        # An account has at most 99,999 movements of a side.
        size = min(90_000, count - taken)
        debits, credits, closing = _sums(size)
        minus = sum(_cents(number) < 0 for number in range(size))
        pieces.append(f"11{account}2503012503312{OPENING:014d}9783{'HARBOUR BOOKS':26s}".ljust(80))
        for number, cents, day, customer in _all(size):
            written, sign = f"2503{day:02d}", 2 if cents > 0 else 1
            pieces.append(f"22    0001{written}{written}02041{sign}{abs(cents):014d}{number:010d}{0:012d}{f'ORDER-{number}':16s}")
            pieces.append(f"2301{f'CUSTOMER {customer}':38s}{f'INVOICE INV/2025/{number:05d}':38s}")
        pieces.append(f"33{account}{minus:05d}{debits:014d}{size - minus:05d}{credits:014d}2{closing:014d}978".ljust(80))
        taken += size
    pieces.append(f"88{'9' * 18}{len(pieces):06d}".ljust(80))
    return "\r\n".join(pieces).encode()


def csv(count):
    """Semicolons, decimal commas, a balance beside each row."""
    lines, balance = ["Date;Amount;Text;Payee;Balance"], OPENING
    for number, cents, day, customer in _all(count):
        balance += cents
        lines.append(f"{day:02d}.03.2025;{_written(cents)};Invoice INV/2025/{number:05d};Customer {customer};{_written(balance)}")
    return "\r\n".join(lines).encode()


MAKERS = {
    "mt940": mt940, "mt942": mt942, "bai2": bai2, "ofx": ofx, "qif": qif, "coda": coda, "cfonb120": cfonb120,
    "norma43": norma43, "csv": csv,
}  # fmt: skip

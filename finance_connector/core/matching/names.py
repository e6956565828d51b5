"""How alike two names of one party are: a bank writes them in capitals, without accents, cut off, turned round."""

import re
import unicodedata

_TOKEN = re.compile(r"[A-Z0-9]+", re.ASCII)
_SPELLED_OUT = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS", "Æ": "AE", "Ø": "OE", "Å": "AA", "Œ": "OE",
                              "Ð": "D", "Þ": "TH", "Ł": "L", "Đ": "D"})  # fmt: skip
# Legal forms and titles say nothing about who somebody is.
_NO_NAME = frozenset(
    "AB AG AS BV BVBA CO CORP EG EIRL ENTERPRISES EV GBR GESELLSCHAFT GMBH INC KFT KG KGAA LDA LIMITED LLC LLP LTD MBH NV OHG OY "
    "OYJ PLC PTY SA SARL SAS SCS SE SL SNC SPA SRL SRO UG UND AND DR HERR FRAU MR MRS MS PROF THE ET".split()
)
_INITIAL, _CUT, _PART = 1, 4, 90


def name_tokens(name):
    """The tokens of ``name`` that tell who it is, upper case, without accents."""
    text = unicodedata.normalize("NFC", name.upper()).translate(_SPELLED_OUT)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    found = [_plain(token) for token in _TOKEN.findall(text)]
    return [token for token in found if token not in _NO_NAME] or found


def _plain(token):
    """Umlauts spelled out and left out are the same: MUELLER and MULLER."""
    return token.replace("AE", "A").replace("OE", "O").replace("UE", "U")


def likeness(one, other):
    """0 to 100: how much of the shorter of two token lists the longer one has, by letters.

    A token may be cut off (of `_CUT` letters at least) or an initial; a single short token is nobody. If the longer one has
    further tokens, it may be another party: at most `_PART`.
    """
    shorter, longer = sorted((one, other), key=lambda tokens: (sum(map(len, tokens)), tokens))
    letters = sum(map(len, shorter))
    if letters < _CUT:
        return 0
    left, found, whole = list(longer), 0, 0
    for token in shorter:
        match = next((candidate for candidate in left if candidate == token), None)
        if match is None:
            match = next((candidate for candidate in left if _may_be(token, candidate)), None)
        if match is None:
            continue
        left.remove(match)
        found += len(token)
        whole += match == token
    if not whole:
        return 0
    return min(100 * found // letters, _PART if any(len(token) > _INITIAL for token in left) else 100)


def _may_be(one, other):
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == _INITIAL or len(short) >= _CUT)

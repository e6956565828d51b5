"""Whatever bytes come in: statements that are proven, or a FormatError, and nothing else."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats

from .test_zip import archive

GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parent / "files").glob("*.xml"))]
GOLDEN.append(GOLDEN[0].decode().replace("UTF-8", "UTF-16").encode("utf-16"))
ZIPPED = archive(*((f"{number}.xml", content) for number, content in enumerate(GOLDEN)))

# Pieces that mean something in these files; a random byte almost never does.
TAGS = "<Ntry> </Ntry> <Stmt> </Stmt> <BkToCstmrStmt> </Amt> <Bal/> <Ntry/> <TxDtls/> <NtryDtls/> <Acct/> <Sts/>"
MORE_TAGS = "<Dt/> <Id/> <Refs/> <RltdPties/> <AmtDtls/> <Chrgs/> <RmtInf><Strd/></RmtInf> <BkTxCd/> <Cd/>"
MARKUP = "&amp; &x; <![CDATA[ ]]> <!-- --> <?x?> <!DOCTYPE xmlns=''"
VALUES = "9999-12-31 0001-01-01 0000-00-00 - 0 . 999999999999999999 XXX JPY KWD true false 24:00:00 T Z \u0665"
CODES = "CRDT DBIT BOOK PDNG PRCD ITBD"
PIECES = st.sampled_from(
    [piece.encode() for piece in f"{TAGS} {MORE_TAGS} {MARKUP} {VALUES} {CODES}".split()] + [b'<Amt Ccy="EUR">', b"\xff", b"\x00"]
)


def outcome(content):
    """Parses ``content``: every statement that comes out is proven."""
    try:
        for statement in formats.parse(content):
            assert statement.opening + sum(entry.amount for entry in statement.entries) == statement.closing
    except formats.FormatError as error:
        assert error.reason
        assert str(error)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes(content):
    outcome(content)


@settings(max_examples=200)
@given(
    st.binary(max_size=60),
    st.sampled_from([b"<", b"<?xml", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xfe<\x00", b"\xfe\xff\x00<"]),
)
def test_any_bytes_after_a_beginning_that_looks_right(content, beginning):
    outcome(beginning + content)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_mutated_files(content, data):
    for _number in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content = content[:start] + data.draw(PIECES | st.binary(max_size=3)) + content[end:]
    outcome(content)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_elements_replaced_moved_and_emptied(content, data):
    """Well-formed all the same, so that the errors are those of the content."""
    for _number in range(data.draw(st.integers(1, 3))):
        starts = [at for at in range(len(content)) if content[at : at + 1] == b">"]
        start = data.draw(st.sampled_from(starts)) + 1
        end = content.find(b"<", start)
        content = content[:start] + data.draw(PIECES) + content[end:]
    outcome(content)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_archives(data):
    content = bytearray(ZIPPED)
    for _number in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    outcome(bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content))

"""Every MT940 and BAI2 file of the corpus: imported with its balances proven, or refused for a reason that a person
agrees with.

The tally is printed (pytest -s, and in the summary of a failing run)."""

import pytest

from fc import formats

from .corpus import folder, missing, outcomes

# The files that are refused, and by which difference: published samples from which entries or digits were taken out.
REFUSED = {
    "mt940/abnamro.txt": "difference -2038.00 EUR",
    "mt940/commerzbank.txt": "difference 12.35 EUR",
    "mt940/ing-unix.txt": "difference 49.06 EUR",
    "mt940/postfinance.txt": "difference 0.20 CHF",
}


@pytest.fixture(scope="module")
def results():
    """Name of the file -> list of its statements, or its FormatError."""
    return outcomes(("mt940", "bai2"), "*.*")


def test_tally(results, capsys):
    refused = {name: found for name, found in results.items() if isinstance(found, formats.FormatError)}
    statements = [one for name, found in results.items() if name not in refused for one in found]
    with capsys.disabled():
        print(
            f"\ncorpus/mt940, bai2: {len(results)} files; imported with balances proven: {len(results) - len(refused)} files,",
            end=" ",
        )
        print(f"{len(statements)} statements, {sum(len(one.entries) for one in statements)} entries; refused: {len(refused)}")
        for name, error in refused.items():
            print(f"  {name}: {error.reason}")
    assert all(one.is_proven for one in statements)
    assert set(refused) == set(REFUSED)
    for name, words in REFUSED.items():
        assert words in refused[name].reason


def test_what_is_refused_fails_by_its_balance_only():
    """With the balance that its entries make, each of the refused files is read: nothing else is wrong with it."""
    corpus = folder()
    if corpus is None:
        pytest.skip(missing())
    mended = {
        "mt940/abnamro.txt": (
            ("62F:C110523EUR876,84", "62F:C110523EUR2914,84"),
            ("62M:C110524EUR1849,75", "62M:C110524EUR2852,35"),
        ),
        "mt940/commerzbank.txt": (("62F:C200608EUR0,00", "62F:D200608EUR12,35"),),
        "mt940/ing-unix.txt": (("62F:C100723EUR3,47", "62F:D100723EUR45,59"),),
        "mt940/postfinance.txt": (("CHF159,6", "CHF159,4"),),
    }
    for name, changes in mended.items():
        content = (corpus / name).read_bytes()
        for old, new in changes:
            assert old.encode() in content
            content = content.replace(old.encode(), new.encode())
        assert all(one.is_proven for one in formats.parse(content)), name

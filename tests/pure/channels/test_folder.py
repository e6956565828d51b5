"""A folder: the file appears whole and once, and the hidden name tells afterwards whether it did."""

import pytest

from fc.channels import get
from fc.channels.base import ABSENT, PRESENT, Parcel, Settings, Way
from fc.core.errors import ProviderUnavailable

PARCEL = Parcel("KEY1", "MSG1", "pay.xml", b"<Document/>", ("E2E1",))
folder = get("folder")


@pytest.fixture
def way(tmp_path):
    return Way(Settings(folder=str(tmp_path)), {})


def names(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir())


def test_the_file_appears_with_the_act_and_not_before(way, tmp_path):
    folder.stage(way, PARCEL)
    assert names(tmp_path) == [".pay.xml.part"]
    assert folder.probe(way, PARCEL).verdict == ABSENT
    assert folder.send(way, PARCEL).reference == "pay.xml"
    assert names(tmp_path) == ["pay.xml"]
    assert (tmp_path / "pay.xml").read_bytes() == PARCEL.content
    assert folder.probe(way, PARCEL).verdict == PRESENT


def test_what_the_bank_has_taken_away_is_still_known_to_be_sent(way, tmp_path):
    folder.stage(way, PARCEL)
    folder.send(way, PARCEL)
    (tmp_path / "pay.xml").unlink()
    assert folder.probe(way, PARCEL).verdict == PRESENT


def test_staging_may_be_repeated_and_follows_no_link(way, tmp_path):
    (tmp_path / ".pay.xml.part").symlink_to(tmp_path / "elsewhere")
    folder.stage(way, PARCEL)
    folder.stage(way, PARCEL)
    assert names(tmp_path) == [".pay.xml.part"]


def test_a_file_of_that_name_is_never_replaced(way, tmp_path):
    (tmp_path / "pay.xml").write_bytes(b"another")
    folder.stage(way, PARCEL)
    with pytest.raises(ProviderUnavailable) as raised:
        folder.send(way, PARCEL)
    assert raised.value.outcome == "unknown"
    assert (tmp_path / "pay.xml").read_bytes() == b"another"


def test_a_folder_that_is_gone_is_said(way, tmp_path):
    tmp_path.rmdir()
    for act in (folder.stage, folder.probe):
        with pytest.raises(ProviderUnavailable, match="cannot be"):
            act(way, PARCEL)
    with pytest.raises(ProviderUnavailable, match="Make it"):
        folder.look(way)


def test_what_is_missing_is_named():
    assert folder.missing(Settings(), ()) == ["folder"]
    assert get("sftp").missing(Settings(host="h", user="u", folder="/"), ()) == ["host_key", "password"]
    assert get("sftp").missing(Settings(host="h", user="u", folder="/", host_key="k"), {"ssh_key"}) == []
    assert get("http").missing(Settings(url="https://bank.example", sign_in="basic"), {"token"}) == ["password"]

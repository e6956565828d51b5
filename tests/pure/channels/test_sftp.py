"""SFTP against a real server: the host key first, an upload under a hidden name, one rename, and what is known afterwards."""

import pytest

pytest.importorskip("paramiko", reason="SFTP is tested with paramiko; install requirements.txt")

import paramiko

from fc.channels import get
from fc.channels.base import ABSENT, PRESENT, Parcel, Settings, Way
from fc.core.errors import FinanceError, ProviderUnavailable
from simulator.sftp_server import HOST, PASSWORD, USER, SftpBank

PARCEL = Parcel("KEY1", "MSG1", "pay.xml", b"<Document/>" * 5000, ("E2E1",))
sftp = get("sftp")


@pytest.fixture
def bank(tmp_path):
    with SftpBank(tmp_path) as made:
        yield made


def way(bank, **changes):
    told = {"host": HOST, "port": bank.port, "user": USER, "host_key": bank.host_key, "folder": "/", **changes}
    return Way(Settings(**told), {"password": PASSWORD})


def names(bank):
    return sorted(path.name for path in bank.folder.iterdir())


def test_the_file_appears_with_the_act_and_not_before(bank):
    sftp.stage(way(bank), PARCEL)
    assert names(bank) == [".pay.xml.part"]
    assert sftp.probe(way(bank), PARCEL).verdict == ABSENT
    sftp.send(way(bank), PARCEL)
    assert names(bank) == ["pay.xml"]
    assert (bank.folder / "pay.xml").read_bytes() == PARCEL.content
    (bank.folder / "pay.xml").unlink()
    assert sftp.probe(way(bank), PARCEL).verdict == PRESENT, "the bank has taken it"


def test_another_host_key_gets_nothing(bank):
    other = way(bank)
    bank.key = paramiko.RSAKey.generate(2048)
    for act in (sftp.stage, sftp.send, sftp.probe, lambda there, _parcel: sftp.look(there)):
        with pytest.raises(FinanceError, match="another host key") as raised:
            act(other, PARCEL)
        assert getattr(raised.value, "outcome", "failed") == "failed"
    assert (bank.offered, names(bank)) == ([], [])


@pytest.mark.parametrize("operations", range(6))
def test_an_upload_that_breaks_off_can_be_repeated(bank, operations):
    bank.cut_after = operations
    try:
        sftp.stage(way(bank), PARCEL)
    except ProviderUnavailable as error:
        assert error.outcome == "failed"
    bank.cut_after = None
    sftp.stage(way(bank), PARCEL)
    sftp.send(way(bank), PARCEL)
    assert (bank.folder / "pay.xml").read_bytes() == PARCEL.content


def test_a_rename_without_answer_is_unknown_and_the_hidden_name_decides(bank):
    sftp.stage(way(bank), PARCEL)
    bank.cut_after = 0
    with pytest.raises(ProviderUnavailable) as raised:
        sftp.send(way(bank), PARCEL)
    assert raised.value.outcome == "unknown"
    assert sftp.probe(way(bank), PARCEL).verdict == (ABSENT if names(bank) == [".pay.xml.part"] else PRESENT)


def test_a_file_of_that_name_is_never_replaced(bank):
    (bank.folder / "pay.xml").write_bytes(b"another")
    sftp.stage(way(bank), PARCEL)
    with pytest.raises(ProviderUnavailable):
        sftp.send(way(bank), PARCEL)
    assert (bank.folder / "pay.xml").read_bytes() == b"another"


def test_a_look_changes_nothing(bank):
    assert "0 files" in sftp.look(way(bank))
    assert names(bank) == []

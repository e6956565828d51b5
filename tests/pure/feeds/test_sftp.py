"""SFTP against a real server: the host key first, files taken by a rename, and put away only when told."""

import os
from io import StringIO

import pytest

pytest.importorskip("paramiko", reason="SFTP is tested with paramiko; install requirements.txt")

import paramiko

from fc.core.errors import FinanceError, ProviderUnavailable
from fc.feeds import get, sftp
from simulator.sftp_server import HOST, PASSWORD, USER, SftpBank

MOST = 1000


@pytest.fixture
def bank(tmp_path):
    with SftpBank(tmp_path) as made:
        yield made


def server(bank, **changes):
    told = {"host_key": bank.host_key, "folder": "/"} | changes
    return sftp.Server(HOST, bank.port, USER, **told)


def opened(bank, secrets=None, **changes):
    return get("sftp").opened(server(bank, **changes), secrets or {"password": PASSWORD})


def put(bank, name, content=b"statement", at=1000):
    path = bank.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def names(bank):
    return sorted(str(path.relative_to(bank.folder)) for path in bank.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("form", ["key", "fingerprint"])
def test_the_pinned_key_in_both_forms(bank, form):
    pinned = bank.host_key if form == "key" else sftp.fingerprint(bank.key.asbytes())
    with opened(bank, host_key=pinned) as folder:
        assert folder.waiting() == []


@pytest.mark.parametrize("pinned", ["", "SHA256:AAAA", "ssh-rsa AAAA", "nonsense"])
def test_another_key_is_refused_before_anything_is_sent(bank, pinned):
    with pytest.raises(sftp.HostKeyDiffers, match="SHA256:"), opened(bank, host_key=pinned):
        pass
    assert (bank.signed_in, bank.offered) == (0, [])


def test_a_key_that_was_exchanged_is_refused(bank):
    pinned = bank.host_key
    bank.key = paramiko.RSAKey.generate(2048)
    with pytest.raises(sftp.HostKeyDiffers, match="stands between"), opened(bank, host_key=pinned):
        pass
    assert bank.offered == []


def test_a_wrong_password_and_no_server(bank):
    with pytest.raises(ProviderUnavailable, match="does not let"), opened(bank, {"password": "x"}):
        pass
    target = server(bank)
    bank.stop()
    with pytest.raises(ProviderUnavailable, match=r"cannot be reached|broke off"), get("sftp").opened(
        target._replace(port=1), {"password": PASSWORD}
    ):
        pass


def test_a_private_key_signs_in(bank):
    key, text = paramiko.RSAKey.generate(2048), StringIO()
    key.write_private_key(text)
    bank.user_key = key
    with opened(bank, {"ssh_key": text.getvalue()}):
        assert bank.signed_in == 1
    with pytest.raises(FinanceError, match="private key"), opened(bank, {"ssh_key": "no key"}):
        pass


def test_only_what_does_not_change_between_two_looks_is_settled(bank):
    put(bank, "a.xml")
    growing = put(bank, "b.xml")
    with opened(bank) as folder:
        ready, seen = folder.settled(None)
        assert ready == []
        growing.write_bytes(b"statement, longer")
        ready, seen = folder.settled(seen)
        assert [one.name for one in ready] == ["a.xml"]
        assert [one.name for one in folder.settled(seen)[0]] == ["a.xml", "b.xml"]


def test_links_folders_hidden_and_unfinished_files_are_left_alone(bank):
    put(bank, ".hidden")
    put(bank, "a.xml.part")
    put(bank, "sub/b.xml")
    (bank.folder / "link.xml").symlink_to(put(bank, "sub/c.xml"))
    with opened(bank) as folder:
        assert folder.waiting() == []


def test_a_file_is_taken_by_a_rename_and_put_away_when_told(bank):
    put(bank, "a.xml", b"content")
    with opened(bank) as folder:
        path, content = folder.take(folder.waiting()[0], MOST)
        assert (content, names(bank)) == (b"content", ["taken/a.xml"])
        assert [one.path for one in folder.waiting()] == [path], "after a crash it is found again"
        assert folder.settled(None)[0], "and is whole"
        folder.put_away(path, True)
        assert names(bank) == ["done/a.xml"]
        folder.put_away(path, True)
        put(bank, "a.xml", b"another")
        path, content = folder.take(folder.waiting()[0], MOST)
        folder.put_away(path, False)
        put(bank, "a.xml", b"third")
        folder.put_away(folder.take(folder.waiting()[0], MOST)[0], True)
    assert names(bank) == ["done/a-2.xml", "done/a.xml", "rejected/a.xml"]
    assert not [step for step in bank.log if step.startswith("remove")]


def test_only_good_files_are_deleted_and_only_if_that_is_wanted(bank):
    put(bank, "a.xml")
    put(bank, "b.xml")
    with opened(bank, after=sftp.DELETE) as folder:
        good, bad = (folder.take(one, MOST)[0] for one in folder.waiting())
        folder.put_away(good, True)
        folder.put_away(bad, False)
    assert names(bank) == ["rejected/b.xml"]


def test_a_bank_that_allows_reading_only(bank):
    put(bank, "a.xml")
    with opened(bank, after=sftp.LEAVE) as folder:
        path, content = folder.take(folder.waiting()[0], MOST)
        folder.put_away(path, True)
    assert (content, names(bank)) == (b"statement", ["a.xml"])


def test_a_file_that_is_too_big_stays(bank):
    put(bank, "a.xml", b"x" * (MOST + 1))
    with opened(bank) as folder, pytest.raises(FinanceError, match="Split it"):
        folder.take(folder.waiting()[0], MOST)
    assert names(bank) == ["a.xml"]


def test_a_folder_that_is_not_there_is_said(bank):
    with pytest.raises(ProviderUnavailable), opened(bank, folder="/nowhere") as folder:
        folder.waiting()


def test_a_connection_that_breaks_loses_nothing(bank):
    put(bank, "a.xml", b"content")
    with pytest.raises(ProviderUnavailable, match="Nothing is lost"), opened(bank) as folder:
        one = folder.waiting()[0]
        bank.cut_after = 3
        folder.take(one, MOST)
    assert names(bank) in (["a.xml"], ["taken/a.xml"])
    with opened(bank) as folder:
        assert folder.take(folder.waiting()[0], MOST)[1] == b"content"

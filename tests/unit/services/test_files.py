"""The vault keeps bytes under their sha256, whole or not at all."""

import errno
import hashlib
import os
from io import BytesIO

import pytest

from endi_like.services.files import Damaged, Folder, StorageFault, Vault

DATA = b"%PDF-1.7 an invoice"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def vault(tmp_path):
    return Vault(Folder(tmp_path / "files"))


def test_what_is_put_is_got_back(vault):
    assert vault.put(BytesIO(DATA)) == SHA256
    assert vault.get(SHA256) == DATA


def test_a_file_lies_in_the_folder_of_its_first_letters(vault):
    vault.put(BytesIO(DATA))
    assert (vault.storage.path / SHA256[:2] / SHA256).read_bytes() == DATA


def test_the_same_bytes_are_stored_once(vault):
    vault.put(BytesIO(DATA))
    written = vault.storage.place(SHA256).stat().st_mtime_ns
    vault.put(BytesIO(DATA))
    assert vault.storage.place(SHA256).stat().st_mtime_ns == written
    assert [kept.name for kept in vault.everything()] == [SHA256]


@pytest.mark.parametrize("damage", [b"", DATA + b" ", DATA.swapcase(), DATA[:-1]])
def test_other_bytes_are_never_given_out(vault, damage):
    vault.put(BytesIO(DATA))
    vault.storage.place(SHA256).write_bytes(damage)
    with pytest.raises(Damaged, match="is not what was stored"):
        vault.get(SHA256)
    assert vault.objection(SHA256)


def test_a_file_that_is_gone_is_said_to_be(vault):
    with pytest.raises(Damaged, match="cannot be read"):
        vault.get(SHA256)


def test_putting_the_bytes_again_heals_a_damaged_file(vault):
    vault.put(BytesIO(DATA))
    vault.storage.place(SHA256).write_bytes(b"rot")
    vault.put(BytesIO(DATA))
    assert vault.get(SHA256) == DATA
    assert vault.objection(SHA256) is None


@pytest.mark.parametrize("name", ["", "../../etc/passwd", SHA256.upper(), SHA256[1:]])
def test_nothing_outside_the_vault_is_read(vault, name):
    with pytest.raises(Damaged, match="not the name of a file"):
        vault.get(name)


def test_a_write_that_fails_leaves_nothing_behind(vault, monkeypatch):
    def fail(_handle):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageFault, match="no space left") as caught:
        vault.put(BytesIO(DATA))
    assert caught.value.full
    assert list(vault.everything()) == []


def test_the_bytes_are_on_the_disk_before_they_have_their_name(vault, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(handle):
        done.append("fsync")
        fsync(handle)

    def noting_replace(source, target):
        done.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    vault.put(BytesIO(DATA))
    assert done[:2] == ["fsync", "replace"]
    assert done[2:] == ["fsync", "fsync"], "the names in the folders are kept too"

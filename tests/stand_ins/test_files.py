"""The file store in memory answers as S3 does."""

import urllib.request
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest

from chalicelib.adapters.files import S3Files
from chalicelib.domain.errors import NotFound
from chalicelib.usecases.ports.files import StoredFile
from tests.stand_ins.files import MemoryFiles


def test_files_are_kept_alike(aws: SimpleNamespace) -> None:
    keys = [f"exchange/1/импорт {n}.xml/{n:06d}" for n in (10, 2, 1)]
    for files in (S3Files(aws.s3, aws.environment["BUCKET"]), MemoryFiles()):
        for key in keys:
            files.put(key, key.encode())
        files.put(keys[0], b"again")
        assert list(files.keys("exchange/1/")) == sorted(keys) and list(files.keys("nothing/")) == []
        with files.open(keys[0]) as stream:
            assert (stream.read(2), stream.read(), stream.read()) == (b"ag", b"ain", b"")
        files.delete(keys[0])
        files.delete(keys[0])
        with pytest.raises(NotFound, match="Нет файла"):
            files.open(keys[0])


def test_files_are_told_of_alike(aws: SimpleNamespace) -> None:
    """Size and checksum, by the word of the storage; what is missing is told as missing."""
    for files in (S3Files(aws.s3, aws.environment["BUCKET"]), MemoryFiles()):
        body = "содержимое".encode()
        file = StoredFile(len(body), sha256(body).hexdigest())
        assert files.stored("documents/p/no.pdf") is None
        upload = files.upload("documents/p/a.pdf", file, "application/pdf", timedelta(minutes=15))
        assert upload.method == "PUT" and upload.headers["Content-Type"] == "application/pdf"
        if isinstance(files, MemoryFiles):
            files.put("documents/p/a.pdf", body)
        else:
            sent = {name: value for name, value in upload.headers.items() if name != "Content-Length"}
            urllib.request.urlopen(urllib.request.Request(upload.url, data=body, method="PUT", headers=sent)).close()
        assert files.stored("documents/p/a.pdf") == file

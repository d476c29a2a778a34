"""The file store in memory answers as S3 does."""

from types import SimpleNamespace

import pytest

from chalicelib.adapters.files import S3Files
from chalicelib.domain.errors import NotFound
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

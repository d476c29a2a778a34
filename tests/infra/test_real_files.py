"""A supplier's own files held to account: what stands in them against what the portal says it has read."""

import subprocess
import sys
from pathlib import Path

from chalicelib.domain.exchange.exchange import Tally
from infra.bench.real_files import elements_in, missing, rank
from infra.bench.shapes import shapes


def test_elements_are_counted_without_our_reader(tmp_path: Path) -> None:
    for name, data in shapes().items():
        Path(tmp_path, name).write_bytes(data)
    counts = {name: dict(elements_in(tmp_path / name)) for name in shapes()}
    assert counts["import0_1.xml"] == counts["import_wide.xml"] == {"groups": 2, "items": 12}
    assert (counts["offers0_1.xml"], counts["orders-1.xml"], counts["contragents.xml"]) == ({"offers": 15}, {"orders": 5}, {})
    assert sorted(counts, key=lambda name: rank(elements_in(tmp_path / name)))[-1] == "orders-1.xml"


def test_a_lost_row_is_told() -> None:
    assert missing({"items": 3}, {"items": Tally(3, 1, 1, 1)}) == []
    assert missing({"items": 3}, {"items": Tally(2, 2)}) == ["items: 3 in the file, 2 read"]
    assert missing({}, {"items": Tally(3, 1, 1)}) == ["items: 3 read is not 1 + 1 + 0"]
    assert missing({"offers": 2}, {"prices": Tally(1, 1), "stock": Tally(1, 1)}) == []


def test_a_folder_is_loaded_and_accounted_for(tmp_path: Path) -> None:
    """CT-01, IN-08: every group, item, offer, price and balance of the folder, over HTTP and the worker."""
    for name, data in shapes().items():
        Path(tmp_path, name).write_bytes(data)
    done = subprocess.run([sys.executable, "-m", "infra.bench.real_files", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["import0_1.xml", "items", "12", "12", "12", "0", "0", "0"] in rows
    assert ["import_wide.xml", "items", "12", "12", "0", "12", "0", "0"] in rows, done.stdout
    assert ["offers0_1.xml", "prices", "15", "12", "0", "3", "0"] in rows
    assert "everything is accounted for" in done.stdout


def test_a_file_that_can_not_be_read_is_no_success(tmp_path: Path) -> None:
    Path(tmp_path, "import.xml").write_bytes(shapes()["import0_1.xml"][:-200])
    done = subprocess.run([sys.executable, "-m", "infra.bench.real_files", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1 and "обрывается" in done.stdout and "NOT accounted for" in done.stdout

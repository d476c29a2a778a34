"""A whole catalogue from CommerceML into the tables: `python -m infra.bench.imports [items]`.

100,000 items with 5 price types and 10 warehouses, received in chunks and loaded by the real worker in a process of its
own against the embedded AWS; and once more without the tables, to tell our own work from theirs.
"""

import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

import boto3

from chalicelib.domain.exchange import Tally
from chalicelib.usecases.ports import CatalogueStore, Classifier, StockStore
from infra.create import create

PRICE_TYPES, WAREHOUSES = 5, 10
ITEMS, OFFERS = "import0_1.xml", "offers0_1.xml"
STAGE = "bench"
_ID = "{kind}{number:07d}-1c00-11ee-9000-0cc47ab29cd1"


def ident(kind: str, number: int) -> str:
    return _ID.format(kind=kind, number=number)


# --- the files --------------------------------------------------------------------------------------------------------


def parts(name: str, count: int) -> Iterator[bytes]:
    yield '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'.encode()
    yield from map(str.encode, (_items if name == ITEMS else _offers)(count))
    yield "</КоммерческаяИнформация>".encode()


def _items(count: int) -> Iterator[str]:
    yield "<Классификатор><Ид>k</Ид><Группы>"
    yield from (f"<Группа><Ид>{ident('a', n)}</Ид><Наименование>Группа {n}</Наименование></Группа>" for n in range(300))
    yield "</Группы></Классификатор><Каталог><Ид>k</Ид><Товары>"
    yield from map(_item, range(count))
    yield "</Товары></Каталог>"


def _item(n: int) -> str:
    return (
        f"<Товар><Ид>{ident('1', n)}</Ид><Штрихкод>46{n:011d}</Штрихкод><Артикул>А-{n}</Артикул>"
        f'<Наименование>Дрель ударная {n} «Тайга»</Наименование><БазоваяЕдиница Код="796 ">шт</БазоваяЕдиница>'
        f"<Группы><Ид>{ident('a', n % 300)}</Ид></Группы><Описание>{'Изделие по ГОСТ, гарантия 12 месяцев. ' * 8}</Описание>"
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов>"
        f"<ЗначенияРеквизитов>{_requisite('Вес', '1.75')}{_requisite('Полное наименование', f'Дрель ударная {n}')}"
        f"{_requisite('Гарантия', '12 месяцев')}</ЗначенияРеквизитов></Товар>"
    )


def _requisite(name: str, value: str) -> str:
    return f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"


def _offers(count: int) -> Iterator[str]:
    yield "<ПакетПредложений><Ид>k#</Ид><ТипыЦен>"
    yield from (f"<ТипЦены><Ид>{ident('b', n)}</Ид><Наименование>Цена {n}</Наименование></ТипЦены>" for n in range(PRICE_TYPES))
    yield "</ТипыЦен><Склады>"
    yield from (f"<Склад><Ид>{ident('c', n)}</Ид><Наименование>Склад {n}</Наименование></Склад>" for n in range(WAREHOUSES))
    yield "</Склады><Предложения>"
    yield from map(_offer, range(count))
    yield "</Предложения></ПакетПредложений>"


def _offer(n: int) -> str:
    prices = "".join(
        f"<Цена><ИдТипаЦены>{ident('b', kind)}</ИдТипаЦены><ЦенаЗаЕдиницу>{100 + n % 977 + kind}.5</ЦенаЗаЕдиницу>"
        "<Валюта>RUB</Валюта><Единица>PCE</Единица></Цена>"
        for kind in range(PRICE_TYPES)
    )
    stock = "".join(f'<Склад ИдСклада="{ident("c", w)}" КоличествоНаСкладе="{n * (w + 1) % 97}"/>' for w in range(WAREHOUSES))
    return f"<Предложение><Ид>{ident('1', n)}</Ид><Цены>{prices}</Цены>{stock}</Предложение>"


class _Made(RawIOBase):
    """The file while it is being made."""

    def __init__(self, made: Iterator[bytes]) -> None:
        self.made, self.rest = made, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.rest and (part := next(self.made, b"")):
            self.rest = part
        given, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def stream(name: str, count: int) -> BinaryIO:
    return BufferedReader(cast(RawIOBase, _Made(parts(name, count))), 1 << 20)


# --- loading, each in a process of its own ----------------------------------------------------------------------------

Figures = tuple[float, float, float, Mapping[str, Tally]]
"""Wall seconds, CPU seconds, peak MB, counts."""


class _Nowhere:
    """Stores that take everything and keep nothing."""

    def classifier(self) -> Classifier:
        return Classifier()

    def existing(self, item_ids: Sequence[str]) -> set[str]:
        return set(item_ids)

    def cards(self, _item_ids: Sequence[str]) -> Mapping[str, Any]:
        return {}

    def save_cards(self, rows: Sequence[Any], _seq: int) -> Tally:
        return Tally(len(rows), len(rows))

    save_prices = save_classifier = save_cards

    def apply(self, balances: Mapping[str, Any], _seq: int) -> Tally:
        return Tally(len(balances), len(balances))


def load_nowhere(name: str, count: int) -> Figures:
    from chalicelib.formats.commerceml import read
    from chalicelib.usecases.import_catalogue import import_catalogue
    from chalicelib.usecases.import_journal import Journal

    journal, nowhere = Journal(), _Nowhere()
    began = time.perf_counter(), time.process_time()
    import_catalogue(
        cast(CatalogueStore, nowhere),
        cast(StockStore, nowhere),
        records=read(stream(name, count), name),
        seq=1,
        journal=journal,
        take_orders=lambda _: None,
    )
    return _figures(began, journal.tallies)


def receive(name: str, count: int) -> str:
    """The file in chunks, as 1C sends it; the id of its run."""
    from chalicelib.runtime import Runtime
    from chalicelib.usecases.receive_files import FILE_LIMIT, receive_chunk

    now = Runtime()
    run = now.exchange.open_run("1c", "catalog", now.clock())
    with stream(name, count) as file:
        while body := file.read(FILE_LIMIT):
            receive_chunk(now.exchange, now.files, now.queues, now.clock, run=run, name=name, body=body, kind="catalog")
    return run.id


def load(name: str, run: str) -> Figures:
    from chalicelib.runtime import current
    from chalicelib.workers.imports import imports
    from chalicelib.workers.worker import Work

    now = current()
    message = {"run": run, "file": name, "kind": "catalog", "node": "1c", "seq": int(run)}
    began = time.perf_counter(), time.process_time()
    imports(now, Work(message, lambda: 900_000))
    file = now.exchange.file(run, name)
    assert file is not None and not file.error, file
    return _figures(began, file.tallies)


def _figures(began: tuple[float, float], tallies: Mapping[str, Tally]) -> Figures:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began[0], time.process_time() - began[1], peak, dict(tallies)


# --- the run ----------------------------------------------------------------------------------------------------------


@contextmanager
def embedded_aws() -> Iterator[None]:
    """An empty one on a free port, with everything of the declaration; the environment names it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    quiet = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
    os.environ |= {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "000000000001", "AWS_SECRET_ACCESS_KEY": "bench"}
    os.environ |= {"AWS_DEFAULT_REGION": "eu-central-1", "PUBLIC_URL": url, "MAIL_URL": "memory:", "SMS_URL": "memory:"}
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack.app"],
            env=os.environ | quiet,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(url)
            os.environ |= create(boto3.Session(), STAGE, "kabinet-bench")
            yield
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the embedded AWS does not answer")


def _apart(work: Any, *arguments: object) -> Any:
    with closing(multiprocessing.get_context("spawn").Pool(1)) as process:
        return process.apply(work, arguments)


def _show(title: str, count: int, figures: Figures) -> None:
    wall, cpu, peak, tallies = figures
    rows = ", ".join(f"{kind} {tally.written}+{tally.unchanged}" for kind, tally in tallies.items() if tally.read >= count)
    print(f"{title:34}{count / wall:9,.0f}/s{count / cpu:9,.0f}/CPU s{wall:8.1f} s{peak:7.0f} MB   {rows}", flush=True)


def main(count: int = 100_000) -> None:
    print(f"{count:,} items, {PRICE_TYPES} price types, {WAREHOUSES} warehouses; written+unchanged rows")
    for name in (ITEMS, OFFERS):
        _show(f"{name} read, nothing kept", count, _apart(load_nowhere, name, count))
    with embedded_aws():
        for again in ("", ", sent again"):
            for name in (ITEMS, OFFERS):
                _show(f"{name} loaded{again}", count, _apart(load, name, receive(name, count)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

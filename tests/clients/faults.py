"""Purpose-made faults of a contractor's side: a good conversation with one thing wrong in it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from infra.conformance.exchange import Exchange

Talk = list[Exchange]
Fault = Callable[[Talk], Talk]
CHANGES = "offers0_1.xml"
OTHER = "ffffffff-0000-4000-8000-00000000000f"


def place(talk: Talk, mode: str, name: str = "", last: bool = False) -> int:
    """Where the first (or last) request of the mode stands whose file's name has `name` in it."""
    found = [n for n, one in enumerate(talk) if one.mode == mode and name in one.name]
    return found[-1 if last else 0]


def message(talk: Talk, name: str) -> int:
    return next(n for n, one in enumerate(talk) if one.path.endswith(f"/exchange/v1/{name}"))


def put(talk: Talk, n: int, *instead: Exchange) -> Talk:
    return [*talk[:n], *instead, *talk[n + 1 :]]


def dropped(*which: tuple[str, str]) -> Fault:
    """Without the last request of each (mode, name)."""

    def fault(talk: Talk) -> Talk:
        gone = {place(talk, mode, name, last=True) for mode, name in which}
        return [one for n, one in enumerate(talk) if n not in gone]

    return fault


def changed(mode: str, name: str = "", last: bool = False, **fields: object) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = place(talk, mode, name, last)
        return put(talk, n, replace(talk[n], **fields))  # type: ignore[arg-type]

    return fault


def asked(mode: str, old: str, new: str, name: str = "", last: bool = False) -> Fault:
    """With another address: `old` is a regular expression."""

    def fault(talk: Talk) -> Talk:
        n = place(talk, mode, name, last)
        target = re.sub(old, new, talk[n].target, count=1)
        assert target != talk[n].target
        return put(talk, n, replace(talk[n], target=target))

    return fault


def added(mode: str, name: str, body: bytes = b"", kind: str = "catalog", **headers: str) -> Fault:
    """One more request after the last `file` of the catalogue, in the same session."""

    def fault(talk: Talk) -> Talk:
        n = next(n for n in reversed(range(len(talk))) if talk[n].mode == "file" and talk[n].query["type"] == "catalog")
        target = re.sub(r"type=\w+&mode=\w+&filename=[^&]*", f"type={kind}&mode={mode}&filename={quote(name)}", talk[n].target)
        sent = {**talk[n].headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
        more = replace(talk[n], number=900, target=target, headers=sent, body=body, method="POST" if mode == "file" else "GET")
        return [*talk[: n + 1], replace(more, reply=b"success"), *talk[n + 1 :]]

    return fault


def in_file(name: str, old: str, new: str, *, last: bool = True, count: int = 1) -> Fault:
    """With something else in a file: `old` is a regular expression over its lines."""

    def fault(talk: Talk) -> Talk:
        n = place(talk, "file", name, last)
        text = talk[n].body.decode()
        spoiled = re.sub(old, new, text, count=count, flags=re.DOTALL)
        assert spoiled != text, f"{name} has no {old}"
        return put(talk, n, replace(talk[n], body=spoiled.encode()))

    return fault


def bytes_of(name: str, make: Callable[[bytes], bytes]) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = place(talk, "file", name, last=True)
        return put(talk, n, replace(talk[n], body=make(talk[n].body)))

    return fault


def everywhere(name: str, tag: str, make: Callable[[str], str]) -> Fault:
    """What stands in the first `tag` of a row of the file is called otherwise in all files."""

    def fault(talk: Talk) -> Talk:
        text = talk[place(talk, "file", name)].body.decode()
        found = re.search(rf"<Товар>\s*<{tag}>([^<]*)</{tag}>", text)
        assert found
        old, new = found[1].encode(), make(found[1]).encode()
        return [replace(one, body=one.body.replace(old, new)) if one.name.endswith(".xml") else one for one in talk]

    return fault


def repeated_answer(old: str, new: str) -> Fault:
    """1C's document comes once more, in another file, with something else in it."""

    def fault(talk: Talk) -> Talk:
        n = place(talk, "file", "orders-")
        target = re.sub("orders-[^&]*_1", "orders-other_1", talk[n].target)
        again = replace(talk[n], number=901, target=target, body=re.sub(old.encode(), new.encode(), talk[n].body, count=1))
        assert again.body != talk[n].body
        return [*talk[: n + 1], again, *talk[n + 1 :]]

    return fault


# --- JSON -------------------------------------------------------------------------------------------------------------

Record = dict[str, object]


def posted(name: str, *spoil: Callable[[Record], object], key: str = "", batch: bool = False) -> Fault:
    """The message goes once for each of `spoil`, which changes its first record (or the whole of it)."""

    def fault(talk: Talk) -> Talk:
        n = message(talk, name)
        made = []
        for change in spoil:
            content = json.loads(talk[n].body)
            change(content if batch else content[name][0])
            headers = {**talk[n].headers, **({"idempotency-key": key} if key else {})}
            made.append(replace(talk[n], number=902, body=json.dumps(content).encode(), headers=headers))
        return put(talk, n, *made)

    return fault


def sent(name: str, **fields: object) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = message(talk, name)
        return put(talk, n, replace(talk[n], **fields))  # type: ignore[arg-type]

    return fault


def readdressed(name: str, other: str) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = message(talk, name)
        return put(talk, n, replace(talk[n], target=talk[n].target.replace(name, other)))

    return fault


def headed(name: str, **headers: str) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = message(talk, name)
        changed_ones = {key.replace("_", "-"): value for key, value in headers.items()}
        return put(talk, n, replace(talk[n], headers={**talk[n].headers, **changed_ones}))

    return fault


def without_header(mode: str, header: str) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = place(talk, mode)
        kept = {name: value for name, value in talk[n].headers.items() if name != header}
        return put(talk, n, replace(talk[n], headers=kept))

    return fault


def with_header(mode: str, header: str, value: str) -> Fault:
    def fault(talk: Talk) -> Talk:
        n = place(talk, mode)
        return put(talk, n, replace(talk[n], headers={**talk[n].headers, header: value}))

    return fault


def unsigned(talk: Talk) -> Talk:
    return [one for one in talk if one.mode != "checkauth"]


def all_inits(talk: Talk) -> Talk:
    return [replace(one, reply=b"zip=no\nfile_limit=1000") if one.mode == "init" else one for one in talk]


def lonely_success(talk: Talk) -> Talk:
    """`success` in a session that never asked for orders."""
    n = place(talk, "init")
    target = talk[n].target.replace("type=catalog&mode=init", "type=sale&mode=success")
    return [*talk[: n + 1], replace(talk[n], number=903, target=target, reply=b"success"), *talk[n + 1 :]]


def to_1251(body: bytes) -> bytes:
    return body.decode("utf-8-sig").encode("cp1251", "replace")


def said_1251(body: bytes) -> bytes:
    return body.removeprefix(b"\xef\xbb\xbf").replace(b'encoding="UTF-8"', b'encoding="windows-1251"')


def raised(record: Record) -> None:
    record["revision"] = 5


def lowered(record: Record) -> None:
    record.update(revision=4, name="Прежнее имя")


def renamed(record: Record) -> None:
    record["name"] = "Новое имя"


def newer(record: Record) -> None:
    record.update(revision=9, name="Новое имя")


def as_it_is(_: Record) -> None:
    """Nothing is wrong with it."""


def doubled(batch: Record) -> None:
    rows = batch["partners"]
    assert isinstance(rows, list)
    rows.append(rows[0])


def strange_payer(record: Record) -> None:
    record["contracts"][0]["counterparty_id"] = OTHER  # type: ignore[index]


def no_phone(record: Record) -> None:
    record["contacts"][0]["phone"] = ""  # type: ignore[index]


def no_price_type(record: Record) -> None:
    del record["contracts"][0]["price_type_id"]  # type: ignore[attr-defined]


GOODS, OFFERS, ANSWER = "import0_2.xml", "offers0_2.xml", "orders-"
_ROOT = "<КоммерческаяИнформация"
_EMPTY = (
    f'<?xml version="1.0"?>{_ROOT} xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07" ДатаФормирования="2026-11-21T10:00:00">'
    "<Товары/></КоммерческаяИнформация>"
).encode()

FAULTS: list[tuple[str, str, Fault]] = [
    ("нет checkauth", "D01", unsigned),
    ("неверный пароль", "D02", sent("companies", status=401)),
    ("нет Cookie", "D03", without_header("import", "cookie")),
    ("Cookie с переводом строки каретки", "D03", with_header("import", "cookie", "kabinet_1c=чужая\r")),
    ("sessid вместе со словом sessid=", "D04", asked("init", "sessid=", "sessid=sessid=")),
    ("sessid пустой", "D04", asked("import", "sessid=[^&]*", "sessid=")),
    ("нет init", "D05", dropped(("init", ""))),
    ("checkauth методом POST", "D06", changed("checkauth", method="POST")),
    ("другой адрес", "D07", asked("checkauth", "/exchange/1c", "/exchange/2c")),
    ("неизвестный mode", "D08", asked("checkauth", "mode=checkauth", "mode=checkAuth")),
    ("неизвестный type", "D08", asked("checkauth", "type=catalog", "type=catalogue")),
    ("import без имени", "D09", asked("import", "&filename=[^&]*", "")),
    ("обратная косая черта", "D10", added("file", "import_files\\ab\\x.jpg", b"x")),
    ("выход из папки", "D10", added("file", "../import.xml", b"x")),
    ("часть больше file_limit", "D11", all_inits),
    ("multipart", "D12", added("file", "a.txt", b"--x", content_type="multipart/form-data; boundary=x")),
    ("сжатое тело", "D12", added("file", "a.txt", b"\x1f\x8b", content_encoding="gzip")),
    ("пустой файл", "D13", added("file", "a.xml")),
    ("import не того имени", "D14", added("import", "import.xml")),
    ("не дождался загрузки", "D15", dropped(("import", GOODS))),
    ("success без query", "D16", lonely_success),
    ("заказы не подтверждены", "D17", dropped(("success", ""))),
    ("файл обрезан", "F01", bytes_of(CHANGES, lambda body: body[:-200])),
    ("части перепутаны", "F01", bytes_of(CHANGES, lambda body: body[1500:] + body[:1500])),
    ("windows-1251 под видом UTF-8", "F02", bytes_of(CHANGES, to_1251)),
    ("UTF-8 под видом windows-1251", "F02", bytes_of(CHANGES, said_1251)),
    ("DOCTYPE", "F03", in_file(CHANGES, _ROOT, f"<!DOCTYPE x [<!ENTITY a 'b'>]>{_ROOT}")),
    ("нет версии схемы", "F04", in_file(CHANGES, ' ВерсияСхемы="2.07"', "")),
    ("чужое пространство имён", "F05", in_file(CHANGES, "urn:1C.ru:commerceml_2", "urn:example:goods")),
    ("дата по-русски", "F06", in_file(CHANGES, 'ДатаФормирования="[^"]*"', 'ДатаФормирования="21.11.2026 10:00:00"')),
    ("битый архив", "F07", added("file", "v8_1A2B_1.zip", b"PK\x03\x04 not an archive")),
    ("картинка не передана", "F08", dropped(("file", ".jpg"))),
    ("файл без разделов", "F09", bytes_of(CHANGES, lambda _: _EMPTY)),
    ("товар без Ид", "C01", in_file(GOODS, "</Товары>", "<Товар><Наименование>Без Ид</Наименование></Товар></Товары>")),
    ("товар дважды", "C02", in_file(GOODS, "(<Товар>.*?</Товар>)", r"\1\1")),
    ("товар без имени", "C03", in_file(GOODS, r"(<Товар>.*?)<Наименование>[^<]*</Наименование>", r"\1<Наименование/>")),
    ("неизвестная группа", "C04", in_file(GOODS, r"(<Группы>\s*<Ид>)[^<]*", rf"\g<1>{OTHER}")),
    ("товар без группы", "C04", in_file(GOODS, r"<Группы>\s*<Ид>[^<]*</Ид>\s*</Группы>", "")),
    ("нет единицы", "C05", in_file(GOODS, "<БазоваяЕдиница.*?</БазоваяЕдиница>", "")),
    (
        "группа без имени",
        "C06",
        in_file("import0_1.xml", r"(<Группа>\s*<Ид>[^<]*</Ид>\s*)<Наименование>[^<]*", r"\1<Наименование>"),
    ),
    ("неизвестное свойство", "C07", in_file(GOODS, r"(<ЗначенияСвойства>\s*<Ид>)[^<]*", rf"\g<1>{OTHER}")),
    ("ставка словами", "C08", in_file(GOODS, "<Ставка>[^<]*", "<Ставка>двадцать")),
    ("пробел в Ид", "C09", everywhere(GOODS, "Ид", lambda id: f"{id[:8]} {id[8:]}")),
    ("вес с единицей", "C10", in_file(GOODS, r"(<Наименование>Вес</Наименование>\s*<Значение>)[^<]*", r"\g<1>12 кг")),
    ("неизвестный вид цены", "P01", in_file(OFFERS, "<ИдТипаЦены>[^<]*", f"<ИдТипаЦены>{OTHER}")),
    ("цена без вида", "P01", in_file(OFFERS, "<ИдТипаЦены>[^<]*</ИдТипаЦены>", "")),
    ("цена с рублями", "P02", in_file(OFFERS, "<ЦенаЗаЕдиницу>[^<]*", "<ЦенаЗаЕдиницу>1 234,50 руб.")),
    ("цена меньше нуля", "P02", in_file(OFFERS, "<ЦенаЗаЕдиницу>", "<ЦенаЗаЕдиницу>-")),
    ("товара нет в каталоге", "P03", in_file(GOODS, "<Товар>.*?</Товар>", "")),
    ("отрицательный остаток", "P04", in_file(CHANGES, 'КоличествоНаСкладе="[^"]*"', 'КоличествоНаСкладе="-3"')),
    ("остаток словами", "P05", in_file(CHANGES, 'КоличествоНаСкладе="[^"]*"', 'КоличествоНаСкладе="много"')),
    ("неизвестный склад", "P06", in_file(CHANGES, 'ИдСклада="[^"]*"', f'ИдСклада="{OTHER}"')),
    ("неизвестная валюта", "P07", in_file(OFFERS, r"(<ИдТипаЦены>.*?<Валюта>)[^<]*", r"\g<1>деньги")),
    ("предложение дважды", "P08", in_file(OFFERS, "(<Предложение>.*?</Предложение>)", r"\1\1")),
    ("цена дважды", "P09", in_file(OFFERS, "(<Цена>.*?</Цена>)", r"\1\1")),
    ("товар без цены", "P10", in_file(OFFERS, "<Цены>.*?</Цены>", "")),
    ("предложение без Ид", "P11", in_file(OFFERS, "</Предложения>", "<Предложение><Цены/></Предложение></Предложения>")),
    ("подтверждён до записи", "O01", lambda talk: [one for one in talk if not one.name.startswith(ANSWER)]),
    ("номер заменён на номер 1С", "O02", in_file(ANSWER, "<Номер>[^<]*", "<Номер>ТДФЛ-000001")),
    ("количество словами", "O03", in_file(ANSWER, "<Количество>[^<]*", "<Количество>две")),
    ("нет номера 1С", "O04", in_file(ANSWER, "Номер по 1С", "Номер документа")),
    ("второй документ на тот же заказ", "O05", repeated_answer("<Документ>(\\s*)<Ид>[^<]*", f"<Документ><Ид>{OTHER}")),
    ("неизвестная операция", "O06", repeated_answer("Заказ товара", "Продажа оптом")),
    ("номенклатура создана заново", "O07", in_file(ANSWER, r"(<Товар>\s*<Ид>)[^<]*", rf"\g<1>{OTHER}")),
    ("сумма не сходится", "O08", in_file(ANSWER, "(<Курс>.*?<Сумма>)[^<]*", r"\g<1>1")),
    ("дата документа по-русски", "O09", in_file(ANSWER, "<Дата>[^<]*", "<Дата>21.11.2026")),
    ("проведён «Да»", "O10", in_file(ANSWER, r"(<Наименование>Проведен</Наименование>\s*<Значение>)[^<]*", r"\g<1>Да")),
    ("не JSON", "J01", sent("companies", body=b'{"companies": [')),
    ("JSON в windows-1251", "J01", sent("companies", body='{"companies": ["Опт"]}'.encode("cp1251"))),
    ("массив не под тем именем", "J01", sent("companies", body=b'{"organizations": []}')),
    ("неизвестное поле", "J02", posted("partners", lambda record: record.update(Телефон="1"))),
    ("нет обязательного поля", "J02", posted("partners", no_price_type)),
    ("флаг строкой", "J02", posted("partners", lambda record: record.update(portal_access="Да"))),
    ("revision уменьшился", "J03", posted("partners", raised, lowered)),
    ("revision не вырос", "J04", posted("partners", as_it_is, renamed)),
    ("ключ с другим телом", "J05", posted("partners", as_it_is, newer, key="k-1")),
    (
        "пачка больше 4 МБ",
        "J06",
        lambda talk: put(talk, n := message(talk, "companies"), replace(talk[n], body=talk[n].body + b" " * 4_000_000)),
    ),
    ("запись дважды", "J07", posted("partners", doubled, batch=True)),
    ("договор чужого контрагента", "J08", posted("partners", strange_payer)),
    ("неизвестный адрес", "J09", readdressed("companies", "organizations")),
    ("не тот Content-Type", "J10", headed("companies", content_type="text/plain")),
    ("контакт без телефона", "J11", posted("partners", no_phone)),
    ("портал не принял файл", "R01", changed("import", CHANGES, last=True, reply="failure\nФайл не загружен".encode())),
    (
        "портал не принял запись",
        "R02",
        sent("companies", reply=b'{"results": [{"id": "1", "outcome": "refused", "reasons": ["x"]}]}'),
    ),
]
"""(what is wrong, the rule that must fire, how it is done)."""

"""Documents made on the basis of an order: payments, shipments, returns, and whatever else 1C sends beside it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.order_papers import GOODS, ErpPaper, OrderPaper, PaperKind
from chalicelib.formats.commerceml.document_lines import minor, order_lines
from chalicelib.formats.commerceml.items import requisites
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.values import Row, child, children, flag, is_deleted, number, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOSCOW = timezone(timedelta(hours=3))
KINDS = {
    "выплата безналичных денег": PaperKind.PAYMENT,
    "выплата наличных денег": PaperKind.PAYMENT,
    "эквайринговая операция": PaperKind.PAYMENT,
    "оплата": PaperKind.PAYMENT,
    "возврат безналичных денег": PaperKind.REFUND,
    "возврат наличных денег": PaperKind.REFUND,
    "возврат денег": PaperKind.REFUND,
    "отпуск товара": PaperKind.SHIPMENT,
    "отпуск товаров": PaperKind.SHIPMENT,
    "отгрузка товара": PaperKind.SHIPMENT,
    "реализация товаров": PaperKind.SHIPMENT,
    "передача товара на комиссию": PaperKind.SHIPMENT,
    "возврат товара": PaperKind.RETURN,
    "возврат комиссионного товара": PaperKind.RETURN,
}
"""ХозОперация in lower case with е for ё; every other one is a document that moves neither money nor goods."""
_DONE = {PaperKind.PAYMENT: "Оплачен", PaperKind.SHIPMENT: "Отгружен"}
_BASIS = ("основание", "номер заказа", "заказ", "заказ клиента", "документ-основание")


def paper_records(element: "_Element") -> Iterator[Record]:
    """A document that came by itself, with the order it says it belongs to."""
    found, known = texts(element), _known(element)
    basis = found.get("Основание") or next((known[name] for name in _BASIS if name in known), "")
    paper = _paper(element)
    if basis:
        yield ErpPaper(basis, paper)
        return
    row = Row("order", paper.id, paper.number)
    row.refuse("«%(operation)s» без заказа-основания: документ не загружен", operation=paper.operation)
    yield from row.problems


def papers_of(order: "_Element", beside: Iterable["_Element"]) -> Iterator[OrderPaper]:
    """What stands below the order, and beside it in its container."""
    for one in (*children(child(order, "ПодчиненныеДокументы"), "ПодчиненныйДокумент"), *beside):
        yield _paper(one)


def named_papers(known: Mapping[str, str], paid: bool | None, shipped: bool | None) -> Iterator[OrderPaper]:
    """УТ names the payment and the shipment of an order in its requisites, and only when nothing is left to pay, or ship."""
    for kind, name, done in ((PaperKind.PAYMENT, "оплаты", paid), (PaperKind.SHIPMENT, "отгрузки", shipped)):
        number_of, made = known.get(f"номер {name} по 1с", ""), instant(known.get(f"дата {name} по 1с", ""))
        if number_of or made:
            made_on = made.astimezone(_MOSCOW).date() if made else None
            yield OrderPaper(f"{kind} {number_of} {made_on}", kind, "", number_of, made_on, whole=done is not False)


def spoken_flag(found: Mapping[str, str], known: Mapping[str, str], name: str) -> bool | None:
    """None where 1C does not say; the word ends as the noun beside it wants it (Оплачен, Оплачена, Оплачено)."""
    for ending in ("", "а", "о"):
        said = found.get(name + ending) or known.get(folded(name + ending))
        if said is not None:
            return flag(said)
    return None


def folded(name: str) -> str:
    return name.lower().replace("ё", "е")


def instant(day: str, time: str = "") -> datetime | None:
    """1C's local time as UTC; its empty date (0001-01-01) is none."""
    day, _, inside = day.strip().partition("T")
    clock = (inside or time.strip() or "00:00:00").split(".")[0].split("+")[0].rstrip("Z")
    hours, _, rest = clock.partition(":")
    try:
        found = datetime.fromisoformat(f"{day}T{hours.zfill(2)}:{rest}").replace(tzinfo=_MOSCOW)
        return found.astimezone(UTC) if found.year > 1 else None
    except (ValueError, OverflowError):
        return None


def _known(element: "_Element") -> dict[str, str]:
    block = child(element, "ЗначенияРеквизитов")
    return {folded(name): value for name, value in requisites(block)} if block is not None else {}


def _paper(element: "_Element") -> OrderPaper:
    found, known = texts(element), _known(element)
    operation = found.get("ХозОперация", "")
    kind = KINDS.get(folded(operation), PaperKind.OTHER)
    named = found.get("Номер1С") or known.get("номер по 1с") or found.get("Номер", "")
    return OrderPaper(
        id=found.get("Ид") or f"{kind} {named} {found.get('Дата', '')}",
        kind=kind,
        operation=operation,
        number=named,
        made_on=_day(found.get("Дата1С") or found.get("Дата", "")),
        amount=_amount(found),
        quantities=tuple(_quantities(element).items()) if kind in GOODS else (),
        void=_is_void(element, found, known, kind),
    )


def _is_void(element: "_Element", found: dict[str, str], known: dict[str, str], kind: PaperKind) -> bool:
    """Deleted, cancelled or not posted; and a payment, or shipment, that is only planned."""
    if is_deleted(element, found) or flag(known.get("пометкаудаления")) or spoken_flag(found, known, "Отменен"):
        return True
    return spoken_flag(found, known, "Проведен") is False or (kind in _DONE and spoken_flag(found, known, _DONE[kind]) is False)


def _amount(found: dict[str, str]) -> int | None:
    amount = number(found.get("Сумма", ""))
    return None if amount is None else minor(amount)


def _quantities(element: "_Element") -> dict[str, Decimal]:
    """By item; lines that can't be understood make the document one without quantities: its amount still counts."""
    row, sums = Row("order"), dict[str, Decimal]()
    for line in order_lines(row, element):
        sums[line.item_id] = sums.get(line.item_id, ZERO) + line.quantity
    return {} if row.problems else sums


def _day(value: str) -> date | None:
    made = instant(value)
    return made.astimezone(_MOSCOW).date() if made else None

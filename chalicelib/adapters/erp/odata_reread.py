"""1C asked by OData for what it has told us of: partners with their payers and agreements, and prices, to be compared.

Pages go on by `Ref_Key gt guid'…'`: `$skip` drifts while somebody works in 1C. Virtual tables take no `$top`, so prices come by
the kind of price. `Names` are those of УТ 11.5; whoever has others gives them in the query of `ERP_URL` (`?access=…`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.adapters.erp.odata import FARTHEST, GUID, NO_VARIANT, ODataErp, Row, odata_erp
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.partners.partners import Counterparty
from chalicelib.formats import phones
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.neighbours import PriceColumn, RereadPage, ToldAddress, ToldAgreement, ToldContact, ToldPartner

PAGE = 100
KEYS_PER_REQUEST = 20
"""References in one filter: the address of a request stays below 8 KB."""


@dataclass(frozen=True, slots=True)
class Names:
    """What 1C calls things. `access` is the flag that lets a partner into the cabinet, "" where there is none in 1C.

    Points of delivery are partners below a partner. Without `contacts` people are not asked for, without `points_partner`
    points are not: both are as УТ has them, and a base that keeps its partners elsewhere must name them.
    """

    partners: str = "Catalog_Партнеры"
    client: str = "Клиент"
    access: str = ""
    payers: str = "Catalog_Контрагенты"
    payers_partner: str = "Партнер_Key"
    full_name: str = "НаименованиеПолное"
    inn: str = "ИНН"
    kpp: str = "КПП"
    person: str = "ЮрФизЛицо"
    agreements: str = "Catalog_СоглашенияСКлиентами"
    agreements_partner: str = "Партнер_Key"
    agreements_payer: str = "Контрагент_Key"
    agreements_company: str = "Организация_Key"
    agreements_prices: str = "ВидЦен_Key"
    vat_included: str = "ЦенаВключаетНДС"
    typical: str = "Типовое"
    contacts: str = "Catalog_КонтактныеЛицаПартнеров"
    contacts_partner: str = "Owner_Key"
    points_partner: str = "Parent_Key"
    details: str = "КонтактнаяИнформация"
    price_kinds: str = "Catalog_ВидыЦен"
    prices: str = "InformationRegister_ЦеныНоменклатуры"
    price_kind: str = "ВидЦены_Key"
    item: str = "Номенклатура_Key"
    variant: str = "Характеристика_Key"
    package: str = "Упаковка_Key"
    price: str = "Цена"

    @classmethod
    def read(cls, url: str) -> "Names":
        """With those the query of a URL names."""
        known = {one.name for one in fields(cls)}
        given = {name: text for name, text in parse_qsl(urlsplit(url).query) if name in known}
        return cls(**(({"contacts": "", "points_partner": ""} if "partners" in given else {}) | given))


Parts = Mapping[str, list[Row]]

NOT_COMPARED = "Не сверено: %(reason)s. Добавьте объект в состав интерфейса OData или уберите его в настройках адреса"
PEOPLE = {"ИндивидуальныйПредприниматель": "sole_trader", "ФизЛицо": "individual", "ФизическоеЛицо": "individual"}
"""Values of the enumeration; all others are legal entities."""


def odata_neighbour(url: str, clock: Clock) -> "ODataNeighbour":
    return ODataNeighbour(odata_erp(url), Names.read(url), clock)


class ODataNeighbour:
    """A `Neighbour` that can't say what has changed: it is read whole, at night."""

    node = "1С OData"
    kinds = ("partners", "prices")
    tells_changes = False

    def __init__(self, client: ODataErp, names: Names, clock: Clock) -> None:
        self.client = client
        self.names = names
        self.clock = clock

    def page(self, kind: str, after: str, _since: datetime | None) -> RereadPage:
        return self._partners(after) if kind == "partners" else self._prices(after)

    def one(self, _kind: str, _id: str) -> RereadPage:
        """1C sends no events: what changed it pushes itself."""
        return RereadPage(())

    # --- partners -----------------------------------------------------------------------------------------------------

    def _partners(self, after: str) -> RereadPage:
        names, asked_at = self.names, self.clock()
        select = ["Ref_Key", "Description", "DeletionMark", *filter(None, [names.access])]
        found = self._after(names.partners, [f"{names.client} eq true"], select, after, PAGE)
        keys = [_key(row, "Ref_Key") for row in found]
        payers = self._of_partners(names.payers, names.payers_partner, self._payer_fields(), keys)
        agreements = self._of_partners(names.agreements, names.agreements_partner, self._agreement_fields(), keys)
        people, no_people = self._details(names.contacts, names.contacts_partner, keys)
        points, no_points = self._details(names.partners if names.points_partner else "", names.points_partner, keys)
        told = (
            replace(
                self._told(row, payers, agreements, asked_at),
                contacts=tuple(self._contact(one) for one in people.get(_key(row, "Ref_Key"), ())),
                addresses=tuple(self._address(one) for one in points.get(_key(row, "Ref_Key"), ())),
            )
            for row in found
        )
        return RereadPage(tuple(told), keys[-1] if len(found) == PAGE else "", (*no_people, *no_points))

    def _details(self, entity: str, owner: str, keys: Sequence[str]) -> tuple[Parts, tuple[Problem, ...]]:
        """What is no reason to leave the partners alone where 1C does not give it: it is told of instead."""
        if not entity or not keys:
            return {}, ()
        try:
            return self._of_partners(entity, owner, ["Ref_Key", "Description", "DeletionMark", self.names.details], keys), ()
        except Unavailable as unavailable:
            return {}, (Problem("partners", "", entity, NOT_COMPARED, (("reason", str(unavailable)),)),)

    def _contact(self, row: Row) -> ToldContact:
        found = self._found(row)
        numbers = filter(None, (phones.normalise(text) for kind, text in found if kind == "Телефон"))
        mails = filter(None, (phones.email(text) for kind, text in found if kind == "АдресЭлектроннойПочты"))
        gone = _flag(row, "DeletionMark")
        return ToldContact(_key(row, "Ref_Key"), _text(row, "Description"), tuple(numbers), tuple(mails), gone)

    def _address(self, row: Row) -> ToldAddress:
        texts = tuple(text for kind, text in self._found(row) if kind == "Адрес" and text)
        return ToldAddress(_key(row, "Ref_Key"), _text(row, "Description"), texts, _flag(row, "DeletionMark"))

    def _found(self, row: Row) -> list[tuple[str, str]]:
        """(kind, text) of the rows of its contact details."""
        rows: Any = row.get(self.names.details)
        return [(_text(one, "Тип"), _text(one, "Представление")) for one in rows or () if isinstance(one, dict)]

    def _told(self, row: Row, payers: Parts, agreements: Parts, asked_at: datetime) -> ToldPartner:
        key, names = _key(row, "Ref_Key"), self.names
        return ToldPartner(
            id=key,
            name=_text(row, "Description"),
            access=_flag(row, names.access) if names.access else None,
            deleted=_flag(row, "DeletionMark"),
            counterparties=tuple(self._payer(one) for one in payers[key] if not _flag(one, "DeletionMark")),
            agreements=tuple(self._agreement(one) for one in agreements[key]),
            asked_at=asked_at,
        )

    def _payer_fields(self) -> list[str]:
        names = self.names
        return ["Ref_Key", "Description", "DeletionMark", names.full_name, names.inn, names.kpp, names.person]

    def _payer(self, row: Row) -> Counterparty:
        names = self.names
        return Counterparty(
            id=_key(row, "Ref_Key"),
            name=_text(row, "Description"),
            kind=PEOPLE.get(_text(row, names.person), "legal_entity"),
            full_name=_text(row, names.full_name),
            inn=_text(row, names.inn),
            kpp=_text(row, names.kpp),
        )

    def _agreement_fields(self) -> list[str]:
        names = self.names
        own = ["Ref_Key", "Description", "DeletionMark", names.agreements_payer, names.agreements_company]
        return [*own, names.agreements_prices, names.vat_included]

    def _agreement(self, row: Row) -> ToldAgreement:
        names = self.names
        return ToldAgreement(
            id=_key(row, "Ref_Key"),
            name=_text(row, "Description"),
            price_kind_id=_reference(row, names.agreements_prices),
            counterparty_id=_reference(row, names.agreements_payer),
            company_id=_reference(row, names.agreements_company),
            vat_included=_flag(row, names.vat_included),
            deleted=_flag(row, "DeletionMark"),
        )

    def _of_partners(self, entity: str, owner: str, select: Sequence[str], keys: Sequence[str]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {key: [] for key in keys}
        for place in range(0, len(keys), KEYS_PER_REQUEST):
            either = " or ".join(f"{owner} eq guid'{key}'" for key in keys[place : place + KEYS_PER_REQUEST])
            for row in self._all(entity, [f"({either})"], [*select, owner]):
                found.setdefault(_key(row, owner), []).append(row)
        return found

    # --- prices -------------------------------------------------------------------------------------------------------

    def _prices(self, after: str) -> RereadPage:
        """One kind of price a page. The next one waits for it: both may be of the same item."""
        names = self.names
        kinds = self._after(names.price_kinds, ["DeletionMark eq false"], ["Ref_Key", "Description"], after, 1)
        if not kinds:
            return RereadPage(())
        kind = _key(kinds[0], "Ref_Key")
        typical = [f"{names.typical} eq true", "DeletionMark eq false", f"{names.agreements_prices} eq guid'{kind}'"]
        agreements = self._all(names.agreements, typical, ["Ref_Key"])
        condition = f"{names.price_kind} eq guid''{kind}''"
        rows = self.client.rows(f"{names.prices}/SliceLast(Condition='{condition}')", {})
        amounts = {_item_id(row, names): _amount(row, names) for row in rows if not _reference(row, names.package)}
        ids = (kind, *(_key(row, "Ref_Key") for row in agreements))
        return RereadPage((PriceColumn(_text(kinds[0], "Description"), ids, amounts),), kind, in_order=True)

    # --- pages --------------------------------------------------------------------------------------------------------

    def _all(self, entity: str, conditions: Sequence[str], select: Sequence[str]) -> Iterable[Row]:
        after = ""
        while True:
            page = self._after(entity, conditions, select, after, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            after = _key(page[-1], "Ref_Key")

    def _after(self, entity: str, conditions: Sequence[str], select: Sequence[str], after: str, most: int) -> list[Row]:
        beyond = [f"Ref_Key gt guid'{after}'"] if after else []
        return self.client.rows(
            entity,
            {
                "$select": ",".join(dict.fromkeys(select)),
                "$filter": " and ".join([*conditions, *beyond]),
                "$orderby": "Ref_Key",
                "$top": str(most),
            },
        )


def _key(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise Unavailable("В ответе 1С нет поля «%(field)s»", field=name)
    return value.lower()


def _reference(row: Row, name: str) -> str | None:
    """None for an empty one, and for a field that this 1C does not have."""
    value = str(row.get(name) or NO_VARIANT).lower()
    return value if GUID.fullmatch(value) and value != NO_VARIANT else None


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()


def _flag(row: Row, name: str) -> bool:
    value: Any = row.get(name)
    if not isinstance(value, bool):
        raise Unavailable("В ответе 1С нет поля «%(field)s»", field=name)
    return value


def _item_id(row: Row, names: Names) -> str:
    variant = _reference(row, names.variant)
    return _key(row, names.item) + (f"#{variant}" if variant else "")


def _amount(row: Row, names: Names) -> Decimal:
    value = row.get(names.price)
    if not isinstance(value, Decimal) or not 0 <= value < FARTHEST:
        raise Unavailable("В ответе 1С нет поля «%(field)s»", field=names.price)
    return value

"""The supplier's people see every restriction and keep those that 1C does not send. Each change leaves an audit row."""

import secrets
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.access.audit import AuditEntry
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.exchange.records import Record
from chalicelib.domain.partners.terms import Restriction, RestrictionMode
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.access import AuditStore
from chalicelib.usecases.ports.catalogue import CatalogueIndex, Search
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.partners import RestrictionStore

MAY = "restriction.manage"
WHOSE = ("region", "segment", "partner")
GOODS = ("item", "group", "brand", "all")
LONGEST = 300
NOBODY = "Укажите, для кого"
NO_GOODS = "Выберите, какие товары"
NO_MODE = "Выберите действие"
TOO_LONG = "Не больше 300 знаков"
ENDS_EARLY = "Раньше начала"


@dataclass(frozen=True, slots=True)
class RestrictionForm:
    """As it was filled. `whose` is one of WHOSE and `whom` its name or id; `goods` one of GOODS and `chosen` an article or id of
    an item, a name or id of a group, a brand. `id` is "" for a new one."""

    id: str
    whose: str
    whom: str
    goods: str
    chosen: str
    mode: str
    reason: str
    valid_from: date | None = None
    valid_to: date | None = None


def all_restrictions(erp: RestrictionStore, own: RestrictionStore, *, visitor: Visitor) -> tuple[Restriction, ...]:
    """Those made here first, then 1C's."""
    visitor.must(MAY)
    return (*own.all(), *erp.all())


def save_restriction(
    own: RestrictionStore, index: CatalogueIndex, audit: AuditStore, clock: Clock, *, visitor: Visitor, form: RestrictionForm
) -> str:
    """Its id. Raises InvalidInput, and NotFound for one that is 1C's or nobody's."""
    visitor.must(MAY)
    if form.id:
        _own(own, form.id)
    id = form.id or f"portal-{secrets.token_hex(8)}"
    made = _restriction(index, visitor, form, id)
    _save(own, Record(id, _revision(clock), made))
    _note(audit, clock, visitor, "restriction.saved", made)
    return id


def end_restriction(own: RestrictionStore, audit: AuditStore, clock: Clock, *, visitor: Visitor, id: str) -> None:
    """It holds no more. Raises NotFound."""
    visitor.must(MAY)
    ended = _own(own, id)
    _save(own, Record(id, _revision(clock), ended, active=False))
    _note(audit, clock, visitor, "restriction.ended", ended)


def _own(own: RestrictionStore, id: str) -> Restriction:
    for one in own.all():
        if one.id == id:
            return one
    raise NotFound("Такого ограничения нет, или его ведёт 1С")


def _save(own: RestrictionStore, record: Record[Restriction]) -> None:
    """Raises Conflict where somebody has saved a later one."""
    if "written" not in own.save([record]):
        raise Conflict("Ограничение изменил другой сотрудник: откройте его заново")


def _revision(clock: Clock) -> int:
    return int(clock().timestamp() * 1_000_000)


def _note(audit: AuditStore, clock: Clock, visitor: Visitor, action: str, one: Restriction) -> None:
    whom = one.region or one.segment or one.partner_id or ""
    what = one.item_id or one.group_id or one.brand or "*"
    audit.note(AuditEntry(clock(), visitor.session.user_id, visitor.name, action, f"{one.mode}: {whom} × {what}"))


def _restriction(index: CatalogueIndex, visitor: Visitor, form: RestrictionForm, id: str) -> Restriction:
    _check(form)
    whom = {"region": "region", "segment": "segment", "partner": "partner_id"}[form.whose]
    chosen = _chosen(index, visitor.beacons.snapshot, form)
    days = {"valid_from": form.valid_from, "valid_to": form.valid_to}
    named: dict[str, str] = {whom: form.whom.strip(), **chosen}
    return Restriction(id, RestrictionMode(form.mode), form.reason.strip(), origin="portal", **named, **days)  # type: ignore[arg-type]


def _check(form: RestrictionForm) -> None:
    checks = (
        ("whose", NOBODY, form.whose in WHOSE),
        ("whom", NOBODY, 0 < len(form.whom.strip()) <= LONGEST),
        ("goods", NO_GOODS, form.goods in GOODS),
        ("mode", NO_MODE, form.mode in list(RestrictionMode)),
        ("reason", TOO_LONG, len(form.reason) <= LONGEST),
        ("valid_to", ENDS_EARLY, not (form.valid_from and form.valid_to) or form.valid_from <= form.valid_to),
    )
    fields = {name: text for name, text, is_right in checks if not is_right}
    if fields:
        raise InvalidInput("Проверьте ограничение", fields)


def _chosen(index: CatalogueIndex, snapshot: str | None, form: RestrictionForm) -> dict[str, str]:
    """The field of the goods with its id. Raises InvalidInput for goods the catalogue does not have."""
    text = form.chosen.strip()
    match form.goods:
        case "item":
            cards = index.search(snapshot, Search(text=text, limit=20)).cards if text else ()
            found = [card.id for card in cards if text.casefold() in (card.sku.casefold(), card.id.casefold())]
            return {"item_id": _one(found)}
        case "group":
            groups = index.classifier(snapshot).groups.values()
            return {"group_id": _one([one.id for one in groups if text.casefold() in (one.name.casefold(), one.id.casefold())])}
        case "brand" if text:
            return {"brand": text}
        case "brand":
            return {"brand": _one([])}
    return {}


def _one(found: list[str]) -> str:
    if not found:
        raise InvalidInput("Проверьте ограничение", {"chosen": "Такого товара, группы или марки нет в каталоге"})
    if len(found) > 1:
        raise InvalidInput("Проверьте ограничение", {"chosen": "Найдено несколько: укажите идентификатор из 1С"})
    return found[0]

"""Documents: found by order, by partner, by date over all partners for the supplier's finance, and those meant for many.

portal  DOCUMENT#<id>            HEAD        what people see; GSI1 by partner (or SHARED_DOCUMENTS), GSI2 all
        DOCUMENT#<id>            ANNOUNCED   what 1C is about to upload; in no list
        DOCUMENT#<id>.<revision> HEAD        a revision of 1C's that another took the place of
        ORDERDOC#<order>         <id>        the order's own list, read consistently for the page that waits for its invoice
        ORDERINVOICE#<order>     ERP         1C has sent an invoice of its own for the order
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from chalicelib.adapters.dynamo.exchange.records import register_item
from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, check, delete, put, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.documents import PAYMENT_INVOICE, PRINTED, Document
from chalicelib.domain.errors import Forbidden, NotFound
from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import PartnerScope, Scope
from chalicelib.usecases.ports.orders import OutboxRow

SHARED = "SHARED_DOCUMENTS"
_PLAIN = (
    "id", "partner_id", "kind", "number", "amount", "currency", "order_number", "counterparty_name", "key", "revision", "status",
    "origin", "media_type", "size", "sha256", "title",
)  # fmt: skip
_NUMBERS = ("amount", "revision", "size")


def document_key(document_id: str) -> Key:
    return f"DOCUMENT#{document_id}", "HEAD"


def announced_key(document_id: str) -> Key:
    return f"DOCUMENT#{document_id}", "ANNOUNCED"


def erp_invoice_key(order_number: str) -> Key:
    return f"ORDERINVOICE#{order_number}", "ERP"


def to_item(document: Document) -> Item:
    issued = instant_text(document.issued_at)
    lists = {"GSI1PK": f"DOCUMENTS#{document.partner_id}" if document.partner_id else SHARED, "GSI2PK": "DOCUMENTS"}
    lists |= {index: f"{issued}#{document.id}" for index in ("GSI1SK", "GSI2SK")}
    return _item(document_key(document.id), document) | lists


def _item(key: Key, document: Document) -> Item:
    item: Item = {"PK": key[0], "SK": key[1], "issued_at": instant_text(document.issued_at)}
    item |= {name: getattr(document, name) for name in _PLAIN}
    return item | {"audience": asdict(document.audience) if document.audience else None}


def from_item(item: Item) -> Document:
    plain: dict[str, Any] = {name: item[name] for name in _PLAIN if name in item}
    plain |= {name: int(plain[name]) for name in _NUMBERS if name in plain}
    return Document(**plain, issued_at=instant(item["issued_at"]), audience=_audience(item.get("audience")))


def _audience(kept: Item | None) -> Audience | None:
    return Audience(kept["everyone"], tuple(kept["partner_ids"]), tuple(kept["segments"])) if kept else None


class DynamoDocuments:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    # --- printed here ---------------------------------------------------------------------------------------------------

    def save(self, document: Document) -> None:
        """In whatever order revisions come, the newest one ends as issued; 1C's own invoice comes before any."""
        same_kind = [
            other for other in self._of_order(document.order_number) if (other.kind, other.origin) == (document.kind, PRINTED)
        ]
        for older in same_kind:
            if older.revision < document.revision:
                self.supersede(older)
        if any(other.revision > document.revision for other in same_kind):
            document = replace(document, status="superseded")
        try:
            self._put(document, [check(self.portal.name, erp_invoice_key(document.order_number), "attribute_not_exists(PK)")])
        except ConditionFailed:
            self._put(replace(document, status="superseded"), [])

    def _put(self, document: Document, conditions: list[Item]) -> None:
        transact(self.portal.client, [put(self.portal.name, to_item(document)), *self._listed(document), *conditions])

    def _listed(self, document: Document) -> list[Item]:
        if not document.order_number:
            return []
        return [put(self.portal.name, {"PK": f"ORDERDOC#{document.order_number}", "SK": document.id})]

    def supersede(self, document: Document) -> None:
        names, values = {"#s": "status"}, {":superseded": "superseded"}
        self.portal.update(document_key(document.id), "SET #s = :superseded", "attribute_exists(PK)", values, names)

    # --- sent by 1C -----------------------------------------------------------------------------------------------------

    def announced(self, document_id: str) -> Document | None:
        item = self.portal.get(announced_key(document_id), strong=True)
        return from_item(item) if item else None

    def current(self, document_id: str) -> Document | None:
        item = self.portal.get(document_key(document_id), strong=True)
        return from_item(item) if item else None

    def announce(self, document: Document) -> bool:
        item = _item(announced_key(document.id), document)
        newest = "attribute_not_exists(PK) OR revision <= :revision"
        announced = put(self.portal.name, item, newest, {":revision": document.revision})
        void = [self._mark(document)] if document.status == "void" else []
        try:
            transact(self.portal.client, [announced, *void])
        except ConditionFailed:
            return False
        return True

    def publish(self, document: Document, before: Document | None, letters: Sequence[OutboxRow] = ()) -> bool:
        table = self.portal.name
        seen = ("revision = :seen", {":seen": before.revision}) if before else ("attribute_not_exists(PK)", None)
        done = "attribute_not_exists(PK) OR revision <= :revision"
        actions = [
            put(table, to_item(document), *seen),
            *self._listed(document),
            *self._replaced(document, before),
            delete(table, announced_key(document.id), done, {":revision": document.revision}),
            *self._own_invoice(document),
            self._mark(document),
            *(put(table, outbox_item(row)) for row in letters),
        ]
        try:
            transact(self.portal.client, actions)
        except ConditionFailed:
            return False
        return True

    def _mark(self, document: Document) -> Item:
        """In the register from when people can see it: an announcement alone is nothing 1C could count on."""
        mark = Mark(document.id, document.revision, document.status != "void")
        return put(self.portal.name, register_item("documents", mark, document_key(document.id)))

    def _replaced(self, document: Document, before: Document | None) -> list[Item]:
        """The revision that had another file stays to be looked at."""
        if before is None or before.key == document.key:
            return []
        old = replace(before, id=f"{before.id}.{before.revision}", status="superseded")
        return [put(self.portal.name, to_item(old)), *self._listed(old)]

    def _own_invoice(self, document: Document) -> list[Item]:
        if document.kind != PAYMENT_INVOICE or not document.order_number:
            return []
        partition, sort = erp_invoice_key(document.order_number)
        return [put(self.portal.name, {"PK": partition, "SK": sort})]

    # --- reading --------------------------------------------------------------------------------------------------------

    def _of_order(self, order_number: str) -> tuple[Document, ...]:
        rows = self.portal.query(f"ORDERDOC#{order_number}", strong=True)
        found = [self.portal.get(document_key(row["SK"]), strong=True) for row in rows]
        # 1C may have moved a document to another order: its row here leads to one that is not this order's any more
        documents = (from_item(item) for item in found if item and item["order_number"] == order_number)
        return tuple(sorted(documents, key=lambda document: document.issued_at, reverse=True))

    def of_order(self, scope: Scope, order_number: str) -> tuple[Document, ...]:
        return tuple(_visible(scope, self._of_order(order_number)))

    def of_partner(self, scope: PartnerScope, limit: int = 100) -> tuple[Document, ...]:
        found = self.portal.query(f"DOCUMENTS#{scope.partner_id}", index="GSI1", newest_first=True, limit=limit)
        return tuple(map(from_item, found))

    def shared(self, limit: int = 200) -> tuple[Document, ...]:
        return tuple(map(from_item, self.portal.query(SHARED, index="GSI1", newest_first=True, limit=limit)))

    def recent(self, scope: Scope, limit: int = 100) -> tuple[Document, ...]:
        if isinstance(scope, PartnerScope):
            raise Forbidden("У вас нет доступа к этому разделу")
        return tuple(map(from_item, self.portal.query("DOCUMENTS", index="GSI2", newest_first=True, limit=limit)))

    def read(self, scope: Scope, document_id: str) -> Document:
        item = self.portal.get(document_key(document_id))
        for document in _visible(scope, [from_item(item)] if item else []):
            return document
        raise NotFound("Документ не найден")

    def read_shared(self, document_id: str) -> Document:
        item = self.portal.get(document_key(document_id))
        document = from_item(item) if item else None
        if document is None or document.audience is None:
            raise NotFound("Документ не найден")
        return document


def _visible(scope: Scope, documents: Iterable[Document]) -> Iterable[Document]:
    if isinstance(scope, PartnerScope):
        return (document for document in documents if document.partner_id == scope.partner_id)
    return documents

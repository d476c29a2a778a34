"""Documents of orders: found by order, by partner and, for the supplier's finance, by date over all partners."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.adapters.dynamo.table import Item, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.documents import Document
from chalicelib.domain.errors import Forbidden, NotFound
from chalicelib.domain.partners import PartnerScope, Scope

_PLAIN = (
    "id",
    "partner_id",
    "kind",
    "number",
    "amount",
    "currency",
    "order_number",
    "counterparty_name",
    "key",
    "revision",
    "status",
)


def document_key(document_id: str) -> Key:
    return f"DOCUMENT#{document_id}", "HEAD"


def to_item(document: Document) -> Item:
    partition, sort = document_key(document.id)
    issued = instant_text(document.issued_at)
    item: Item = {"PK": partition, "SK": sort, "issued_at": issued}
    item |= {name: getattr(document, name) for name in _PLAIN}
    keys = {"GSI1PK": f"DOCUMENTS#{document.partner_id}", "GSI2PK": "DOCUMENTS"}
    return item | keys | {index: f"{issued}#{document.id}" for index in ("GSI1SK", "GSI2SK")}


def from_item(item: Item) -> Document:
    plain = {name: item[name] for name in _PLAIN}
    numbers = {name: int(item[name]) for name in ("amount", "revision")}
    return Document(**plain | numbers, issued_at=instant(item["issued_at"]))


class DynamoDocuments:
    """The order's own list is `ORDERDOC#<order>`; it is read consistently, for the page that waits for its invoice."""

    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def save(self, document: Document) -> None:
        """In whatever order revisions come, the newest one ends as issued."""
        same_kind = [other for other in self._of_order(document.order_number) if other.kind == document.kind]
        for older in same_kind:
            if older.revision < document.revision and older.status == "issued":
                self._supersede(older)
        if any(other.revision > document.revision for other in same_kind):
            document = replace(document, status="superseded")
        self.portal.put(to_item(document))
        self.portal.put({"PK": f"ORDERDOC#{document.order_number}", "SK": document.id})

    def _supersede(self, document: Document) -> None:
        names, values = {"#s": "status"}, {":superseded": "superseded"}
        self.portal.update(document_key(document.id), "SET #s = :superseded", "attribute_exists(PK)", values, names)

    def _of_order(self, order_number: str) -> tuple[Document, ...]:
        rows = self.portal.query(f"ORDERDOC#{order_number}", strong=True)
        found = [self.portal.get(document_key(row["SK"]), strong=True) for row in rows]
        documents = (from_item(item) for item in found if item)
        return tuple(sorted(documents, key=lambda document: document.issued_at, reverse=True))

    def of_order(self, scope: Scope, order_number: str) -> tuple[Document, ...]:
        return tuple(_visible(scope, self._of_order(order_number)))

    def of_partner(self, scope: PartnerScope, limit: int = 100) -> tuple[Document, ...]:
        found = self.portal.query(f"DOCUMENTS#{scope.partner_id}", index="GSI1", newest_first=True, limit=limit)
        return tuple(map(from_item, found))

    def recent(self, scope: Scope, limit: int = 100) -> tuple[Document, ...]:
        if isinstance(scope, PartnerScope):
            raise Forbidden("У вас нет доступа к этому разделу")
        return tuple(map(from_item, self.portal.query("DOCUMENTS", index="GSI2", newest_first=True, limit=limit)))

    def read(self, scope: Scope, document_id: str) -> Document:
        item = self.portal.get(document_key(document_id))
        for document in _visible(scope, [from_item(item)] if item else []):
            return document
        raise NotFound("Документ не найден")


def _visible(scope: Scope, documents: Iterable[Document]) -> Iterable[Document]:
    if isinstance(scope, PartnerScope):
        return (document for document in documents if document.partner_id == scope.partner_id)
    return documents

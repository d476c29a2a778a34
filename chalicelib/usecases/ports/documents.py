"""Documents of orders and the printing of invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.documents import Document, PaymentInvoice
from chalicelib.domain.partners.partners import PartnerScope, Scope
from chalicelib.usecases.ports.orders import OutboxRow


class DocumentStore(Protocol):
    def save(self, document: Document) -> None:
        """Issue what was printed here and mark older prints for the same order and kind as superseded; it is superseded
        itself where 1C has sent an invoice of its own."""
        ...

    def supersede(self, document: Document) -> None: ...

    def announced(self, document_id: str) -> Document | None:
        """What 1C is about to upload. For the exchange alone: it is in nobody's scope yet."""
        ...

    def current(self, document_id: str) -> Document | None:
        """The document as it stands, consistent. For the exchange alone."""
        ...

    def announce(self, document: Document) -> bool:
        """Remember what 1C will upload; False where it has announced a later revision."""
        ...

    def publish(self, document: Document, before: Document | None, letters: Sequence[OutboxRow] = ()) -> bool:
        """Show it in place of `before`, which stays as superseded, and keep the letters about it, at once. False where
        something else stands there by now."""
        ...

    def of_order(self, scope: Scope, order_number: str) -> tuple[Document, ...]: ...

    def of_partner(self, scope: PartnerScope, limit: int = 100) -> tuple[Document, ...]: ...

    def shared(self, limit: int = 200) -> tuple[Document, ...]:
        """Those that have an audience, newest first; whom they reach is the caller's to judge."""
        ...

    def read_shared(self, document_id: str) -> Document:
        """One that has an audience; whom it reaches is the caller's to judge. Raises NotFound."""
        ...

    def recent(self, scope: Scope, limit: int = 100) -> tuple[Document, ...]:
        """Of all partners, newest first: for the supplier's finance. Refuses a PartnerScope."""
        ...

    def read(self, scope: Scope, document_id: str) -> Document:
        """Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document of an order that lies at its neighbour: `url` opens it for whoever has it. `kind` as of Document."""

    id: str
    order_number: str
    kind: str
    number: str
    title: str
    url: str
    issued_at: datetime
    revision: int


class InvoicePrinter(Protocol):
    """Makes the PDF of an invoice; `qr` is the text of its payment QR code ("" for none)."""

    def __call__(self, invoice: PaymentInvoice, qr: str, *, superseded: bool = False) -> bytes: ...

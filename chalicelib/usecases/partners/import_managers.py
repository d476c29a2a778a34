"""1C tells who looks after which partners; a dealer sees his manager's face."""

from chalicelib.domain.documents import Document
from chalicelib.domain.errors import NotFound
from chalicelib.domain.partners.partners import ManagerRecord
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.documents.show_documents import readable
from chalicelib.usecases.exchange.import_records import UNCHANGED, WRITTEN, Taken
from chalicelib.usecases.ports.documents import DocumentStore
from chalicelib.usecases.ports.partners import ManagerStore

LARGEST_PHOTO = 1_000_000
PHOTO_TYPES = ("image/jpeg", "image/png")


def take_manager(store: ManagerStore, record: ManagerRecord) -> Taken:
    return WRITTEN if store.save(record) else UNCHANGED


def manager_photo(documents: DocumentStore, *, visitor: Visitor) -> Document:
    """The photo of the visitor's own manager. Raises NotFound."""
    manager = visitor.account.manager if visitor.account else None
    if manager is None or not manager.photo_document_id:
        raise NotFound("Фото пока нет")
    photo = readable(documents, visitor, manager.photo_document_id)
    if photo.kind != "photo" or photo.media_type not in PHOTO_TYPES or photo.size > LARGEST_PHOTO:
        raise NotFound("Фото пока нет")
    return photo

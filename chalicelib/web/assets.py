"""Static files and pictures of items."""

from chalice import Blueprint

from chalicelib.domain.catalogue.pictures import CONTENT_TYPE, SIZES, picture_key
from chalicelib.domain.errors import NotFound
from chalicelib.web import static_files
from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)

FOREVER = "max-age=31536000, immutable"


@get(routes, "/static/{name}", guest=True)
def static_file(visit: Visit, name: str) -> Answer:
    path = static_files.files().get(name)
    if path is None:
        raise NotFound("Файл «%(name)s» не найден", name=name)
    kind = static_files.TYPES[path.suffix]
    headers = {"Cache-Control": f"public, {FOREVER}", "Vary": "Accept-Encoding"}
    if "gzip" in visit.request.headers.get("accept-encoding", ""):
        return Answer(static_files.packed(name), content_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return Answer(static_files.content(name), content_type=kind, headers=headers)


@get(routes, "/pictures/{name}", guest=True)
def picture(visit: Visit, name: str) -> Answer:
    """`name` is a stored name with its size: `ab12-s`. It holds a hash of the picture, so it never changes and nobody guesses it;
    dealers' shops show pictures by the links of their price lists, without signing in."""
    stored, _dash, size = name.rpartition("-")
    if size not in SIZES or not stored.isalnum():
        raise NotFound("Картинка не найдена")
    with visit.runtime.files.open(picture_key(stored, size)) as file:
        body = file.read()
    return Answer(body, content_type=CONTENT_TYPE, headers={"Cache-Control": f"public, {FOREVER}"})

"""The exchange accounts of 1C bases and what is particular about each, as the administrator sets it."""

from dataclasses import dataclass, replace

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.domain.exchange.node_settings import ENCODINGS, FILE_LIMIT, LEAST_FILE_LIMIT, SKIPPED, ItemField, NodeSettings
from chalicelib.domain.orders.orders import Approval, Fulfilment
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.exchange.exchange_actions import MAY, ActionLog
from chalicelib.usecases.ports.catalogue import CatalogueStore, Classifier
from chalicelib.usecases.ports.exchange import ExchangeStore

LONGEST_NAME = 150
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class NodeForm:
    """What the administrator filled in. `warehouses`: (id, name, loaded) rows; the other tables are pairs, and triples."""

    name: str
    reply_encoding: str
    zip_allowed: bool
    sessid: bool
    query_acknowledges: bool
    shipped_completes: bool
    file_limit: int
    rrp_price_type: str
    price_types: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str, str], ...]
    warehouses: tuple[tuple[str, str, bool], ...]
    requisites: tuple[tuple[str, str], ...]


def all_nodes(exchange: ExchangeStore, *, visitor: Visitor) -> tuple[ExchangeNode, ...]:
    visitor.must("exchange.view")
    return exchange.nodes()


def one_node(
    exchange: ExchangeStore, catalogue: CatalogueStore, *, visitor: Visitor, login: str
) -> tuple[ExchangeNode, Classifier]:
    """With the price types and warehouses there are to choose from. Raises NotFound."""
    visitor.must(MAY)
    return _known(exchange, login), catalogue.classifier()


def _known(exchange: ExchangeStore, login: str) -> ExchangeNode:
    node = exchange.node(login)
    if node is None:
        raise NotFound("Такого узла обмена нет")
    return node


def save_node(exchange: ExchangeStore, log: ActionLog, *, login: str, form: NodeForm) -> None:
    """Keep what was filled in; the next request of the 1C goes by it. Raises InvalidInput, NotFound."""
    node = _known(exchange, login)
    after = replace(
        node,
        name=form.name.strip()[:LONGEST_NAME] or node.name,
        reply_encoding=_one_of(form.reply_encoding, ENCODINGS, "reply_encoding"),
        zip_allowed=form.zip_allowed,
        settings=_settings(form),
    )
    if after == node:
        return
    exchange.save_node(after)
    log.note("exchange.settings", login)


def _settings(form: NodeForm) -> NodeSettings:
    if not LEAST_FILE_LIMIT <= form.file_limit <= FILE_LIMIT:
        least, most = LEAST_FILE_LIMIT // 1000, FILE_LIMIT // 1000
        text = "Укажите размер части от %(least)s до %(most)s КБ"
        raise InvalidInput(text, {"file_limit": text}, least=least, most=most)
    return NodeSettings(
        sessid=form.sessid,
        query_acknowledges=form.query_acknowledges,
        shipped_completes=form.shipped_completes,
        file_limit=form.file_limit,
        rrp_price_type=form.rrp_price_type.strip(),
        price_types={theirs: ours for theirs, ours in _pairs(form.price_types) if theirs != ours},
        states={name: _axes(approval, fulfilment) for name, approval, fulfilment in form.states[:MOST_ROWS] if _name(name)},
        warehouses={id: name if loaded else SKIPPED for id, name, loaded in form.warehouses[:MOST_ROWS] if name or not loaded},
        requisites=dict(_pairs(form.requisites)),
    )


def _pairs(rows: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Rows with both sides filled."""
    return [(_name(left), _name(right)) for left, right in rows[:MOST_ROWS] if _name(left) and _name(right)]


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


def _axes(approval: str, fulfilment: str) -> str:
    """As `NodeSettings.states` keeps them."""
    known = _one_of(approval, ("", *Approval), "states"), _one_of(fulfilment, ("", *Fulfilment), "states")
    return "/".join(known)


def _one_of(value: str, choices: tuple[str, ...], field: str) -> str:
    if value not in choices:
        raise InvalidInput("Выберите значение из списка", {field: "Выберите значение из списка"})
    return value


FIELDS = tuple(ItemField)

"""Bitrix24 both ways, by its incoming webhook: `bitrix24+https://portal.bitrix24.ru/rest/<user>/<code>/?token=<token>`.

`token` is the application token of the outgoing webhook that tells of changes; `access`, `article`, `category` and `stage.<id>`
of the query are `Mapping24`. Orders become deals with product rows; companies, contacts, products and deals are read.

A deal is found by its origin before one is made, and its rows are set once, before its manager has any: a repeat after a lost
answer changes nothing. (The event of a deal follows our own updates too; what it has us read is then no news.)
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.adapters.erp.bitrix24_rest import PAGE, Rest, Row, inner_rows
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats import bitrix24 as rows
from chalicelib.formats.bitrix24 import PREFIX, Mapping24, number, text
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.documents import LinkedDocument
from chalicelib.usecases.ports.neighbours import Gone, RereadPage
from chalicelib.usecases.ports.orders import OrderWithParties, Receipt
from chalicelib.usecases.ports.partners import PartnerRecord

COMPANY, DEALS = 4, 2
"""The CRM's numbers for companies and deals (dev.1c-bitrix.ru/rest_help/crm/constants.php)."""
DOCUMENT = "crm.documentgenerator.document"
DEAL = ("ID", "STAGE_ID", "STAGE_SEMANTIC_ID", "ORIGINATOR_ID", "ORIGIN_ID", "DATE_MODIFY")
CONTACT = ("ID", "NAME", "LAST_NAME", "SECOND_NAME", "COMPANY_ID", "PHONE", "EMAIL")
REQUISITES = ("ID", "ENTITY_ID", "NAME", "RQ_NAME", "RQ_COMPANY_NAME", "RQ_COMPANY_FULL_NAME", "RQ_INN", "RQ_KPP")
PRODUCTS = "p"
"""The catalogue's cursor: ids of sections first, and after them `p<id>` of products."""


class Bitrix24:
    """An `OrderReceiver` and a `Neighbour`."""

    name = node = "Битрикс24"
    kinds = ("partners", "contacts", "catalogue", "deals")
    tells_changes = True

    def __init__(self, rest: Rest, mapping: Mapping24, clock: Clock) -> None:
        self.rest = rest
        self.mapping = mapping
        self.clock = clock

    def knows(self, token: str) -> bool:
        """Whether an event comes from this portal: without a token in the settings, none does."""
        expected = self.rest.caller.address.options.get("token", "")
        return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())

    # --- orders out ---------------------------------------------------------------------------------------------------

    def receive(self, outgoing: OrderWithParties, _key: str) -> Receipt:
        order = outgoing.order
        deal = self._deal(order.number)
        if deal is None:
            deal_id = text(self.rest.call("crm.deal.add", {"fields": rows.deal_fields(order, self.mapping)}))
        else:
            deal_id = text(deal["ID"])
            stage = rows.deal_move(order, deal, self.mapping)
            if stage:
                self.rest.call("crm.deal.update", {"id": deal_id, "fields": {"STAGE_ID": stage}})
        if not self.rest.call("crm.deal.productrows.get", {"id": deal_id}):
            products = self._products([line.item_id for line in order.lines])
            filled = rows.product_rows(order, products)
            self.rest.call("crm.deal.productrows.set", {"id": deal_id, "rows": filled})
        return Receipt()

    def _deal(self, origin: str) -> Row | None:
        """The oldest one, should somebody have copied it with its origin."""
        own = {"ORIGINATOR_ID": rows.ORIGINATOR, "ORIGIN_ID": origin}
        found, _ = self.rest.page("crm.deal.list", {"filter": own, "select": DEAL}, "")
        return found[0] if found else None

    def _products(self, item_ids: Sequence[str]) -> dict[str, str]:
        """Id of ours -> id of the product."""
        known = {id: id.removeprefix(PREFIX) for id in item_ids if id.startswith(PREFIX)}
        foreign = [id for id in item_ids if id not in known]
        for place in range(0, len(foreign), PAGE):
            wanted = {"filter": {"XML_ID": foreign[place : place + PAGE]}, "select": ("ID", "XML_ID")}
            known |= {text(row["XML_ID"]).lower(): text(row["ID"]) for row in self.rest.rows("crm.product.list", wanted)}
        return known

    # --- reading ------------------------------------------------------------------------------------------------------

    def page(self, kind: str, after: str, since: datetime | None) -> RereadPage:
        match kind:
            case "partners":
                found, following = self._changed("crm.company.list", ("ID", "TITLE", self.mapping.access), after, since)
                return self._partners(found, following)
            case "contacts":
                found, following = self._changed("crm.contact.list", ("ID", "COMPANY_ID"), after, since)
                return self._partners(self._companies(text(row.get("COMPANY_ID")) for row in found), following)
            case "catalogue":
                return self._catalogue(after, since)
            case _:
                own = {"ORIGINATOR_ID": rows.ORIGINATOR}
                return self._deals(*self._changed("crm.deal.list", DEAL, after, since, own))

    def one(self, kind: str, id: str) -> RereadPage:
        try:
            return self._one(kind, id)
        except NotFound:
            gone = self._gone(kind, id)
            return RereadPage((gone,) if gone else ())

    @staticmethod
    def _gone(kind: str, id: str) -> Gone | Item | None:
        """Nothing is said of a contact: his place in the cabinet ends with his flag, or with his company's."""
        match kind:
            case "partners":
                return Gone("partners", f"{PREFIX}{id}")
            case "deals":
                return Gone("orders", rows.deal_erp_id(id))
            case "catalogue":
                return Item(f"{PREFIX}{id}", "", deleted=True)
        return None

    def _one(self, kind: str, id: str) -> RereadPage:
        match kind:
            case "partners":
                return self._partners([self.rest.call("crm.company.get", {"id": id})], "")
            case "contacts":
                company = text(self.rest.call("crm.contact.get", {"id": id}).get("COMPANY_ID"))
                return self._partners(self._companies([company]), "")
            case "catalogue":
                return self._products_page([self.rest.call("crm.product.get", {"id": id})], "")
            case _:
                return self._deals([self.rest.call("crm.deal.get", {"id": id})], "")

    def _changed(
        self, method: str, select: Sequence[str], after: str, since: datetime | None, only: Mapping[str, Any] | None = None
    ) -> tuple[list[Row], str]:
        wanted = {**(only or {}), **({">DATE_MODIFY": since.isoformat()} if since else {})}
        return self.rest.page(method, {"filter": wanted, "select": select}, after)

    # --- companies and contacts ---------------------------------------------------------------------------------------

    def _companies(self, ids: Iterable[str]) -> list[Row]:
        wanted = sorted({id for id in ids if id not in ("", "0")})
        if not wanted:
            return []
        select = ("ID", "TITLE", self.mapping.access)
        return list(self.rest.rows("crm.company.list", {"filter": {"ID": wanted}, "select": select}))

    def _partners(self, companies: Sequence[Row], following: str) -> RereadPage:
        """The revision is the instant before reading: what is read later is never older."""
        revision = int(self.clock().timestamp() * 1000)
        ids = [text(row["ID"]) for row in companies]
        people = self._of_companies("crm.contact.list", {"COMPANY_ID": ids}, (*CONTACT, self.mapping.access), "COMPANY_ID", ids)
        wanted = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": ids}
        payers = self._of_companies("crm.requisite.list", wanted, REQUISITES, "ENTITY_ID", ids)
        records, problems = [], []
        for row in companies:
            record, told = self._partner(row, people[text(row["ID"])], payers[text(row["ID"])], revision)
            records.append(record)
            problems += told
        return RereadPage(tuple(records), following, tuple(problems))

    def _of_companies(
        self, method: str, wanted: Mapping[str, Any], select: Sequence[str], owner: str, ids: Sequence[str]
    ) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {id: [] for id in ids}
        for row in self.rest.rows(method, {"filter": wanted, "select": select}) if ids else ():
            found.get(text(row.get(owner)), []).append(row)
        return found

    def _partner(
        self, row: Row, people: Iterable[Row], payers: Sequence[Row], revision: int
    ) -> tuple[PartnerRecord, list[Problem]]:
        """One without requisites pays under its own name."""
        partner = rows.partner(row, self.mapping, revision)
        contacts = [rows.contact(person, partner.id, self.mapping) for person in people]
        own = {"ID": row["ID"], "RQ_COMPANY_NAME": row.get("TITLE")}
        record = PartnerRecord(
            partner=partner,
            contacts=tuple(member for member, _ in contacts),
            counterparties=tuple(map(rows.counterparty, payers or [own])),
            contracts=(rows.contract(partner.id),),
            addresses=None,
        )
        return record, [problem for _, problems in contacts for problem in problems]

    # --- catalogue ----------------------------------------------------------------------------------------------------

    def _catalogue(self, after: str, since: datetime | None) -> RereadPage:
        """Sections first: products are put into them."""
        if after.startswith(PRODUCTS):
            changed = {">TIMESTAMP_X": since.isoformat()} if since else {}
            wanted = {"filter": changed, "select": ("*", "PROPERTY_*")}
            return self._products_page(*self.rest.page("crm.product.list", wanted, after.removeprefix(PRODUCTS)))
        found, following = self.rest.page("crm.productsection.list", {"select": ("ID", "NAME", "SECTION_ID")}, after)
        head = () if after else (rows.PRICE_TYPE,)
        return RereadPage((*head, *map(rows.group, found)), following or PRODUCTS, in_order=True)

    def _products_page(self, products: Sequence[Row], following: str) -> RereadPage:
        units, rates = self._units(), self._rates()
        cards = [rows.item(row, self.mapping, units, rates) for row in products]
        offers = [rows.offer(row, card) for row, card in zip(products, cards, strict=True)]
        return RereadPage((*cards, *offers), following and PRODUCTS + following, in_order=True)

    def _units(self) -> dict[str, str]:
        measures = self.rest.rows("crm.measure.list", {})
        return {text(row["ID"]): text(row.get("SYMBOL_RUS")) or text(row.get("SYMBOL_INTL")) for row in measures}

    def _rates(self) -> dict[str, Decimal]:
        """A rate without a figure is «Без НДС»."""
        found = {text(row["ID"]): number(row.get("RATE")) for row in self.rest.rows("crm.vat.list", {})}
        return {id: rate for id, rate in found.items() if rate is not None}

    # --- deals --------------------------------------------------------------------------------------------------------

    def _deals(self, deals: Sequence[Row], following: str) -> RereadPage:
        results = self.rest.batch([("crm.deal.productrows.get", {"id": text(deal["ID"])}) for deal in deals])
        lines: list[list[Row]] = [list(result) if isinstance(result, list) else [] for result in results]
        items = self._item_ids({text(row.get("PRODUCT_ID")) for some in lines for row in some})
        answers = (rows.erp_order(deal, some, items, self.mapping) for deal, some in zip(deals, lines, strict=True))
        taken = tuple(answer for answer in answers if answer is not None)
        return RereadPage((*taken, *self._documents(deals)), following)

    def _documents(self, deals: Sequence[Row]) -> list[LinkedDocument]:
        """Those with a public link. A webhook without the right to documents has none."""
        ours = [deal for deal in deals if text(deal.get("ORIGINATOR_ID")) == rows.ORIGINATOR and text(deal.get("ORIGIN_ID"))]
        asked = [{"filter[entityTypeId]": DEALS, "filter[entityId]": text(deal["ID"])} for deal in ours]
        lists = self.rest.batch([(f"{DOCUMENT}.list", one) for one in asked])
        found = [(deal, one) for deal, result in zip(ours, lists, strict=True) for one in inner_rows(result, "documents")]
        whole = self.rest.batch([(f"{DOCUMENT}.get", {"id": text(one.get("id"))}) for _, one in found])
        links: list[LinkedDocument] = []
        for (deal, _), result in zip(found, whole, strict=True):
            document = rows.deal_document(result.get("document") or {}) if isinstance(result, dict) else None
            if document is not None:
                revision = int(document.issued_at.timestamp())
                links.append(LinkedDocument(**asdict(document), order_number=text(deal["ORIGIN_ID"]), revision=revision))
        return links

    def _item_ids(self, products: set[str]) -> dict[str, str]:
        """Id of a product -> id of ours."""
        wanted = sorted(products - {"", "0"})
        found: dict[str, str] = {}
        for place in range(0, len(wanted), PAGE):
            asked = {"filter": {"ID": wanted[place : place + PAGE]}, "select": ("ID", "XML_ID")}
            found |= {text(row["ID"]): rows.our_id(row) for row in self.rest.rows("crm.product.list", asked)}
        return found

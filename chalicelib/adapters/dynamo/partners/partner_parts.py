"""Counterparties, contracts and delivery addresses that come as records of their own: the items the partner's card writes too."""

from functools import partial

from chalicelib.adapters.dynamo.exchange.records import DynamoRecords, Shelf
from chalicelib.adapters.dynamo.partners.partners import ADDRESS, CONTRACT, COUNTERPARTY, part_to_item
from chalicelib.domain.partners.partners import Contract, Counterparty, DeliveryAddress


class DynamoContracts(DynamoRecords[Contract]):
    shelf = Shelf("contracts", partial(part_to_item, CONTRACT), shared=True)


class DynamoCounterparties(DynamoRecords[Counterparty]):
    shelf = Shelf("counterparties", partial(part_to_item, COUNTERPARTY), shared=True)


class DynamoDeliveryAddresses(DynamoRecords[DeliveryAddress]):
    shelf = Shelf("delivery_addresses", partial(part_to_item, ADDRESS), shared=True)

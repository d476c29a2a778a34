"""Counterparties, contracts and delivery addresses of `/exchange/v1` as objects of their own, not nested in a partner."""

from typing import Any

from pydantic import ConfigDict

from chalicelib.formats.fields import DeletionMark, PartnerId, Revision
from chalicelib.formats.messages import PARTNER_EXAMPLE, ContractMessage, CounterpartyMessage, DeliveryAddressMessage


def _example(nested: str) -> dict[str, Any]:
    own = {"partner_id": PARTNER_EXAMPLE["id"], "revision": PARTNER_EXAMPLE["revision"] + 1}
    return {**PARTNER_EXAMPLE[nested][0], **own}


COUNTERPARTY_EXAMPLE = _example("counterparties")
CONTRACT_EXAMPLE = _example("contracts")
DELIVERY_ADDRESS_EXAMPLE = _example("delivery_addresses")


class CounterpartyRecordMessage(CounterpartyMessage):
    """Контрагент партнёра отдельной записью: плательщик по заказам. Ждёт партнёра, если он ещё не пришёл.

    Контрагент, вложенный в карточку партнёра, и отдельная запись — один и тот же объект: действует больший номер изменения."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [COUNTERPARTY_EXAMPLE]})

    partner_id: PartnerId
    revision: Revision
    deletion_mark: DeletionMark = False


class ContractRecordMessage(ContractMessage):
    """Договор (соглашение) партнёра отдельной записью. Ждёт партнёра, если он ещё не пришёл.

    Типовое соглашение отправляется по разу на каждого партнёра: договор определяют партнёр и идентификатор вместе."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CONTRACT_EXAMPLE]})

    partner_id: PartnerId
    revision: Revision
    deletion_mark: DeletionMark = False


class DeliveryAddressRecordMessage(DeliveryAddressMessage):
    """Адрес доставки (субпартнёр) отдельной записью. Ждёт партнёра, если он ещё не пришёл."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DELIVERY_ADDRESS_EXAMPLE]})

    partner_id: PartnerId
    revision: Revision
    deletion_mark: DeletionMark = False

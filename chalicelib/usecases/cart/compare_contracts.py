"""The cart under every contract of the dealer: what it would come to, and what could not be ordered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue.catalogue import PriceType
from chalicelib.domain.catalogue.prices import price_for
from chalicelib.domain.partners.partners import Contract
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, CartView, view_cart
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore


@dataclass(frozen=True, slots=True)
class ContractSums:
    """`amount` is what is to be paid and `vat_amount` the VAT in it, in minor units of the contract's currency, for the lines
    that can be ordered; `unavailable` are the others. `difference` from the contract he works under; None in another currency."""

    contract: Contract
    price_type: PriceType | None
    amount: int
    vat_amount: int
    unavailable: tuple[CartRow, ...]
    chosen: bool
    difference: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """In the order of the contracts; `cart` is the cart under the chosen one."""

    cart: CartView
    contracts: tuple[ContractSums, ...]

    @property
    def uneven(self) -> bool:
        """Under the chosen contract itself some lines can't be ordered: sums are of different goods."""
        return any(one.chosen and one.unavailable for one in self.contracts)

    @property
    def cheapest(self) -> ContractSums | None:
        """Of those under which every line can be ordered, where their sums can be compared."""
        whole = [one for one in self.contracts if not one.unavailable and one.difference is not None]
        return min(whole, key=lambda one: one.amount, default=None) if len(whole) > 1 else None


def compare_contracts(index: CatalogueIndex, offers: OfferStore, carts: CartStore, *, visitor: Visitor) -> Comparison:
    """Costs no more than the cart itself: its prices are of all price types."""
    view = view_cart(index, offers, carts, visitor=visitor)
    types = index.classifier(visitor.beacons.snapshot).price_types
    contracts = visitor.account.contracts if visitor.account else ()
    found = [_sums(visitor, contract, view.rows, types) for contract in contracts]
    chosen = next((one for one in found if one.chosen), None)
    return Comparison(view, tuple(_compared(one, chosen) for one in found))


def _sums(visitor: Visitor, contract: Contract, rows: tuple[CartRow, ...], types: Mapping[str, PriceType]) -> ContractSums:
    deal = replace(visitor, contract=contract).deal
    prices = [(row, None if row.barred else price_for(row.prices, deal, row.card, row.line.quantity)) for row in rows]
    sums = [price.sums(row.line.quantity) for row, price in prices if price]
    return ContractSums(
        contract=contract,
        price_type=types.get(contract.price_type_id),
        amount=sum(one.total for one in sums),
        vat_amount=sum(one.vat_amount for one in sums),
        unavailable=tuple(row for row, price in prices if price is None),
        chosen=visitor.contract is not None and contract.id == visitor.contract.id,
    )


def _compared(one: ContractSums, chosen: ContractSums | None) -> ContractSums:
    same = chosen is not None and chosen.contract.currency == one.contract.currency
    return replace(one, difference=one.amount - chosen.amount) if chosen and same else one

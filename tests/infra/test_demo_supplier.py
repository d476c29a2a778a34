"""The demo supplier: alike on every machine, believable, and right to the last check digit."""

import hashlib
import subprocess
import sys
from collections import Counter
from io import BytesIO

from PIL import Image

from infra.demo import SIGN_INS, supplier
from infra.demo.codes import account_sum, ean13, legal_entity_inn, person_inn
from infra.demo.pictures import PAINTERS, draw
from infra.demo.supplier import Group

_FINGERPRINT = "import hashlib; from infra.demo import supplier; print(hashlib.sha256(repr(supplier()).encode()).hexdigest())"


def leaves(groups: tuple[Group, ...], depth: int = 1) -> list[tuple[str, int]]:
    found = [(group.id, depth) for group in groups if not group.children]
    return found + [leaf for group in groups for leaf in leaves(group.children, depth + 1)]


def test_every_process_makes_the_same_supplier() -> None:
    ours = hashlib.sha256(repr(supplier()).encode()).hexdigest()
    theirs = subprocess.run(
        [sys.executable, "-c", _FINGERPRINT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77"}
    )
    assert theirs.stdout.strip() == ours


def test_the_assortment_is_as_large_and_as_deep_as_it_should_be() -> None:
    demo = supplier()
    assert 1800 <= len(demo.items) <= 2200
    assert {depth for _, depth in leaves(demo.groups)} == {3}
    assert {item.group_id for item in demo.items} == {group_id for group_id, _ in leaves(demo.groups)}
    assert (len(demo.price_types), len(demo.warehouses), len(demo.dealers)) == (4, 3, 3)
    assert {group.name for group in demo.groups} == {"Двери", "Погонаж", "Фурнитура", "Рекламные материалы"}


def test_no_two_items_are_taken_for_one_another() -> None:
    items = supplier().items
    for values in ((item.id for item in items), (item.barcode for item in items), (item.name for item in items)):
        assert max(Counter(values).values()) == 1
    variants: dict[str, list[str]] = {}
    for item in items:
        base, _, variant = item.id.partition("#")
        assert bool(variant) == bool(item.variant)
        variants.setdefault(item.sku, []).append(base)
    assert all(len(set(bases)) == 1 for bases in variants.values()), "variants share the article of their item and nobody else's"


def test_names_and_figures_fit_what_1c_takes() -> None:
    for item in supplier().items:
        assert len(item.name) <= 250 and len(item.id) <= 80
        assert item.weight > 0 and item.volume > 0 and item.pack >= 1
        assert len(item.prices) == 4 and min(item.prices.values()) > 0
        assert len(item.balances) == 3 and min(item.balances.values()) >= 0


def test_some_goods_are_out_of_stock_and_most_are_not() -> None:
    quantities = [quantity for item in supplier().items for quantity in item.balances.values()]
    assert 0.05 < sum(not quantity for quantity in quantities) / len(quantities) < 0.4


def test_barcodes_have_right_check_digits() -> None:
    assert ean13("400638133393") == "4006381333931", "a known code"
    for item in supplier().items:
        assert item.barcode == ean13(item.barcode[:12])
        assert item.barcode.startswith("2"), "a prefix no maker has"


def test_inns_and_accounts_have_right_check_digits() -> None:
    assert legal_entity_inn("770708389") == "7707083893", "a known one"
    assert person_inn("5001007322") == "500100732259", "a known one"
    demo = supplier()
    payers = [payer for dealer in demo.dealers for payer in dealer.counterparties]
    for payer in payers:
        make, length = (person_inn, 10) if payer.kind == "sole_trader" else (legal_entity_inn, 9)
        assert payer.inn == make(payer.inn[:length])
        assert payer.inn.startswith("9999"), "a tax office that is nowhere"
    company = demo.company
    assert company.inn == legal_entity_inn(company.inn[:9])
    assert account_sum("025" + "30101810400000000225") % 10 == 0, "a known one: BIK 044525225"
    assert account_sum("025" + "30101810500000000225") % 10, "the sum tells a wrong key"
    assert account_sum(company.bik[-3:] + company.bank_account) % 10 == 0
    assert account_sum(f"0{company.bik[4:6]}" + company.correspondent_account) % 10 == 0
    assert {len(company.bank_account), len(company.correspondent_account)} == {20}
    assert company.correspondent_account.endswith(company.bik[-3:])


def test_dealers_have_what_the_portal_shows() -> None:
    demo = supplier()
    price_types = {kind.id for kind in demo.price_types}
    for dealer in demo.dealers:
        payers = {payer.id for payer in dealer.counterparties}
        assert {payer.kind for payer in dealer.counterparties} == {"legal_entity", "sole_trader"}
        assert len(dealer.contracts) >= 2 and sum(contract.is_default for contract in dealer.contracts) == 1
        assert all(contract.price_type_id in price_types and contract.counterparty_id in payers for contract in dealer.contracts)
        assert all(address.entry_pass and address.max_load_kg and address.latitude for address in dealer.addresses)
    contracts = [contract for dealer in demo.dealers for contract in dealer.contracts]
    assert {contract.prepayment for contract in contracts} == {0, 50, 100}
    assert {contract.payment_deferral for contract in contracts} == {0, 30}


def test_sign_ins_belong_to_the_dealers_in_their_order() -> None:
    phones = ["+" + "".join(filter(str.isdigit, login)) for _, login, _ in SIGN_INS]
    assert phones == [dealer.contacts[0].phone for dealer in supplier().dealers]
    assert all(len(password) >= 10 for _, _, password in SIGN_INS)


def test_every_item_has_a_picture_that_can_be_drawn() -> None:
    demo = supplier()
    assert {item.picture for item in demo.items} == set(demo.drawings)
    assert {drawing.shape for drawing in demo.drawings.values()} == set(PAINTERS)
    examples = {drawing.shape: drawing for drawing in demo.drawings.values()}
    pictures = {shape: draw(drawing) for shape, drawing in examples.items()}
    assert len(set(pictures.values())) == len(pictures)
    for shape, body in pictures.items():
        picture = Image.open(BytesIO(body))
        assert (picture.format, picture.size) == ("JPEG", (600, 800)), shape
        assert len(picture.convert("L").getcolors(256) or []) > 40, f"{shape} is more than a grey box"
    assert draw(examples["lever"]) == pictures["lever"]

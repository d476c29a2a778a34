"""1C asked by OData, on a server that answers as 1C's standard interface does, and as it should not."""

import socket
from collections.abc import Iterator
from decimal import Decimal

import pytest

from chalicelib.adapters.erp import odata as erp
from chalicelib.adapters.erp.odata import odata_erp
from chalicelib.domain.errors import Refused, Unavailable
from tests.one_c import NO_VARIANT, OneC, guid, serving

WAREHOUSE = guid(900)


@pytest.fixture
def one_c() -> Iterator[OneC]:
    with serving(OneC()) as server:
        yield server


def test_warehouses_come_page_by_page_without_deleted_ones(one_c: OneC, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp, "PAGE", 10)
    one_c.warehouses = {guid(number): number % 5 == 0 for number in range(1, 41)}
    assert odata_erp(one_c.url).warehouses() == tuple(guid(number) for number in range(1, 41) if number % 5)
    assert len(one_c.asked) == 4  # 32 warehouses: three full pages and a rest


def test_free_is_on_hand_less_reserved_and_variants_have_their_own_rows(one_c: OneC) -> None:
    one_c.balances[WAREHOUSE] = {
        (guid(1), NO_VARIANT): (50, 12.5),
        (guid(2), guid(77)): (3.375, 0),
        (guid(3), NO_VARIANT): (1, 4),
    }
    assert dict(odata_erp(one_c.url).balances(WAREHOUSE)) == {
        guid(1): Decimal("37.5"),
        f"{guid(2)}#{guid(77)}": Decimal("3.375"),
        guid(3): Decimal(-3),
    }


def test_rows_of_one_item_are_summed(one_c: OneC) -> None:
    row = f'{{"Номенклатура_Key": "{guid(1)}", "ВНаличииBalance": 0.1, "ВРезервеСоСкладаBalance": 0}}'
    one_c.fault = f'{{"value": [{row}, {row}, {row}]}}'
    assert dict(odata_erp(one_c.url).balances(WAREHOUSE)) == {guid(1): Decimal("0.3")}


def test_an_empty_1c_has_nothing(one_c: OneC) -> None:
    client = odata_erp(one_c.url)
    assert client.warehouses() == ()
    assert list(client.balances(WAREHOUSE)) == []


def test_a_wrong_password_is_told_without_telling_it(one_c: OneC) -> None:
    client = odata_erp(one_c.url.replace("@", "%21@"))
    with pytest.raises(Unavailable, match="не принимает имя или пароль") as caught:
        client.warehouses()
    assert "парол" not in str(caught.value).replace("пароль пользователя", "")


@pytest.mark.parametrize(
    "fault",
    [
        "500",
        "403",
        "404",
        "204",
        "redirect",
        "cut short",
        "hangs up",
        "<html>Обновление базы</html>",
        "[]",
        '{"value": 1}',
        '{"value": [1]}',
        '{"value": [{"Ref_Key": "1"}]}',
        '{"value": [{}]}',
        '{"odata.error": {}}',
        '{"value": ',
        "[" * 100_000,
    ],
)
def test_whatever_else_it_answers_it_is_unavailable(one_c: OneC, fault: str) -> None:
    one_c.fault = fault
    with pytest.raises(Unavailable):
        odata_erp(one_c.url).warehouses()


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1e400", '"5"', "null", "true", "1e16"])
def test_a_figure_that_is_none_is_not_taken_for_stock(one_c: OneC, figure: str) -> None:
    row = f'{{"Номенклатура_Key": "{guid(1)}", "ВНаличииBalance": {figure}, "ВРезервеСоСкладаBalance": 0}}'
    one_c.fault = f'{{"value": [{row}]}}'
    with pytest.raises(Unavailable):
        list(odata_erp(one_c.url).balances(WAREHOUSE))


def test_an_answer_that_never_ends_is_given_up(one_c: OneC, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp, "LONGEST", 1000)
    one_c.fault = '{"value": [' + " " * 2000 + "]}"
    with pytest.raises(Unavailable):
        odata_erp(one_c.url).warehouses()


def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp, "SILENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(Unavailable):
        odata_erp(f"http://127.0.0.1:{deaf.getsockname()[1]}/ut11").warehouses()


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable):
        odata_erp(f"http://127.0.0.1:{port}/ut11").warehouses()


def test_a_warehouse_id_can_not_carry_a_condition_of_its_own(one_c: OneC) -> None:
    with pytest.raises(Refused):
        odata_erp(one_c.url).balances(f"{WAREHOUSE}'' or true eq true or Склад_Key eq guid''{WAREHOUSE}")
    assert one_c.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/base", "http:///base", "1c"])
def test_only_http_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match="ERP_URL"):
        odata_erp(url)

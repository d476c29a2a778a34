"""The content manager draws the portal's own tree; dealers see it, each what is open to him."""

from tests.web.goods import publish
from tests.web.shop import Shop

OF_1C = "Двери &lt;i&gt;и&lt;/i&gt; ручки"


def save(shop: Shop, **fields: str) -> str:
    """The id of the category."""
    given = {"id": "", "name": "Двери", "parent_id": "", "place": "1", "kind": "", "segments": "", "partners": ""} | fields
    answer = shop.staff().submit("/categories", "/categories", given)
    assert answer.status == 303, answer.text
    return answer.location.partition("id=")[2].partition("&")[0]


def test_the_tree_of_the_portal_stands_in_place_of_1cs(full: Shop) -> None:
    """CT-02, CT-14, OP-19: rules over groups, goods put by hand, the rest is not sorted but found."""
    dealer = full.dealer()
    assert OF_1C in dealer.get("/catalogue").text
    doors = save(full, group="g1", kind="Двери")
    white = save(full, name="Белые", parent_id=doors)
    placed = full.staff().submit("/categories", "/categories/place", {"codes": "ДЮ-10\nнет такого", "category": white})
    assert "Не нашли" in placed.text and "нет такого" in placed.text
    page = full.staff().get("/categories").text
    assert "обновляется" in page and "вручную: 1" in page
    publish(full)
    page = full.staff().get("/categories").text
    assert "обновляется" not in page and "Не разобрано" in page and "К-1" in page
    page = dealer.get("/catalogue").text
    assert OF_1C not in page and f'href="/catalogue?category={doors}"' in page and "К-1" in page
    below = dealer.get(f"/catalogue?category={doors}").text
    assert "ДБ-1" in below and "ДЮ-10" in below and "К-1" not in below and f"category={white}" in below
    assert "К-1" in dealer.get("/catalogue?text=стойка").text
    assert 'value="@kind~Двери"' in page


def test_a_category_for_others_does_not_exist_for_a_dealer(full: Shop) -> None:
    """AD-03, CT-12: by segment, region or partner; neither tree, list, counts, card nor search show it."""
    secret = save(full, name="Для своих", group="g1", segments="Шоу-румы, VIP")
    dealer = full.dealer()
    assert "ДБ-1" not in dealer.get("/catalogue").text and dealer.get("/items/i1").status == 404  # before the snapshot
    publish(full)
    page = dealer.get("/catalogue").text
    assert "Для своих" not in page and "ДБ-1" not in page and "3 товара" in page
    assert "ДБ-1" not in dealer.get("/search?text=ДБ-1", HX_Request="true").text
    save(full, id=secret, name="Для своих", group="g1")
    assert "ДБ-1" in dealer.get("/catalogue").text


def test_a_group_has_one_category(full: Shop) -> None:
    first = save(full, group="g1")
    second = save(full, name="Другая", group="g1")
    tree = full.runtime.categories.tree()
    assert (tree.categories[first].group_ids, tree.categories[second].group_ids) == ((), ("g1",))


def test_a_category_is_taken_away(full: Shop) -> None:
    top = save(full)
    child = save(full, name="Ниже", parent_id=top)
    full.staff().submit("/categories", "/categories/place", {"codes": "ДЮ-10", "category": top})
    assert full.runtime.categories.tree().placed == {"d1": top}
    assert full.staff().submit("/categories", "/categories/remove", {"id": top}).status == 303
    tree = full.runtime.categories.tree()
    assert set(tree.categories) == {child} and tree.categories[child].parent_id is None and not tree.placed
    assert full.staff().submit("/categories", "/categories/remove", {"id": top}).status == 404


def test_a_category_that_can_not_be_is_refused(full: Shop) -> None:
    top = save(full)
    child = save(full, name="Ниже", parent_id=top)
    staff = full.staff()
    assert staff.submit("/categories", "/categories", {"id": top, "name": "Двери", "parent_id": child}).status == 422
    assert "до 100 знаков" in staff.submit("/categories", "/categories", {"name": "  "}).text
    assert staff.submit("/categories", "/categories", {"id": "нет", "name": "x"}).status == 404
    assert full.dealer().submit("/catalogue", "/categories", {"name": "Моя"}).status == 403

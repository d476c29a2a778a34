"""The search snapshot: what is found, in which order, what is left out, and what a switch of snapshots shows."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.index.build import TantivySnapshotWriter
from chalicelib.adapters.index.read import SnapshotIndex
from chalicelib.adapters.index.words import collation
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup
from chalicelib.domain.catalogue.categories import UNSORTED, Category, CategoryTree
from chalicelib.domain.catalogue.visibility import Assortment, Visibility
from chalicelib.domain.errors import Unavailable
from chalicelib.usecases.ports.catalogue import Card, Classifier, Found, Search
from infra.bench import assortment
from tests.stand_ins.files import MemoryFiles

KEY = "snapshots/one.tar.gz"


def put_snapshot(files: MemoryFiles, items: list[Item], key: str = KEY, classifier: Classifier | None = None) -> None:
    with TantivySnapshotWriter().write(iter(items), classifier or Classifier(), {"import_files/БЛ.jpg": "bolt"}) as packed:
        files.put(key, packed)


class Shop:
    """A snapshot of 300 made items, asked in one line."""

    def __init__(self, folder: Path) -> None:
        self.items = list(assortment.items(300))
        files = MemoryFiles()
        put_snapshot(files, self.items, classifier=assortment.classifier())
        self.index = SnapshotIndex(files, folder)

    def found(self, text: str = "", **asked: object) -> Found:
        return self.index.search(KEY, Search(text=text, **asked))  # type: ignore[arg-type]

    def names(self, text: str = "", **asked: object) -> list[str]:
        return [card.name for card in self.found(text, **asked).cards]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("snapshots"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator["Small"]:
    yield Small(tmp_path)


class Small:
    """A snapshot of the items a test names itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def index(self, *items: Item, classifier: Classifier | None = None) -> "Small":
        files = MemoryFiles()
        put_snapshot(files, list(items), classifier=classifier)
        self.reader = SnapshotIndex(files, self.folder)
        return self

    def ids(self, text: str = "", **asked: object) -> list[str]:
        return [card.id for card in self.reader.search(KEY, Search(text=text, **asked)).cards]  # type: ignore[arg-type]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("болт", "Болт"),
        ("болты", "Болт"),
        ("болтами", "Болт"),
        ("ПЛИТКИ", "Плитка"),
        ("плиток", "Плитка"),  # the vowel that comes and goes
        ("гаек", "Гайка"),
        ("перчаток", "Перчатки"),
        ("шуруповёртов", "Шуруповёрт"),
        ("шуруповерт", "Шуруповёрт"),
        ("ёлочка", "«Ёлочка»"),
        ("елочка", "«Ёлочка»"),
        ("дверей", "Двер"),
        ("смесители", "Смеситель"),
    ],
)
def test_finds_a_word_in_every_form(shop: Shop, asked: str, word: str) -> None:
    """CT-16: Russian word forms, ё as е, any case."""
    expected = {card.id for card in all_cards(shop) if word in card.name}
    found = {card.id for card in shop.found(asked, limit=200).cards if word in card.name}
    assert found == expected and expected


def all_cards(shop: Shop) -> list[Card]:
    found = shop.found(limit=200)
    return [*found.cards, *shop.found(limit=200, offset=200).cards]


def test_all_words_must_stand_in_the_item(shop: Shop) -> None:
    names = shop.names("дверь орех техно", limit=200)
    assert len(names) == 3 and all("«Техно»" in name and "орех" in name for name in names)
    assert shop.names("дверь болт") == []


def test_prepositions_do_not_count(shop: Shop) -> None:
    assert shop.names("саморезы для дерева", limit=200) == shop.names("саморез дереву", limit=200) != []


@pytest.mark.parametrize("asked", ["М8х20 болт", "болт m8x20", "болт М8Х20", "болт м8 20 ", "болт  M8", "болт 8х20 оцинкованный"])
def test_sizes_are_found_in_either_alphabet(shop: Shop, asked: str) -> None:
    assert shop.names(asked)[0].startswith("Болт М8х20")


def test_a_latin_letter_inside_a_russian_word_does_not_hide_it(small: Small) -> None:
    """Names typed in 1C are full of them: C, o, p look the same."""
    small.index(Item("1", "Cмеситель"), Item("2", "Раковина"))
    assert small.ids("смесители") == ["1"] and small.ids("pакoвины") == ["2"]


@pytest.mark.parametrize("asked", ["саморез 3,5x25", "саморез 3.5х25", "саморез 3,5"])
def test_decimal_comma_or_point(shop: Shop, asked: str) -> None:
    assert shop.names(asked)[0].startswith("Саморез по дереву 3,5х25")


def test_the_last_word_may_be_unfinished(shop: Shop) -> None:
    names = shop.names("лампа светод", limit=200)
    assert len(names) == 24 and all("светодиодная" in name for name in names)
    assert shop.names("светод лампа") == []  # only the last one


def test_the_name_stands_above_the_description(small: Small) -> None:
    small.index(Item("1", "Ведро", description="Удобно носить краску"), Item("2", "Краска белая"))
    assert small.ids("краска") == ["2", "1"]


def test_properties_brand_and_kind_are_searched(small: Small) -> None:
    small.index(
        Item("1", "Полка", properties=(("Материал", "берёза"),)),
        Item("2", "Дрель", brand="Зубр"),
        Item("3", "Щит", kind="Реклама"),
    )
    assert (small.ids("береза"), small.ids("зубр"), small.ids("реклама")) == (["1"], ["2"], ["3"])


# --- articles and barcodes --------------------------------------------------------------------------------------------


def test_an_exact_article_beats_a_prefix_beats_the_text(small: Small) -> None:
    """CT-04: the article is what dealers know their goods by."""
    small.index(
        Item("text", "Аналог АВ-12/3 АВ-12/3 АВ-12/3"),
        Item("prefix", "Болт", sku="АВ-12/34"),
        Item("exact", "Гайка", sku="АВ-12/3"),
        Item("other", "Шайба", sku="XX-1"),
    )
    assert small.ids("АВ-12/3") == ["exact", "prefix", "text"]


@pytest.mark.parametrize("asked", ["АВ-12/3", "ав12/3", "ав 12 3", "АВ123", "AB-12/3", "ab123", " AB12 3 "])
def test_an_article_without_punctuation_or_in_the_other_alphabet(small: Small, asked: str) -> None:
    """CT-04: Latin AB is typed for Cyrillic АВ, and the other way round."""
    small.index(Item("1", "Болт", sku="АВ-12/3"), Item("2", "Гайка", sku="АВ-99"))
    assert small.ids(asked)[0] == "1"


def test_as_written_stands_above_the_same_letters_otherwise_divided(small: Small) -> None:
    small.index(Item("a", "Болт", sku="12-3"), Item("b", "Болт", sku="1-23"))
    assert small.ids("1-23") == ["b", "a"] and small.ids("12-3") == ["a", "b"]


@pytest.mark.parametrize("asked", ["00000777", "777", "0777"])
def test_leading_zeros_of_a_code_may_be_left_out(small: Small, asked: str) -> None:
    small.index(Item("1", "Болт", sku="00000777"), Item("2", "Гайка", sku="00000778"))
    assert small.ids(asked) == ["1"]


@pytest.mark.parametrize("asked", ["4607012345678", "4 607012 345678", "болт 4607012345678"])
def test_a_barcode_finds_its_item(small: Small, asked: str) -> None:
    small.index(Item("1", "Болт", barcodes=("4607012345678", "2000000000017")), Item("2", "Болт", barcodes=("4607012345679",)))
    assert small.ids(asked) == ["1"]


def test_a_12_digit_barcode_is_the_13_digit_one_that_begins_with_zero(small: Small) -> None:
    small.index(Item("1", "Болт", barcodes=("012345678905",)))
    assert small.ids("0012345678905") == ["1"]


# --- typing errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "meant"), [("gkbnrf", "плитка"), (",jkn", "болт"), ("djlz", "водя"), ("ифыср", "basch")])
def test_the_wrong_keyboard_layout_is_read_over(small: Small, typed: str, meant: str) -> None:
    small.index(Item("1", "Плитка"), Item("2", "Болт"), Item("3", "Водяной насос"), Item("4", "Basch"))
    found = small.reader.search(KEY, Search(typed))
    assert found.total == 1 and found.read_as == meant


def test_one_letter_may_be_wrong_in_a_long_word(shop: Shop) -> None:
    for typed in ("шурупверт", "шуруповрет", "шурруповерт", "шуруповерд"):
        assert shop.names(typed) and all(name.startswith("Шуруповёрт") for name in shop.names(typed)), typed


def test_two_wrong_letters_or_a_short_word_find_nothing(shop: Shop) -> None:
    assert shop.names("шурпверт") == []
    assert shop.names("балт") == []


def test_a_misspelt_word_is_forgiven_in_any_form(small: Small) -> None:
    small.index(Item("1", "Соска лат. синяя"), Item("2", "Саморез"))
    assert small.ids("самарезами") == ["2"]
    assert small.ids("платье") == []  # its stem «плат» is close to «лат», it is not


def test_guesses_are_made_only_where_nothing_is_found(small: Small) -> None:
    small.index(Item("1", "Полка"), Item("2", "Палка"), Item("3", "Белка"), Item("4", "Булка"))
    assert small.ids("полка") == ["1"]


# --- groups, sorting, pages -------------------------------------------------------------------------------------------


def test_a_group_takes_everything_below_it(shop: Shop) -> None:
    """CT-01: one term of the index takes a subtree."""
    cards = shop.found(group_id="Отделка", limit=200).cards
    assert {card.group_ids[0] for card in cards} == {"Плитка настенная", "Двери межкомнатные", "Погонаж"}
    assert shop.found(group_id="Отделка").total == sum(
        shop.found(group_id=group).total for group in ("Плитка", "Двери и погонаж")
    )
    assert shop.names("болт", group_id="Отделка") == []


def test_groups_with_nothing_to_show_are_left_out(shop: Shop) -> None:
    classifier = shop.index.classifier(KEY)
    assert "Распродажа" not in classifier.groups and "Перчатки" in classifier.groups
    assert classifier.item_counts["Крепёж"] == shop.found(group_id="Крепёж").total
    assert set(classifier.price_types) == {"Оптовая", "Розничная"} and len(classifier.warehouses) == 3


def test_a_loop_in_the_tree_of_groups_ends(small: Small) -> None:
    groups = {"a": ItemGroup("a", "А", "b"), "b": ItemGroup("b", "Б", "a")}
    small.index(Item("1", "Болт", group_ids=("a",)), classifier=Classifier(groups=groups))
    assert small.ids(group_id="a") == small.ids(group_id="b") == ["1"]


def test_names_are_sorted_as_a_russian_expects(small: Small) -> None:
    ordered = ["«Ёж» щётка", "ежевика", "Ёлка", "ель", "Болт М8", "Болт М10", "болт М10х5", "Яма"]
    small.index(*(Item(name, name) for name in ordered))
    expected = ["Болт М8", "Болт М10", "болт М10х5", "«Ёж» щётка", "ежевика", "Ёлка", "ель", "Яма"]
    assert small.ids() == small.ids(sort="name") == expected
    assert small.ids(sort="name", descending=True) == expected[::-1]


def test_articles_are_sorted_with_numbers_as_numbers_and_none_last(small: Small) -> None:
    small.index(Item("1", "А"), Item("2", "Б", sku="К-10"), Item("3", "В", sku="К-9"), Item("4", "Г", sku="к-9/2"))
    assert small.ids(sort="sku") == ["3", "4", "2", "1"]


def test_equally_good_finds_stand_by_name(small: Small) -> None:
    small.index(*(Item(letter, f"Болт {letter}") for letter in "вбга"))
    assert small.ids("болт") == ["а", "б", "в", "г"]


@given(st.text())
def test_every_name_has_a_place_of_its_own(name: str) -> None:
    assert (collation(name) == collation(name + "я")) is False


def test_pages_together_are_the_whole_list_once(shop: Shop) -> None:
    """CT-16: a long list is read page by page without gaps or repeats."""
    for asked in ({}, {"text": "болт"}, {"sort": "sku"}, {"sort": "name", "descending": True}, {"group_id": "Отделка"}):
        total = shop.found(**asked).total  # type: ignore[arg-type]
        ids = [card.id for offset in range(0, total, 50) for card in shop.found(offset=offset, **asked).cards]  # type: ignore[arg-type]
        assert len(ids) == len(set(ids)) == total > 0


@pytest.mark.parametrize(("offset", "limit"), [(-5, 0), (10**30, 50), (0, 10**30), (5, -1)])
def test_senseless_pages_are_made_sane(shop: Shop, offset: int, limit: int) -> None:
    assert shop.found(offset=offset, limit=limit).total > 300 - 50


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_a_card_has_what_a_row_shows(shop: Shop) -> None:
    """CT-03, CT-04, CT-05, CT-06, CT-07, CT-15: name, article, package, weight, volume and picture come with the find."""
    made = shop.items[0]
    card = shop.index.cards(KEY, [made.id])[made.id]
    assert (card.name, card.sku, card.unit, card.brand, card.vat_rate) == (
        made.name,
        made.sku,
        made.unit,
        made.brand,
        Decimal(20),
    )
    assert (card.package_quantity, card.weight_kg, card.volume_m3) == (
        made.package_quantity,
        made.weight_kg,
        made.volume_m3,
    )
    assert (card.picture, card.group_ids) == ("bolt", ("Болты", "Крепёж"))


def test_deleted_items_are_nowhere(small: Small) -> None:
    """CT-17: what 1C deleted can't be found, listed or read by its id, so it can't be ordered."""
    small.index(
        Item("1", "Болт"),
        Item("2", "Болт старый", sku="С-1", deleted=True),
        Item("2#x", "Болт старый (x)", parent_id="2", variant="x"),
        Item("3", "Гайка"),
        Item("3#x", "Гайка (x)", parent_id="3", variant="x", deleted=True),
    )
    assert small.ids("болт") == ["1"] and small.ids("С-1") == [] and small.ids() == ["1", "3"]
    assert set(small.reader.cards(KEY, ["1", "2", "2#x", "3", "3#x", "4"])) == {"1", "3"}


def test_variants_stand_for_their_item_and_take_from_it_what_they_lack(small: Small) -> None:
    """CT-03: offers of 1C name a variant, and leave unit, group, weight to the item."""
    shoe = Item(
        "1", "Ботинок", sku="Б-1", unit="пар", group_ids=("g",), weight_kg=Decimal("1.2"), brand="Шаг", barcodes=("46001",)
    )
    small.index(
        shoe, *(Item(f"1#{n}", f"Ботинок ({n})", variant=f"{n}", parent_id="1", barcodes=(f"4700{n}",)) for n in (42, 43))
    )
    assert small.ids() == small.ids("шаг", sort="name") == small.ids(group_id="g") == small.ids(parent_id="1") == ["1#42", "1#43"]
    card = small.reader.cards(KEY, ["1#43"])["1#43"]
    assert (card.sku, card.unit, card.weight_kg, card.variant) == ("Б-1", "пар", Decimal("1.2"), "43")
    assert small.ids("470043") == ["1#43"] and small.ids("46001") == []


def test_a_variant_may_come_before_its_item(small: Small) -> None:
    small.index(
        Item("1#a", "Ботинок (a)", parent_id="1"), Item("1", "Ботинок", sku="Б-1"), Item("9#z", "Без карточки", parent_id="9")
    )
    assert small.ids() == ["9#z", "1#a"] and small.reader.cards(KEY, ["1#a"])["1#a"].sku == "Б-1"


def test_items_of_every_kind_are_in_one_list(shop: Shop) -> None:
    """CT-13, CT-14: doors, MDF extensions, components and advertising materials stand in one catalogue."""
    listed = {card.id for card in all_cards(shop)}
    sold = {item.id for item in shop.items if not item.id.startswith("ПР") or "#" in item.id}
    assert listed == sold
    assert {item.kind for item in shop.items if item.id in listed} == {"Товар", "Комплектующие", "Рекламные материалы", ""}


def test_an_empty_catalogue_is_empty(small: Small, tmp_path: Path) -> None:
    small.index()
    assert small.ids() == small.ids("болт") == small.ids(sort="sku") == []
    nothing = SnapshotIndex(MemoryFiles(), tmp_path)
    assert nothing.search(None, Search("болт")) == Found((), 0)
    assert nothing.cards(None, ["1"]) == {} and nothing.classifier(None) == Classifier()


# --- hostile texts ----------------------------------------------------------------------------------------------------

SYNTAX = st.sampled_from(
    [*"\"'()[]{}:*~^!+-/\\|&<>=?", " AND ", " OR ", " NOT ", "name:", "\0", "\ud800", "İ", "ß", "½", "м8", "1"]
)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.one_of(SYNTAX, st.text(max_size=12)), max_size=30).map("".join), group=st.none() | st.text(max_size=5))
def test_no_text_breaks_the_search(shop: Shop, text: str, group: str | None) -> None:
    found = shop.found(text, group_id=group)
    assert found.total >= len(found.cards)
    shop.index.cards(KEY, [text])


@pytest.mark.parametrize("text", ["а" * 100_000, "1 " * 50_000, "а-" * 50_000, "\n\t ", "'; DROP TABLE --", "*", "м" * 64 + "8"])
def test_long_and_odd_texts_find_nothing_or_something(shop: Shop, text: str) -> None:
    assert shop.found(text).total <= 400


@settings(max_examples=100, deadline=None)
@given(number=st.integers(0, 249), cut=st.integers(2, 20), letter=st.sampled_from("хxХX"))
def test_every_item_is_found_by_its_own_name_and_article(shop: Shop, number: int, cut: int, letter: str) -> None:
    item = next(one for one in shop.items[number:] if one.id in shop.index.cards(KEY, [one.id]) and one.sku)
    assert item.id in [card.id for card in shop.found(item.name.replace("х", letter), limit=200).cards]
    assert shop.found(item.sku).cards[0].id == item.id
    assert item.id in [card.id for card in shop.found(item.sku.replace("-", "")[:cut], limit=200).cards]


# --- switching snapshots ----------------------------------------------------------------------------------------------


def versions(count: int) -> tuple[MemoryFiles, list[str]]:
    """Snapshots of 50 items each; in number n every item is named «Болт версии n», and one price type is named n."""
    files = MemoryFiles()
    keys = [f"snapshots/{n}.tar.gz" for n in range(count)]
    for n, key in enumerate(keys):
        items = [Item(f"{i}", f"Болт версии {n}", group_ids=(f"g{n}",)) for i in range(50)]
        put_snapshot(files, items, key, Classifier(groups={f"g{n}": ItemGroup(f"g{n}", f"Группа {n}")}))
    return files, keys


def assert_whole(index: SnapshotIndex, key: str) -> None:
    n = Path(key).name.removesuffix(".tar.gz")
    found = index.search(key, Search("болт"))
    assert {card.name for card in found.cards} == {f"Болт версии {n}"} and found.total == 50
    assert set(index.classifier(key).groups) == {f"g{n}"}
    assert index.cards(key, ["7"])["7"].name == f"Болт версии {n}"


def test_eight_threads_see_whole_snapshots_during_switches(tmp_path: Path) -> None:
    """CT-16: while new snapshots come into force nobody sees a mixture; each is fetched once however many ask."""
    files, keys = versions(6)
    index = SnapshotIndex(files, tmp_path)
    together = Barrier(8)

    def read(_thread: int) -> int:
        checks = 0
        for old, new in pairwise(keys):
            together.wait()
            for key in (old, new, old, new) * 5:
                assert_whole(index, key)
                checks += 1
        return checks

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(read, range(8))) == 8 * 100
    assert sorted(files.opened) == keys
    assert list(tmp_path.iterdir()) == []


def test_readers_that_share_a_folder_do_not_hinder_each_other(tmp_path: Path) -> None:
    """Processes of one machine unpack within one folder."""
    files, keys = versions(4)
    together = Barrier(4)

    def read(turn: int) -> None:
        index = SnapshotIndex(files, tmp_path)
        together.wait()
        for step in range(12):
            assert_whole(index, keys[(step + turn) % 4])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(read, range(4)))


def test_a_snapshot_that_is_gone_asks_to_come_back(tmp_path: Path) -> None:
    index = SnapshotIndex(MemoryFiles(), tmp_path)
    with pytest.raises(Unavailable):
        index.search("snapshots/gone.tar.gz", Search())
    assert list(tmp_path.iterdir()) == []


def test_the_one_before_serves_while_the_one_in_force_is_gone(tmp_path: Path) -> None:
    """What a page finds then is said to be behind; a new snapshot is asked for once."""
    files, keys = versions(1)
    asked: list[str] = []
    index = SnapshotIndex(files, tmp_path, lambda: asked.append("new"))
    assert_whole(index, keys[0])
    gone = "snapshots/gone.tar.gz"
    assert not index.behind(keys[0])
    assert [index.search(gone, Search("болт")).total for _ in range(3)] == [50] * 3
    assert index.behind(gone) and not index.behind(keys[0]) and asked == ["new"]
    put_snapshot(files, [Item("1", "Болт")], gone)
    assert index.search(gone, Search("болт")).total == 1 and not index.behind(gone)


def test_a_download_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    files, keys = versions(1)
    whole = files.bodies[keys[0]]
    index = SnapshotIndex(files, tmp_path)
    for cut in range(0, len(whole) - 80, 97):  # beyond that everything is there: only the padding of the archive is missing
        files.bodies[keys[0]] = whole[:cut]
        with pytest.raises(Unavailable):
            index.search(keys[0], Search())
        assert list(tmp_path.iterdir()) == []
    files.bodies[keys[0]] = whole
    assert_whole(index, keys[0])


def test_the_writer_leaves_nothing_behind(tmp_path: Path) -> None:
    with TantivySnapshotWriter(tmp_path).write([Item("1", "Болт")], Classifier(), {}) as packed:
        assert packed.read(2) == b"\x1f\x8b"
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_made(tmp_path: Path) -> None:
    files, keys = versions(1)
    with tempfile.TemporaryDirectory(dir=tmp_path) as parent:
        assert_whole(SnapshotIndex(files, Path(parent, "a", "b")), keys[0])


def test_an_item_may_change_between_snapshots(tmp_path: Path) -> None:
    files = MemoryFiles()
    bolt = Item("1", "Болт", sku="Б-1")
    put_snapshot(files, [bolt], "snapshots/1.tar.gz")
    put_snapshot(files, [replace(bolt, name="Винт")], "snapshots/2.tar.gz")
    index = SnapshotIndex(files, tmp_path)
    assert [index.search(f"snapshots/{n}.tar.gz", Search("винт")).total for n in (1, 2)] == [0, 1]


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_what_is_kept_from_a_visitor_is_neither_found_nor_counted(small: Small) -> None:
    """AD-03, PR-12: by category, group, brand, item; a variant goes with its item."""
    groups = {"top": ItemGroup("top", "Всё"), "secret": ItemGroup("secret", "Тайное", "top")}
    tree = CategoryTree({"c": Category("c", "Реклама", group_ids=("ads",))}, {"placed": "c"}, 1)
    small.index(
        Item("free", "Болт", group_ids=("top",)),
        Item("ad", "Болт", group_ids=("ads",)),
        Item("placed", "Болт", group_ids=("top",)),
        Item("deep", "Болт", group_ids=("secret",)),
        Item("branded", "Болт", brand="Тайна"),
        Item("i#1", "Болт", parent_id="i"),
        classifier=Classifier(groups=groups, categories=tree),
    )
    hidden = Assortment(frozenset({"i"}), frozenset({"secret"}), frozenset({"Тайна"}))
    sight = Visibility(tree, frozenset({"c"}), hidden)
    assert small.ids("болт", visibility=sight) == ["free"] == small.ids(visibility=sight)
    assert len(small.ids("болт")) == 6
    assert small.ids(category_id="c") == ["ad", "placed"] and small.ids(category_id=UNSORTED, visibility=sight) == ["free"]


def test_a_snapshot_of_another_release_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryFiles()
    monkeypatch.setattr("chalicelib.adapters.index.classifier.LAYOUT", 1)
    put_snapshot(files, [Item("1", "Болт")])
    monkeypatch.undo()
    with pytest.raises(Unavailable):
        SnapshotIndex(files, tmp_path).search(KEY, Search())

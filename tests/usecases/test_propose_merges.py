"""«GUID changed, same article»: proposed, never merged by itself; the administrator's word; and what it costs."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.exchange.proposals import MergeProposal, alike, article, same_goods
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.usecases.exchange import answer_proposals
from chalicelib.usecases.exchange.exchange_actions import ActionLog
from chalicelib.usecases.exchange.propose_merges import Proposer
from chalicelib.usecases.ports.catalogue import CatalogueIndex, Found, Search
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Session, Site
from tests.usecases.test_exchange_actions import NOW, visitor


@pytest.fixture
def site(aws: SimpleNamespace) -> Iterator[Site]:
    yield Site()
    runtime.use(None)


def load(site: Site, *items: str) -> None:
    answer = Session(site).check_in().load("import.xml", cml.catalogue(*items))
    assert answer.body == b"success", answer.text


def publish(site: Site) -> None:
    now = site.runtime
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)


def proposed(site: Site) -> list[tuple[str, str]]:
    return [(one.old_id, one.new_id) for one in site.runtime.proposals.open()]


DRILL = cml.item("old-guid", "Дрель ударная 750 Вт", sku="ДУ-750")
AGAIN = cml.item("new-guid", "Дрель  ударная, 750 вт", sku="ду 750")


def test_a_changed_id_is_proposed_and_written_all_the_same(site: Site) -> None:
    """C-03: the id alone is the key; the same article with nearly the same name is told to a person, not merged silently."""
    load(site, DRILL, cml.item("other", "Краска", sku="ДУ-750"), cml.item("bare", "Дрель ударная 750 Вт"))
    publish(site)
    load(site, DRILL, AGAIN, cml.item("bare-2", "Дрель ударная 750 Вт"))
    assert proposed(site) == [("old-guid", "new-guid")]
    assert site.runtime.catalogue.existing(["old-guid", "new-guid"]) == {"old-guid", "new-guid"}
    (one,) = site.runtime.proposals.open()
    assert (one.sku, one.run, one.old_name) == ("ду 750", "00000002", "Дрель ударная 750 Вт")


def test_the_first_load_of_all_proposes_nothing(site: Site) -> None:
    load(site, DRILL, AGAIN)
    assert proposed(site) == []


class Watched:
    """An index that counts what it is asked."""

    def __init__(self, index: CatalogueIndex) -> None:
        self.index, self.asked = index, 0

    def search(self, snapshot: str | None, search: Search) -> Found:
        self.asked += 1
        return self.index.search(snapshot, search)


def test_where_nothing_is_new_nothing_is_looked_for(site: Site) -> None:
    many = [cml.item(f"i{n}", f"Товар {n}", sku=f"A-{n}") for n in range(60)]
    load(site, *many)
    publish(site)
    site.runtime.index = watched = Watched(site.runtime.index)  # type: ignore[assignment]
    load(site, *many)
    assert watched.asked == 0
    load(site, *many, cml.item("new", "Совсем новый", sku="N-1"))
    assert watched.asked == 1


def test_a_card_that_is_gone_takes_nobodys_place(site: Site) -> None:
    load(site, DRILL)
    publish(site)
    load(site, cml.item("old-guid", "Дрель ударная 750 Вт", sku="ДУ-750", status="Удален"))
    load(site, AGAIN)
    assert proposed(site) == []


def test_accepting_marks_the_old_card_and_remembers_its_id(site: Site) -> None:
    """C-03: the old card goes, its id stays known, and a repeat changes nothing."""
    load(site, DRILL)
    publish(site)
    load(site, AGAIN)
    now, (proposal,) = site.runtime, site.runtime.proposals.open()
    log = ActionLog(now.audit, now.clock, visitor())
    site.messages("snapshot")
    answer_proposals.accept(now.proposals, now.exchange, now.queues, now.clock, log, proposal_id=proposal.id)
    (message,) = site.work()
    cards = now.catalogue.cards(["old-guid", "new-guid"])
    assert (cards["old-guid"].deleted, cards["new-guid"].deleted) == (True, False)
    assert now.proposals.alias("old-guid") == "new-guid" and now.proposals.alias("new-guid") is None
    assert proposed(site) == [] and len(site.messages("snapshot")) == 1
    assert not answer_proposals.retire_card(now.catalogue, now.queues, **message)
    with pytest.raises(Conflict):
        now.proposals.accept(proposal, "Анна", NOW)
    with pytest.raises(NotFound):
        answer_proposals.decline(now.proposals, log, proposal_id="x|y")


def test_nothing_goes_where_the_new_card_is_gone_itself(site: Site) -> None:
    load(site, DRILL)
    now = site.runtime
    assert not answer_proposals.retire_card(now.catalogue, now.queues, merge="old-guid", into="new-guid", seq=9)
    now.catalogue.save_cards([Item("new-guid", "Дрель", deleted=True)], 5)
    assert not answer_proposals.retire_card(now.catalogue, now.queues, merge="old-guid", into="new-guid", seq=9)
    assert not now.catalogue.cards(["old-guid"])["old-guid"].deleted


def test_a_declined_pair_is_never_proposed_again(site: Site) -> None:
    load(site, DRILL)
    publish(site)
    load(site, AGAIN)
    now, (proposal,) = site.runtime, site.runtime.proposals.open()
    log = ActionLog(now.audit, now.clock, visitor())
    answer_proposals.decline(now.proposals, log, proposal_id=proposal.id)
    now.catalogue_table.delete(("ITEM#new-guid", "CARD"))
    load(site, AGAIN)
    assert proposed(site) == [] and now.proposals.alias("old-guid") is None


def test_a_death_before_the_cards_are_written_proposes_once(site: Site) -> None:
    """NF-02: what is told before it is written is told again after the death, and kept once."""
    load(site, DRILL)
    publish(site)
    now = site.runtime
    for _ in range(2):
        proposer = Proposer(now.index, now.catalogue, now.proposals, now.clock, "00000002")
        proposer([Item("new-guid", "Дрель ударная 750 Вт", "ДУ-750")])
    assert len(proposed(site)) == 1


def test_proposals_do_not_grow_without_end(site: Site) -> None:
    load(site, *(cml.item(f"old{n}", f"Дрель {n}", sku=f"ДУ-{n}") for n in range(8)))
    publish(site)
    now = site.runtime
    proposer = Proposer(now.index, now.catalogue, now.proposals, now.clock, "00000002")
    proposer.left = 3
    proposer([Item(f"new{n}", f"Дрель {n}", f"ДУ-{n}") for n in range(8)])
    assert len(proposed(site)) == 3


def test_pairs_are_shown_side_by_side_page_by_page(site: Site) -> None:
    now = site.runtime
    for n in range(25):
        now.proposals.add(MergeProposal(f"old{n}", f"new{n:02}", f"A{n}", "а", "а", "00000001", NOW))
    now.catalogue.save_cards([Item("old24", "Дрель")], 1)
    first = answer_proposals.open_pairs(now.proposals, now.catalogue, visitor=visitor())
    assert [pair.proposal.new_id for pair in first] == [f"new{n:02}" for n in range(24, 4, -1)]
    assert first[0].old == Item("old24", "Дрель") and first[0].new is None
    rest = answer_proposals.open_pairs(now.proposals, now.catalogue, visitor=visitor(), before=first[-1].proposal.place)
    assert [pair.proposal.new_id for pair in rest] == [f"new{n:02}" for n in range(4, -1, -1)]
    assert now.proposals.open_count(10) == 10


def test_what_is_the_same_goods() -> None:
    old = Item("o", "Дверь «Ёлка» 2000×800 белая", "ДБ-12/3")
    assert article("ДБ-12/3") == article("дб 12.3") and article("--") == ""
    assert same_goods(old, Item("n", "Дверь Елка белая 2000×800", "дб12-3"))
    assert not same_goods(old, Item("n", "Ручка хром", "ДБ-12/3"))
    assert not same_goods(old, Item("n", "Дверь «Ёлка» 2000×800 белая", "ДБ-12/4"))
    assert not same_goods(old, Item("n#v", "Дверь «Ёлка» 2000×800 белая", "ДБ-12/3"))
    assert not same_goods(Item("i#a", "Дверь", "1"), Item("i#b", "Дверь", "1"))
    assert not same_goods(Item("o", "Дверь", ""), Item("n", "Дверь", ""))
    assert alike("", "") and not alike("дверь", "")

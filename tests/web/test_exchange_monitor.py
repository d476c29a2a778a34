"""The exchange monitor as the administrator sees it: flows, runs, problems, and what he does by hand."""

import csv
import io
import json
import urllib.request
from io import BytesIO
from types import SimpleNamespace
from zipfile import ZipFile

import pytest

from chalicelib.adapters.passwords import Argon2Hasher
from chalicelib.domain.access.users import Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.exchange import ExchangeNode, FileState, Problem, RunState, Tally
from chalicelib.formats.news_messages import NEWS_EXAMPLE
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.usecases.exchange.receive_files import chunk_key
from chalicelib.workers.messages import messages
from chalicelib.workers.worker import consume_batch
from tests.exchange import commerceml as cml
from tests.exchange.conversation import LOGIN, PASSWORD, Session, basic
from tests.people import aws_calls
from tests.web.browser import Browser
from tests.web.exchange_world import CUT_OFF, GOOD, HALF_BAD, PRICES_OF_NOTHING, Exchange
from tests.web.shop import Shop
from tests.workers.allowed import only_allowed

JOURNAL = "/exchange-journal"


@pytest.fixture
def exchange(shop: Shop) -> Exchange:
    return Exchange(shop)


# --- flows ------------------------------------------------------------------------------------------------------------


def test_a_flow_tells_its_last_success_and_what_went_wrong_last(exchange: Exchange) -> None:
    """C-05, C-10: nothing of a file was taken: the first trouble in plain Russian with the name, and the way to its run."""
    exchange.run(("import.xml", GOOD))
    exchange.runtime.clock.pass_by(hours=1)  # type: ignore[attr-defined]
    run = exchange.run(("offers.xml", PRICES_OF_NOTHING))
    page = exchange.administrator.get(JOURNAL).text
    assert "Каталог и цены" in page and "Сбой" in page
    assert "Предложение «Призрак»: Такого товара нет в каталоге" in page
    assert f'href="/exchange-journal/{run.id}"' in page


def test_a_whole_file_that_failed_is_a_failure_of_its_flow(exchange: Exchange) -> None:
    run = exchange.run(("import.xml", CUT_OFF))
    assert run.summary.state is RunState.FAILED
    marks = exchange.runtime.monitor.marks()
    assert marks["catalogue"].success_at is None and marks["catalogue"].problem_run == run.id
    page = exchange.administrator.get(JOURNAL).text
    assert "Сбой" in page and "Файл «import.xml»" in page


def test_what_waits_too_long_is_seen(exchange: Exchange) -> None:
    """C-10: an order nobody fetches turns the flow amber, then red; so does an old dead letter."""
    now = exchange.runtime
    now.outbox.add("orders", "К-17", {}, now.clock())
    exchange.runtime.clock.pass_by(minutes=6)  # type: ignore[attr-defined]
    assert "is-level-attention" in exchange.administrator.get(JOURNAL).text
    exchange.runtime.clock.pass_by(minutes=30)  # type: ignore[attr-defined]
    page = exchange.administrator.get(JOURNAL).text
    assert "is-level-bad" in page and "ждёт 36\u00a0мин" in page
    exchange.bury("documents", {"row": "x"})
    assert "Вернуть в очередь" in exchange.administrator.get(JOURNAL).text


def test_a_page_asks_aws_the_same_few_times_however_much_there_is(exchange: Exchange) -> None:
    """One request for each queue and its dead letters; everything else is a dozen reads, whether there is one run or thirty."""
    counted = []
    for runs in (1, 30):
        for number in range(runs):
            exchange.run((f"import{number}.xml", GOOD))
        watch = exchange.runtime.queue_watch.cloudwatch  # type: ignore[attr-defined]
        with aws_calls(exchange.runtime.dynamodb) as tables, aws_calls(exchange.runtime.sqs) as queues, aws_calls(watch) as ages:
            exchange.administrator.get(JOURNAL)
        counted.append((len(tables), len(queues), len(ages)))
    assert counted[0] == counted[1] == (14, 2 * len(exchange.runtime.settings.queues), 1)


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_is_summed_up_on_its_head(exchange: Exchange) -> None:
    """C-05: counts, state and the first trouble of a run without reading its files."""
    run = exchange.run(("import.xml", HALF_BAD), ("offers.xml", PRICES_OF_NOTHING), ("a.jpg", b"\xff\xd8..\xff\xd9"))
    summary = run.summary
    total = Tally()
    for file in run.files:
        for tally in file.tallies.values():
            total = total.plus(tally)
    assert summary.rows == total and total.refused == 2
    assert (summary.files, summary.ended, summary.failed, summary.problems) == (3, 3, 0, 2)
    assert summary.first == Problem(
        "item", "n9", "Валик", "Группа %(group)s не найдена: товар загружен без неё", (("group", cml.LOST),)
    )
    assert exchange.runtime.exchange.runs()[0].summary == summary


def test_a_file_loaded_again_is_not_counted_twice(exchange: Exchange) -> None:
    run = exchange.run(("import.xml", HALF_BAD))
    before = run.summary
    answer = exchange.do(f"{JOURNAL}/{run.id}", f"{JOURNAL}/{run.id}/retry", file="import.xml")
    assert answer.status == 303
    assert "поставлен в очередь" in exchange.administrator.get(answer.location).text
    exchange.work()
    after = exchange.read(run.id).summary
    assert (after.files, after.ended, after.problems, after.rows.read) == (1, 1, before.problems, before.rows.read)
    assert after.rows.unchanged > before.rows.unchanged


def test_runs_are_found_by_flow_node_state_and_day(exchange: Exchange) -> None:
    runs = [exchange.run(("import.xml", GOOD))]
    exchange.runtime.clock.pass_by(days=2)  # type: ignore[attr-defined]
    runs.append(exchange.run(("import.xml", CUT_OFF), node="УНФ"))
    runs.append(exchange.run(("orders.xml", cml.document("")), kind="sale", node="УНФ"))

    def shown(query: str) -> list[int]:
        """Places of the runs on the page."""
        page = exchange.administrator.get(f"{JOURNAL}?{query}").text
        return [place for place, run in enumerate(runs) if f"Сеанс {run.number}<" in page]

    assert shown("") == [0, 1, 2]
    assert shown("flow=catalogue") == [0, 1]
    assert shown("state=failed") == [1]
    assert shown("node=%D0%A3%D0%9D%D0%A4") == [1, 2]
    assert shown("until=2026-11-21") == [0]
    assert shown("since=2026-11-22&state=failed") == [1]
    assert shown(f"before={runs[1].id}") == [0]


def test_stock_refreshes_do_not_drown_the_rest(exchange: Exchange) -> None:
    """288 rounds a day: those that went well are one line under their own flow, and one that failed stands among all."""
    now = exchange.runtime
    first = exchange.run(("import.xml", GOOD))
    for number in range(12):
        run = now.exchange.open_run("1С OData", "stock", now.clock())
        now.exchange.next_chunk(run.id, "w1", 0)
        error = "1С не ответила" if number == 5 else ""
        now.exchange.finish_file(run.id, "w1", {"balance": Tally(1, 1)}, [], error, now.clock())
    page = exchange.administrator.get(JOURNAL).text
    assert f"Сеанс {first.number}<" in page and page.count("/exchange-journal/0000") < 6
    assert "1С не ответила" in page
    stock = exchange.administrator.get(f"{JOURNAL}?flow=stock").text
    assert "6 успешных сеансов" in stock and "5 успешных сеансов" in stock


def test_pages_follow_one_another(exchange: Exchange) -> None:
    now = exchange.runtime
    for _ in range(60):
        run = now.exchange.open_run("УТ", "catalog", now.clock())
        now.exchange.next_chunk(run.id, "import.xml", 1)
        now.exchange.finish_file(run.id, "import.xml", {"items": Tally(1, 1)}, [], "", now.clock())
    page = exchange.administrator.get(JOURNAL).text
    assert "Сеанс 60<" in page and "Сеанс 11<" in page and "Сеанс 10<" not in page
    rest = exchange.administrator.get(f"{JOURNAL}?before=00000011").text
    assert "before=00000011" in page and "Сеанс 10<" in rest and "Сеанс 1<" in rest and "Сеанс 11<" not in rest


# --- one run ----------------------------------------------------------------------------------------------------------


def test_a_run_shows_its_stages_counts_and_problems(exchange: Exchange) -> None:
    """IN-10, C-05: what came, when it was loaded, what became of the rows, and why one was not taken."""
    run = exchange.run(("import.xml", HALF_BAD), ("offers.xml", PRICES_OF_NOTHING))
    page = exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    for text in ("Получен", "Загружен", "Номенклатура", "Товар «Валик»", "Предложение «Призрак»", "Все замечания в CSV"):
        assert text in page


def test_problems_are_a_sheet_without_formulas(exchange: Exchange) -> None:
    evil = '=HYPERLINK("http://evil")'
    run = exchange.run(("offers.xml", cml.offers(cml.offer("+1", evil, prices={cml.RETAIL: "1"}))))
    answer = exchange.administrator.get(f"{JOURNAL}/{run.id}/problems")
    assert answer.headers["content-type"].startswith("text/csv") and answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Файл", "Что", "Ид", "Наименование", "Причина"]
    assert rows[1][:4] == ["offers.xml", "Предложение", "'+1", "'" + evil]


def test_what_1c_sent_is_downloaded_by_a_link_and_noted(exchange: Exchange) -> None:
    run = exchange.run(("import.xml", GOOD))
    answer = exchange.administrator.get(f"{JOURNAL}/{run.id}/payload?file=import.xml&part=0")
    assert answer.status == 302
    with urllib.request.urlopen(answer.location) as file:
        assert file.read() == GOOD
    assert exchange.administrator.get(f"{JOURNAL}/{run.id}/payload?file=import.xml&part=1").status == 404
    assert exchange.administrator.get(f"{JOURNAL}/{run.id}/payload?file=..%2Fother&part=0").status == 404
    (entry,) = exchange.runtime.audit.recent(exchange.runtime.clock())
    assert (entry.action, entry.subject, entry.run) == ("download", "import.xml", run.id)
    assert entry.actor_name.startswith("Сотрудник") and "Скачать файл: import.xml" in exchange.administrator.get(JOURNAL).text


def test_a_thousand_pictures_are_one_line(exchange: Exchange) -> None:
    now = exchange.runtime
    run = exchange.run(("import.xml", GOOD), *((f"import_files/{n}.jpg", b"\xff\xd8\xff\xd9") for n in range(30)))
    now.exchange.finish_file(run.id, "import_files/7.jpg", {}, [], "Это не картинка", now.clock())
    page = exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    assert "Ещё 29 файлов" in page and "import_files/7.jpg" in page and "import_files/8.jpg" not in page


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_failed_file_is_skipped_and_is_no_failure_any_more(exchange: Exchange) -> None:
    run = exchange.run(("import.xml", CUT_OFF))
    answer = exchange.do(f"{JOURNAL}/{run.id}", f"{JOURNAL}/{run.id}/skip", file="import.xml")
    assert answer.status == 303
    after = exchange.read(run.id)
    assert after.files[0].skipped and after.summary.failed == 0 and after.summary.state is RunState.PROBLEMS
    assert "Файл пропущен администратором" in exchange.administrator.get(JOURNAL).text
    assert "Пропущен: Сотрудник" in exchange.administrator.get(f"{JOURNAL}/{run.id}").text


def test_a_file_under_way_is_left_alone_until_it_is_stuck(exchange: Exchange) -> None:
    """C-10: stuck in the queue for good is seen and can be ended."""
    now = exchange.runtime
    run = exchange.run(("import.xml", GOOD))
    now.exchange.next_chunk(run.id, "offers.xml", 10)
    now.exchange.queue_file(run.id, "offers.xml")
    page, form = f"{JOURNAL}/{run.id}", f"{JOURNAL}/{run.id}/skip"
    assert exchange.do(page, form, file="offers.xml").status == 409
    now.clock.pass_by(minutes=21)  # type: ignore[attr-defined]
    assert "Завис" in exchange.administrator.get(page).text
    assert exchange.do(page, form, file="offers.xml").status == 303
    assert next(file for file in exchange.read(run.id).files if file.name == "offers.xml").state is FileState.FAILED


def kept(exchange: Exchange) -> list[object]:
    """Every row of goods, their prices and stock."""
    goods = [item for item in exchange.runtime.portal.scan() if item["PK"].startswith("ITEM#")]
    return [*exchange.runtime.catalogue_table.scan(), *goods]


def test_a_file_is_tried_without_writing_anything(exchange: Exchange) -> None:
    """C-03: what a load would write, leave and refuse is known before anything is written."""
    run = exchange.run(("offers.xml", cml.offers(cml.offer("n1", "Дрель", prices={cml.RETAIL: "5"}, stock={cml.MOSCOW: "2"}))))
    assert run.summary.rows.refused == 2
    exchange.run(("import.xml", cml.catalogue(cml.item("n1", "Дрель"))))
    before = kept(exchange)
    answer = exchange.do(f"{JOURNAL}/{run.id}", f"{JOURNAL}/{run.id}/check", file="offers.xml")
    assert answer.status == 303
    assert "Файл проверяется" in exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    exchange.work()
    assert kept(exchange) == before
    check = exchange.read(run.id).files[0].check
    assert check and check.finished and check.whole and not check.problems
    assert (check.tallies["prices"], check.tallies["stock"]) == (Tally(1, 1), Tally(1, 1))
    page = exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    assert "Вот что сделала бы загрузка сейчас" in page
    assert exchange.read(run.id).summary == run.summary


def test_a_try_sees_what_the_same_file_brings(exchange: Exchange) -> None:
    run = exchange.run(("import.xml", CUT_OFF))
    both = cml.catalogue(*cml.many(f"m{n}" for n in range(700)))
    now = exchange.runtime
    now.exchange.next_chunk(run.id, "whole.xml", len(both))
    now.files.put(chunk_key(run.id, "whole.xml", 0), both)
    now.exchange.finish_file(run.id, "whole.xml", {}, [], "не загружен", now.clock())
    exchange.do(f"{JOURNAL}/{run.id}", f"{JOURNAL}/{run.id}/check", file="whole.xml")
    exchange.work()
    check = next(file for file in exchange.read(run.id).files if file.name == "whole.xml").check
    assert check and check.tallies["items"] == Tally(700, 700)
    assert now.catalogue.existing(["m1"]) == set()


def test_dead_letters_go_back_to_their_queue(exchange: Exchange) -> None:
    exchange.bury("imports", {"run": "1", "file": "import.xml"}, {"run": "1", "file": "offers.xml"})
    answer = exchange.do(JOURNAL, "/exchange-queues/imports/replay")
    assert answer.status == 303
    assert "возвращены в очередь" in exchange.administrator.get(JOURNAL).text
    assert [message["file"] for message in exchange.messages("imports")] == ["import.xml", "offers.xml"]
    assert exchange.runtime.queue_watch.states(exchange.runtime.clock())["imports"].dead == 0
    exchange.do(JOURNAL, "/exchange-queues/imports/replay")
    assert "уже нет" in exchange.administrator.get(JOURNAL).text
    assert exchange.do(JOURNAL, "/exchange-queues/portal/replay").status == 404


def test_an_order_put_aside_is_given_again(exchange: Exchange) -> None:
    now = exchange.runtime
    row = now.outbox.add("orders", "К-17", {}, now.clock())
    now.outbox.set_aside(row, "1С не приняла этот заказ")
    page = exchange.administrator.get(JOURNAL).text
    assert "Сбой" in page and "Отложенное" in page and "Заказ К-17" in page and "1С не приняла этот заказ" in page
    assert exchange.do(JOURNAL, "/exchange-aside", row=row.id).status == 303
    assert [one.subject for one in now.outbox.pending("orders")] == ["К-17"]
    assert exchange.do(JOURNAL, "/exchange-aside", row=row.id).status == 404


def test_who_may_act(exchange: Exchange, shop: Shop) -> None:
    """AC-18: the buttons of the monitor are the administrator's alone."""
    run = exchange.run(("import.xml", CUT_OFF))
    forms = [f"{JOURNAL}/{run.id}/{what}" for what in ("retry", "skip", "check")]
    forms += ["/exchange-queues/imports/replay", "/exchange-aside", "/exchange-proposals/accept", "/exchange-proposals/decline"]
    for browser in (shop.dealer(), shop.staff(Role.FINANCE)):
        for form in forms:
            assert browser.submit("/", form, {"file": "import.xml"}).status == 403, form
        assert browser.get(f"{JOURNAL}/{run.id}/payload?file=import.xml").status == 403
    assert exchange.runtime.audit.recent(exchange.runtime.clock()) == ()
    assert exchange.read(run.id) == run


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_a_refused_batch_is_kept_and_can_be_downloaded(exchange: Exchange) -> None:
    """C-05: the payload of a JSON batch is a click away, too."""
    now = exchange.runtime
    now.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(PASSWORD)))
    body = b'{"partners": [{"id": "p1", "name": ""}]}'
    sent = Browser().send("POST", "/exchange/v1/partners", body, basic() | {"Content-Type": "application/json"})
    assert sent.status == 200
    (run,) = now.exchange.runs(flow="partners")
    page = exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    assert "Скачать файл" in page and "Загрузить ещё раз" in page
    link = exchange.administrator.get(f"{JOURNAL}/{run.id}/payload?file=partners&part=0").location
    with urllib.request.urlopen(link) as file:
        assert file.read() == body


def test_a_batch_is_taken_again_once_its_cause_is_mended(exchange: Exchange) -> None:
    """C-05, C-08: a record of a document whose partner was away; the second run of the same bytes takes it."""
    now = exchange.runtime
    now.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(PASSWORD)))
    headers = basic() | {"Content-Type": "application/json"}
    taken = NEWS_EXAMPLE | {"id": "n1", "attachments": []}
    body = json.dumps({"news": [taken, {"id": "n2", "revision": "?"}]}).encode()
    assert Browser().send("POST", "/exchange/v1/news", body, headers).status == 200
    (first,) = now.exchange.runs(flow="partners")
    assert exchange.do(f"{JOURNAL}/{first.id}", f"{JOURNAL}/{first.id}/retry", file="news").status == 303
    with only_allowed(now, "worker_imports"):
        exchange.work()
    again = exchange.read(now.exchange.runs(flow="partners")[0].id)
    assert (again.kind, again.node, again.files[0].tallies["news"]) == ("news", LOGIN, Tally(2, 0, 1, 1))
    assert "Загрузить файл ещё раз" in exchange.administrator.get(JOURNAL).text


def test_what_left_nothing_behind_is_not_loaded_again(exchange: Exchange) -> None:
    now = exchange.runtime
    now.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(PASSWORD)))
    body = json.dumps({"entity": "news", "revision": 1, "count": 1, "checksum": "0" * 64, "records": []}).encode()
    Browser().send("POST", "/exchange/v1/reconcile", body, basic() | {"Content-Type": "application/json"})
    (run,) = now.exchange.runs(flow="partners")
    assert "Загрузить ещё раз" not in exchange.administrator.get(f"{JOURNAL}/{run.id}").text
    assert exchange.do("/", f"{JOURNAL}/{run.id}/retry", file="reconcile").status == 409


def test_an_archive_is_tried_whole_and_nothing_is_written(exchange: Exchange) -> None:
    """C-05: its offers are looked at as if the goods before them were loaded."""
    packed = BytesIO()
    offers = cml.offers(
        cml.offer("n1", "Дрель", prices={cml.RETAIL: "1"}), cml.offer("ghost", "Призрак", prices={cml.RETAIL: "1"})
    )
    with ZipFile(packed, "w") as archive:
        archive.writestr("import.xml", GOOD)
        archive.writestr("offers.xml", offers)
        archive.writestr("import_files/ab/photo.jpg", b"picture")
    run = exchange.run(("goods.zip", packed.getvalue()))
    page = f"{JOURNAL}/{run.id}"
    assert exchange.do(page, f"{page}/check", file="goods.zip").status == 303
    exchange.work()
    (check,) = [file.check for file in exchange.read(run.id).files if file.check]
    assert check.finished and check.whole and not check.error
    assert (check.tallies["items"].written, check.tallies["prices"].refused) == (2, 1)
    assert [problem.id for problem in check.problems] == ["ghost"]
    assert exchange.runtime.catalogue.existing(["n1", "n2"]) == set()


# --- proposals --------------------------------------------------------------------------------------------------------


def test_two_cards_of_one_article_are_answered_on_a_page(exchange: Exchange) -> None:
    """C-03: both cards side by side; a word of the administrator decides, and a toast says what happens."""
    now = exchange.runtime
    exchange.run(("import.xml", cml.catalogue(cml.item("g-old", "Дрель <b>ударная</b>", sku="ДУ-750"))))
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
    exchange.run(
        ("import.xml", cml.catalogue(cml.item("g-new", "Дрель <b>ударная</b>", sku="ДУ-750"), cml.item("x", "Дрель", sku="Х")))
    )
    page = exchange.administrator.get("/exchange-proposals").text
    assert "g-old" in page and "g-new" in page and "Дрель &lt;b&gt;ударная" in page and "<b>ударная" not in page
    assert 'mark is-attention">1<' in exchange.administrator.get(JOURNAL).text
    proposal = exchange.administrator.get("/exchange-proposals").hidden("proposal")
    answer = exchange.do("/exchange-proposals", "/exchange-proposals/accept", proposal=proposal)
    assert answer.status == 303
    shown = exchange.administrator.get(answer.location).text
    assert "прежняя будет помечена удалённой" in shown and "Похожих карточек нет" in shown
    exchange.work()
    assert now.catalogue.cards(["g-old"])["g-old"].deleted
    assert exchange.do("/exchange-proposals", "/exchange-proposals/decline", proposal=proposal).status == 409
    assert exchange.do("/exchange-proposals", "/exchange-proposals/decline", proposal="no|such").status == 404


# --- flows without files ----------------------------------------------------------------------------------------------


def test_1c_that_comes_for_orders_is_a_sign_of_life(exchange: Exchange) -> None:
    """IN-10: an empty `mode=query` is a success of the flow; so is an acknowledged batch."""
    now = exchange.runtime
    now.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(PASSWORD)))
    session = Session(exchange, "sale").check_in()
    assert "orders_out" not in now.monitor.marks()
    session.ask("query")
    assert now.monitor.marks()["orders_out"].success_at == now.clock()


def test_a_letter_that_does_not_go_is_told_with_its_address(exchange: Exchange) -> None:
    """C-10: a flow of letters that fell silent says so, and who waits for one."""
    now = exchange.runtime

    class Deaf:
        def send(self, letter: object) -> None:
            raise Unavailable("Почтовый сервер не отвечает")

    sender, now.mail = now.mail, Deaf()
    row = now.outbox.add("messages", "u", {"channel": "mail", "to": "a@dealer.example", "subject": "С", "text": "Т"}, now.clock())
    records = [{"messageId": "m", "body": json.dumps({"row": row.id})}]
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    assert consume_batch(messages, records, context, in_order=False)["batchItemFailures"]
    page = exchange.administrator.get(JOURNAL).text
    assert "Сообщение «a@dealer.example»: Почтовый сервер не отвечает" in page and "Сбой" in page
    now.mail = sender
    now.clock.pass_by(minutes=1)  # type: ignore[attr-defined]
    assert not consume_batch(messages, records, context, in_order=False)["batchItemFailures"]
    assert now.monitor.marks()["messages"].success_at == now.clock()
    assert "Сбой" not in exchange.administrator.get(JOURNAL).text


def test_everything_here_speaks_english_too(exchange: Exchange) -> None:
    exchange.run(("import.xml", CUT_OFF))
    run = exchange.run(("import.xml", HALF_BAD))
    exchange.administrator.submit("/", "/language", {"language": "en"})
    for address in (JOURNAL, f"{JOURNAL}/{run.id}", "/exchange-proposals"):
        page = exchange.administrator.get(address)
        assert page.status == 200 and 'lang="en"' in page.text
    assert "Exchange monitor" in exchange.administrator.get(JOURNAL).text


# --- permissions of the function --------------------------------------------------------------------------------------


def test_the_pages_need_no_more_than_the_function_may(exchange: Exchange) -> None:
    """Every page and action of the monitor under the API function's own policy."""
    run = exchange.run(("import.xml", CUT_OFF), ("offers.xml", PRICES_OF_NOTHING))
    exchange.bury("imports", {"run": "9", "file": "x.xml", "kind": "catalog", "node": "1c", "seq": 9})
    exchange.bury("messages", {"row": "x"})
    page = f"{JOURNAL}/{run.id}"
    with only_allowed(exchange.runtime, "api_handler") as needed:
        exchange.administrator.get(JOURNAL)
        exchange.administrator.get(page)
        exchange.administrator.get(f"{page}/payload?file=import.xml&part=0")
        for what in ("check", "retry"):
            assert exchange.do(page, f"{page}/{what}", file="offers.xml").status == 303
        assert exchange.do(page, f"{page}/skip", file="import.xml").status == 303
        for queue in ("imports", "messages"):
            assert exchange.do(JOURNAL, f"/exchange-queues/{queue}/replay").status == 303
        exchange.administrator.get("/exchange-proposals")
    assert ("sqs:DeleteMessage", "arn:aws:sqs:eu-central-1:1:kabinet-test-imports-dead.fifo") in needed
    with only_allowed(exchange.runtime, "worker_imports"):
        exchange.work()

"""An exchange killed anywhere, given again, repeated, left half-way: the same rows and verdicts, a whole search snapshot."""

import io
import os
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import FileState
from chalicelib.log import logger
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Session
from tests.exchange.crash_site import Away, CrashSite, Died, Files, Refusal

SCHEDULES = int(os.environ.get("KABINET_SCHEDULES", "150"))


@pytest.fixture(autouse=True)
def _own_runtime() -> Iterator[None]:
    """Thousands of deaths need no thousands of lines about them."""
    level = logger.log_level
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel(level)
    runtime.use(None)


def portion(version: int, items: int = 3) -> Files:
    """A catalogue with its offers; every version says all of every item, each in figures of its own.

    One item is taken off sale in odd versions, one has a variant that stands in the offers alone, one offer is of a stranger.
    """
    status = "Удален" if version % 2 else ""
    goods = [cml.item(f"i{n}", f"Дрель {n} в. {version}", sku=f"Д-{n}", status=status if n == 0 else "") for n in range(items)]
    prices = {cml.RETAIL: f"{100 + version}.50", cml.DEALER: f"{90 + version}"}
    rows = [cml.offer(f"i{n}", prices=prices, stock={cml.MOSCOW: f"{version}", cml.KAZAN: f"{n}.5"}) for n in range(items)]
    rows.append(cml.offer("i1#v1", f"Дрель 1 (красная) в. {version}", prices=prices, stock={cml.MOSCOW: f"{version + 1}"}))
    rows.append(cml.offer("stranger", "Призрак", prices=prices))
    return {"import0_1.xml": cml.catalogue(*goods), "offers0_1.xml": cml.offers(*rows)}


def packed(files: Files) -> Files:
    """All of it in one archive; 1C asks for the names inside."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return {"v8_1.zip": body.getvalue()}


def site_with(*versions: Files) -> CrashSite:
    site = CrashSite()
    for files in versions:
        site.exchange(files)
        site.drain()
    return site


SCENARIOS = {
    "a portion over an older one": portion(2, items=4),
    "the same portion again": portion(1),
    "items alone": {"import0_1.xml": portion(2)["import0_1.xml"]},
    "an archive": packed(portion(2, items=4)),
    "several transactions at once": portion(2, items=130),
}


def _limit(files: Files) -> int:
    """Two or three chunks of each file."""
    return max(map(len, files.values())) // 2 + 1


@pytest.mark.parametrize("error", [Died, Away])
@pytest.mark.parametrize("name", SCENARIOS)
def test_dead_before_or_after_any_call(name: str, error: type[BaseException]) -> None:
    """CT-01, IN-08: at every call that is made of a store, in the request or in the worker, before it and after it."""
    files = SCENARIOS[name]
    first = portion(1, items=130) if len(files.get("import0_1.xml", b"")) > 30_000 else portion(1)
    begun = site_with(first)
    whole = begun.twin()
    seen = whole.snapshots_seen[-1]
    whole.deaths.made = 0
    whole.exchange(files, limit=_limit(files))
    whole.drain()
    calls = whole.deaths.made
    good = set(whole.snapshots_seen)
    assert whole.indexed() and (whole.snapshots_seen[-1] == seen) is (name == "the same portion again")
    points = [(number, when) for number in range(1, calls + 1) for when in ("before", "after")]
    if len(first["import0_1.xml"]) > 30_000:
        points = random.Random(7).sample(points, 30)
    died = sessions = 0
    for number, when in points:
        site = begun.twin()
        site.deaths.made, site.deaths.number, site.deaths.when, site.deaths.error = 0, number, when, error
        site.deaths.armed = True
        sessions += site.exchange(files, limit=_limit(files))
        site.drain()
        site.deaths.armed = False
        died += site.deaths.happened
        where = (name, error.__name__, number, when)
        assert site.digest() == whole.digest(), where
        assert site.verdicts() == whole.verdicts(), where
        assert site.indexed(), (*where, "the search snapshot is older than the catalogue")
        assert set(site.snapshots_seen) <= good, (*where, "a snapshot of half a file was in force")
        site.balanced()
    print(f"{name}, {error.__name__}: {calls} calls, {len(points)} points, {died} deaths, {sessions} sessions")
    assert died > 0.9 * len(points)


@pytest.mark.parametrize("times", range(1, 11))
def test_a_message_given_many_times(times: int) -> None:
    """Every message of every queue is worked on again, up to ten times, at once and after all the others."""
    whole, site = site_with(portion(1), portion(2)), site_with(portion(1), portion(2))
    for queue, record in site.records * times:
        site.consume_again(queue, record)
    assert (site.digest(), site.verdicts()) == (whole.digest(), whole.verdicts()) and site.indexed()
    random.Random(times).shuffle(site.records)
    for queue, record in site.records:
        site.consume_again(queue, record)
    assert (site.digest(), site.verdicts()) == (whole.digest(), whole.verdicts()) and site.indexed()


def test_a_1c_that_never_asks_for_the_verdict() -> None:
    """УТ with «без ожидания подтверждения»: the end of a file is told by its closing tag."""
    whole, site = site_with(portion(1), portion(2)), site_with(portion(1))
    site.exchange(portion(2), asks=False)
    site.drain()
    assert (site.digest(), site.verdicts()) == (whole.digest(), whole.verdicts()) and site.indexed()


def test_sessions_left_anywhere_leave_nothing_behind() -> None:
    """1C stops after any number of requests; what it sent whole is loaded, the rest is as if it had never come."""
    files = portion(2)
    requests = _requests(files)
    whole = site_with(portion(1), files)
    for stop in range(1, requests + 1):
        site = site_with(portion(1))
        _abandon(site, files, stop)
        site.drain()
        site.balanced()
        assert site.indexed()
        site.exchange(files)
        site.drain()
        assert (site.digest(), site.verdicts()) == (whole.digest(), whole.verdicts()), stop
    print(f"{requests} places to stop")


class Enough(Exception):
    """1C was switched off."""


def _abandon(site: CrashSite, files: Files, stop: int) -> int:
    """A session that ends after `stop` requests; how many there were."""
    made = 0
    asked = site.ask

    def ask(*given: object, **named: object) -> object:
        nonlocal made
        if made == stop:
            raise Enough
        made += 1
        return asked(*given, **named)  # type: ignore[arg-type]

    site.ask = ask  # type: ignore[method-assign, assignment]
    try:
        site.session(files, 2000, True)
    except Enough:
        pass
    finally:
        del site.ask  # type: ignore[misc]
    return made


def _requests(files: Files) -> int:
    return _abandon(site_with(portion(1)), files, 10_000)


def test_two_sessions_at_once() -> None:
    """Every request of two sessions mixed at random, workers in between: of each file the figures of the one begun later stay."""
    tried: Counter[str] = Counter()
    wanted = {versions: _mixed(*versions).digest() for versions in product((2, 3), repeat=2)}
    for seed in range(SCHEDULES):
        dice = random.Random(seed)
        site = site_with(portion(1))
        begun: dict[str, int] = {}
        talks = [_talk(Session(site).check_in(), version, begun) for version in (2, 3)]
        while talks:
            if dice.random() < 0.2:
                site.step(dice.choice(("imports", "snapshot")))
                tried["steps of workers"] += 1
            elif next(talk := dice.choice(talks), "over") == "over":
                talks.remove(talk)
            tried["requests"] += 1
        site.drain()
        versions = begun["import0_1.xml"], begun["offers0_1.xml"]
        tried[f"last begun: {versions}"] += 1
        assert site.digest() == wanted[versions], (seed, versions)
        assert site.indexed(), seed
        site.balanced()
    print(f"{SCHEDULES} schedules: {dict(tried)}")


def _mixed(goods: int, offers: int) -> CrashSite:
    """The items of one version with the offers of another."""
    return site_with(portion(1), portion(goods) | {"offers0_1.xml": portion(offers)["offers0_1.xml"]})


def _talk(session: Session, version: int, begun: dict[str, int]) -> Iterator[str]:
    """A session request by request; `begun` is told which version of a file has begun last."""
    files = portion(version)
    for name, content in files.items():
        begun[name] = version
        for start in range(0, len(content), 1500):
            yield session.ask("file", content[start : start + 1500], filename=name).verdict
    for name in files:
        for _ in range(3):
            yield session.ask("import", filename=name).verdict


def test_random_double_deaths() -> None:
    """Three deaths or failed calls anywhere in one exchange, over a random scenario."""
    tried: Counter[str] = Counter()
    wholes = {
        name: site_with(portion(1), files) for name, files in SCENARIOS.items() if len(files) < 50 and "several" not in name
    }
    for seed in range(SCHEDULES):
        dice = random.Random(seed)
        name = dice.choice(sorted(wholes))
        site = site_with(portion(1))
        for _ in range(3):
            _arm(site, dice)
            try:
                site.session(SCENARIOS[name], 2000, dice.random() < 0.7)
            except (Died, Refusal):
                tried["sessions broken off"] += 1
            for _ in range(dice.randrange(6)):
                site.step(dice.choice(("imports", "snapshot")))
        tried["deaths"] += site.deaths.happened
        site.deaths.armed = False
        site.exchange(SCENARIOS[name])
        site.drain()
        assert (site.digest(), site.verdicts()) == (wholes[name].digest(), wholes[name].verdicts()), (seed, name)
        assert site.indexed(), (seed, name)
    print(f"{SCHEDULES} histories: {dict(tried)}")
    assert tried["deaths"] > SCHEDULES


def _arm(site: CrashSite, dice: random.Random) -> None:
    site.deaths.made, site.deaths.number = 0, dice.randrange(1, 90)
    site.deaths.when, site.deaths.error = dice.choice(("before", "after")), dice.choice((Died, Away))
    site.deaths.armed = True


def test_a_file_of_a_dead_session_never_keeps_others_waiting() -> None:
    """A file left in the middle of its chunks is no file that runs."""
    site = site_with(portion(1))
    session = Session(site).check_in()
    session.ask("file", portion(2)["import0_1.xml"][:900], filename="import0_1.xml")
    assert site.exchange(portion(3)) == 1
    site.drain()
    assert site.verdicts()["offers0_1.xml"][0] is FileState.DONE

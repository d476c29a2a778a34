"""When a message goes out: quiet hours and digests of any person at any instant."""

from datetime import UTC, datetime, time, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.access.users import Role
from chalicelib.domain.notifications import LOUD, URGENT, Channel, Digest, Event, Preferences, default_matrix

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # the zone is given
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
PEOPLE = st.builds(Preferences, digest=st.sampled_from(Digest), zone=st.integers(2, 12), quiet_from=CLOCKS, quiet_to=CLOCKS)
OUTSIDE = st.sampled_from([channel for channel in Channel if channel is not Channel.CABINET])


@given(PEOPLE, st.sampled_from(Event), INSTANTS)
def test_the_portal_itself_never_waits(person: Preferences, event: Event, now: datetime) -> None:
    assert person.due(event, Channel.CABINET, now) == now


@given(PEOPLE, st.sampled_from(Event), OUTSIDE, INSTANTS)
def test_nothing_is_early_lost_or_held_for_more_than_two_days(
    person: Preferences, event: Event, channel: Channel, now: datetime
) -> None:
    """A digest waits a day at most, and quiet hours another."""
    assert now <= person.due(event, channel, now) <= now + timedelta(days=2)


@given(PEOPLE, st.sampled_from(Event), OUTSIDE, INSTANTS)
def test_quiet_hours_are_quiet(person: Preferences, event: Event, channel: Channel, now: datetime) -> None:
    """But a letter somebody waits for an answer to goes at once, day and night."""
    if event in URGENT and channel not in LOUD:
        assert person.due(event, channel, now) == now
    else:
        assert not person.is_quiet(person.due(event, channel, now))


@given(PEOPLE, st.sampled_from(sorted(set(Event) - URGENT)), OUTSIDE, INSTANTS, INSTANTS)
def test_a_digest_gathers_and_keeps_the_order(
    person: Preferences, event: Event, channel: Channel, one: datetime, other: datetime
) -> None:
    first, second = sorted((one, other))
    assert person.due(event, channel, first) <= person.due(event, channel, second)
    due = person.due(event, channel, first)
    if person.digest is not Digest.NONE and first < second < due:
        assert person.due(event, channel, second) == due, "what happens before a digest leaves goes with it"


def test_the_hours_of_a_dealer_in_vladivostok() -> None:
    at_night = datetime(2026, 11, 21, 23, 30, tzinfo=timezone(timedelta(hours=10)))
    person = Preferences(zone=10)
    assert person.due(Event.PAYMENT, Channel.SMS, at_night) == at_night.replace(day=22, hour=8, minute=0)
    assert Preferences(zone=3).due(Event.PAYMENT, Channel.SMS, at_night) == at_night, "in Moscow it is half past four"
    daily = Preferences(zone=10, digest=Digest.DAILY)
    assert daily.due(Event.PAYMENT, Channel.MAIL, at_night) == at_night.replace(day=22, hour=9, minute=0)
    none = Preferences(zone=10, quiet_from=time(8), quiet_to=time(8))
    assert none.due(Event.PAYMENT, Channel.SMS, at_night) == at_night


def test_every_event_is_in_the_portal_by_default_and_a_choice_stands() -> None:
    for role in Role:
        assert all(Channel.CABINET in channels for channels in default_matrix(role).values())
    person = Preferences({Event.PAYMENT: frozenset()})
    assert person.channels(Event.PAYMENT, Role.EMPLOYEE) == frozenset()
    assert person.channels(Event.CONFIRMED, Role.ACCOUNT_HEAD) == {Channel.CABINET, Channel.MAIL}
    assert person.channels(Event.CONFIRMED, Role.EMPLOYEE) == {Channel.CABINET}

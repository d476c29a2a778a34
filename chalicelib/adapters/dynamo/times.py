"""Instants as DynamoDB keeps them: ISO 8601 in UTC with microseconds, so that text order is time order."""

from datetime import UTC, datetime


def instant_text(at: datetime) -> str:
    """`2026-11-21T10:15:30.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(text: str) -> datetime:
    """The inverse of `instant_text`."""
    return datetime.fromisoformat(text)

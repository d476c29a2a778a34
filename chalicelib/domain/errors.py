"""What can go wrong, as the people and systems around Kabinet meet it.

    KabinetError
    ├── Refused              the request or the record can't be taken as it is; trying again changes nothing
    │   ├── InvalidInput     a field is wrong; `fields` names them (page: 422 with the form redrawn)
    │   ├── NotFound         there is no such thing in the caller's scope (404, also for another partner's)
    │   ├── Conflict         it changed meanwhile; the caller must look again (409)
    │   ├── NotSignedIn      no session, or it was revoked (sign-in page, 401)
    │   ├── Forbidden        signed in, but the role does not allow it (403)
    │   ├── TooManyAttempts  the rate limit of sign-in (429)
    │   └── BrokenFile       a file of the exchange can't be read at all (`failure`)
    └── Unavailable          a neighbour does not answer; the same call may succeed later (503, retry)
        └── Failing          it answers, and fails at this very request: counted, for the request may be to blame

The message is a Russian gettext msgid with named parameters; the edge translates it.
"""

from collections.abc import Mapping


class KabinetError(Exception):
    """Root of the tree. `message` is a msgid, `params` fill its `%(name)s` places."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Refused(KabinetError):
    """Final for this input."""


class InvalidInput(Refused):
    """Wrong fields: name of the form field -> msgid of what is wrong with it."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None, **params: object) -> None:
        super().__init__(message, **params)
        self.fields = dict(fields or {})


class NotFound(Refused):
    """No such thing in the caller's scope."""


class Conflict(Refused):
    """Changed by somebody else since the caller looked."""


class NotSignedIn(Refused):
    """No valid session."""


class Forbidden(Refused):
    """The role does not allow it."""


class TooManyAttempts(Refused):
    """The limit of attempts is used up for now."""


class BrokenFile(Refused):
    """The bytes can't be read as what they claim to be."""


class Unavailable(KabinetError):
    """A neighbouring system does not answer now."""


class Failing(Unavailable):
    """A neighbouring system is there and fails at this very request."""

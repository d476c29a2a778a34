"""Passwords as argon2id hashes (RFC 9106) with the figures of OWASP's cheat sheet: 19 MiB, two passes, one lane."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argon2

MEMORY_KIB = 19456
PASSES = 2
LANES = 1
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$Aspum2WNgI7mvpyutFBnqQ$0fKu17CcvdzLq51lHD1fCVLZL1cRQv0ku8vGTeT2XTc"
"""The hash of a forgotten random text: comparing with it costs what comparing with a real one costs."""


class Argon2Hasher:
    @cached_property
    def _argon2(self) -> "argon2.PasswordHasher":
        import argon2

        return argon2.PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._argon2.verify(password_hash or NOBODY, password)
        except (InvalidHashError, VerificationError, UnicodeEncodeError):
            return False
        return bool(password_hash)

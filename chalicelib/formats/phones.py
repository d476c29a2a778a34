"""Phones and sign-in names as people write them -> as they are kept."""

REGION = "RU"
"""Numbers without a country code are Russian."""

LONGEST = 64
LONGEST_EMAIL = 254


def normalise(text: str) -> str | None:
    """E.164 ("+79161234567") of a phone in any writing; None for what can't be one."""
    import phonenumbers

    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def login(text: str) -> str:
    """What a person typed as his login -> the key he is found by: a lower-case e-mail or an E.164 phone.

    What is neither comes back trimmed, and finds nobody.
    """
    typed = text.strip()
    if "@" in typed:
        return typed.lower()
    return normalise(typed) or typed


def email(text: str) -> str | None:
    """A lower-case address; None for what can't be one. Whether anybody reads it, a letter will tell."""
    address = text.strip().lower()
    name, at, domain = address.rpartition("@")
    right = at and name and "." in domain.strip(".") and len(address) <= LONGEST_EMAIL and address.isprintable()
    return address if right and not set(address) & set(" ,;<>\"'()") and "@" not in name else None

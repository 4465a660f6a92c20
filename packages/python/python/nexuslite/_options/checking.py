"""Options looked up in the table."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from nexuslite._options.rules import Kind, Refused, Rule
from nexuslite._options.table import TABLE
from nexuslite.errors import ConfigurationError, NotSupportedError

__all__ = ["ANY_CASE", "check"]

#: The constructors whose options may be written in any case.
ANY_CASE: Final = frozenset({"Client", "Database"})
# Options whose values must not be found in a log.
_SECRETS: Final = frozenset({"authmechanismproperties", "password", "tlscertificatekeyfilepassword"})


def check(verb: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of ``options`` that ``verb`` has to act upon, by name, with the values it has to use.

    ``verb`` is the name of a method (``"find"``) or of a constructor (``"Client"``, ``"Database"``). Options that are
    None are left out, and so are those that ask for what happens anyway. The options of constructors may be written
    in any case, as MongoDB's are (``retryWrites``).

    Raises:
        NotSupportedError: The option cannot be had; the message names the verb, the option and the value.
        ConfigurationError: The verb has no such option.
        TypeError, ValueError: The value means nothing.
    """
    rules = TABLE[verb]
    is_any_case = verb in ANY_CASE
    taken: dict[str, Any] = {}
    for given, value in options.items():
        name = given.lower() if is_any_case else given
        rule = rules.get(name)
        if rule is None:
            raise ConfigurationError(_unknown(verb, given, rules))
        if value is None:
            continue
        try:
            accepted = rule.take(value)
        except Refused as refusal:
            shown = given if name in _SECRETS else f"{given}={value!r}"
            raise NotSupportedError(f"{verb}: option {shown} is not supported: {refusal}") from None
        except TypeError as error:
            raise TypeError(f"{verb}: option {given}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{verb}: option {given}: {error}") from None
        if rule.kind is Kind.HONOURED:
            taken[rule.becomes or name] = accepted
    return taken


def _unknown(verb: str, given: str, rules: Mapping[str, Rule]) -> str:
    close = difflib.get_close_matches(given.lower(), rules, n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{verb}: unknown option {given!r}{hint}"

"""Every keyword option of every verb and constructor that is shared with pymongo, in one table.

An option is of one of three kinds: it is *honoured*; or it is *mapped*, which means that the values accepted ask for
what happens anyway; or it is *refused* by an error that names it. Nothing is ignored: a value that is neither
honoured nor the same as what happens anyway is refused.

``None`` means everywhere that the option was not given.
"""

from __future__ import annotations

from nexuslite._options.checking import ANY_CASE, check
from nexuslite._options.rules import Kind, Rule
from nexuslite._options.table import TABLE

__all__ = ["ANY_CASE", "TABLE", "Kind", "Rule", "check"]

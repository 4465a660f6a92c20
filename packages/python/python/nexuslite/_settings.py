"""What databases and collections inherit: how documents are read, and the concerns that are said and change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nexuslite import _nexuslite
from nexuslite._options import check
from nexuslite.bson import CodecOptions, DatetimeConversion, UuidRepresentation
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Primary, _Mode
from nexuslite.write_concern import WriteConcern

__all__ = ["Settings", "default_settings"]


@dataclass(frozen=True)
class Settings:
    """The settings of a handle."""

    codec_options: CodecOptions[Any]
    codec: _nexuslite.Codec
    read_preference: _Mode
    write_concern: WriteConcern
    read_concern: ReadConcern

    def changed(self, verb: str, given: Mapping[str, Any]) -> Settings:
        """The settings with those that were given, which ``verb`` has checked."""
        given = {name: value for name, value in given.items() if value is not None}
        if not given:
            return self
        honoured = check(verb, given)
        changes = dict(given)
        options = honoured.get("codec_options")
        if options is not None:
            changes["codec_options"] = options
            changes["codec"] = _nexuslite.Codec(options)
        return replace(self, **changes)


def default_settings(decoding: Mapping[str, Any]) -> Settings:
    """The settings of a client that was made with these options for decoding."""
    # What was stored can be read: a date beyond datetime's years comes back as a DatetimeMS.
    options: dict[str, Any] = {
        "uuid_representation": UuidRepresentation.STANDARD,
        "datetime_conversion": DatetimeConversion.DATETIME_AUTO,
        **decoding,
    }
    if options.get("tzinfo") is not None:
        options.setdefault("tz_aware", True)
    codec_options: CodecOptions[Any] = CodecOptions(**options)
    return Settings(codec_options, _nexuslite.Codec(codec_options), Primary(), WriteConcern(), ReadConcern())

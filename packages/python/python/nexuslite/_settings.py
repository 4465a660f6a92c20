"""What databases and collections inherit: how documents are read, and what a write waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from nexuslite import _nexuslite
from nexuslite._options import check
from nexuslite.bson import CodecOptions, DatetimeConversion, UuidRepresentation
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Primary, _Mode
from nexuslite.write_concern import WriteConcern

__all__ = ["SETTINGS", "Settings", "WithSettings", "concerns", "default_settings", "is_journaled"]


@dataclass(frozen=True)
class Settings:
    """The settings of a handle."""

    codec_options: CodecOptions[Any]
    codec: _nexuslite.Codec
    read_preference: _Mode
    write_concern: WriteConcern
    read_concern: ReadConcern

    @property
    def journal(self) -> bool:
        """Whether a write waits for the device, whatever the durability is."""
        return is_journaled(self.write_concern)

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


class WithSettings:
    """What has settings: a client, a database, a collection."""

    _settings: Settings

    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are read."""
        return self._settings.codec_options

    @property
    def read_preference(self) -> _Mode:
        """Always the primary, which is the only copy."""
        return self._settings.read_preference

    @property
    def write_concern(self) -> WriteConcern:
        """The write concern that was given."""
        return self._settings.write_concern

    @property
    def read_concern(self) -> ReadConcern:
        """The read concern that was given."""
        return self._settings.read_concern


def concerns(
    codec_options: CodecOptions[Any] | None,
    read_preference: _Mode | None,
    write_concern: WriteConcern | None,
    read_concern: ReadConcern | None,
) -> dict[str, Any]:
    """The settings that a method was given, by their names."""
    return {
        "codec_options": codec_options,
        "read_preference": read_preference,
        "write_concern": write_concern,
        "read_concern": read_concern,
    }


def is_journaled(concern: WriteConcern | None) -> bool:
    """Whether a write of this concern waits for the device."""
    return concern is not None and concern.document.get("j") is True


def default_settings(honoured: Mapping[str, Any]) -> Settings:
    """The settings of a client that was made with these options."""
    # What was stored can be read: a date beyond datetime's years comes back as a DatetimeMS.
    options: dict[str, Any] = {
        "uuid_representation": UuidRepresentation.STANDARD,
        "datetime_conversion": DatetimeConversion.DATETIME_AUTO,
        **{name: honoured[name] for name in _DECODING if name in honoured},
    }
    if options.get("tzinfo") is not None:
        options.setdefault("tz_aware", True)
    codec_options: CodecOptions[Any] = CodecOptions(**options)
    concern = {name: honoured[name] for name in ("w", "wtimeout", "j") if name in honoured}
    return Settings(
        codec_options,
        _nexuslite.Codec(codec_options),
        Primary(),
        WriteConcern(**concern),
        ReadConcern(honoured.get("read_concern_level")),
    )


# The options that say how documents are read.
_DECODING = ("document_class", "tz_aware", "tzinfo", "datetime_conversion")
#: The options of a client that are its settings; all others say how files are opened.
SETTINGS: Final = frozenset({*_DECODING, "w", "wtimeout", "j", "read_concern_level"})

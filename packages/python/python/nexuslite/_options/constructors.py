"""The options of ``Client`` and of ``Database``."""

from __future__ import annotations

from typing import Final

from nexuslite._options import rules as take
from nexuslite._options.rules import honoured, mapped, refused
from nexuslite._options.shared import COUNT, FLAG, READ_PREFERENCE
from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import DatetimeConversion, TypeRegistry
from nexuslite.bson.raw_bson import RawBSONDocument

NO_SERVER: Final = "there is no server and no connection"
NO_SECRETS: Final = "there is nobody to authenticate to"
NO_TIMEOUT: Final = "there is no connection whose time could run out; use timeout(), or give max_time_ms to the operation"

# What a file is opened with, whichever constructor opens it.
OPENING: Final = {
    "engine": honoured(take.one_of("wasp", "log", "memory"), ("wasp", "log", "memory"), ("lsm", 5)),
    "create": FLAG,
    "read_only": FLAG,
    "durability": honoured(take.one_of("full", "group", "none"), ("full", "group", "none"), ("some", True)),
    "group_interval": honoured(take.seconds, (0.01, 1), (-1, "1", True)),
    "cache_bytes": COUNT,
    "cache_entries": COUNT,
    "page_bytes": COUNT,
    "wal_chunk_bytes": COUNT,
    "wal_bytes": COUNT,
    "memtable_bytes": COUNT,
    "transaction_bytes_max": COUNT,
    "transaction_attempts_max": COUNT,
    "sort_bytes_max": COUNT,
    "in_values_max": COUNT,
    "pattern_bytes_max": COUNT,
    "array_filters_max": COUNT,
    "automatic_indexes": COUNT,
    "background": FLAG,
    "sweep_interval": honoured(take.seconds, (60, 0.5), (-1, "1")),
    "generate_id": honoured(
        take.one_of("uuid4", "uuid7", "objectid"), ("uuid4", "uuid7", "objectid"), ("uuid1", 4)
    ),
}

DECODING: Final = {
    "document_class": honoured(take.document_class, (dict, RawBSONDocument), (5, list)),
    "tz_aware": FLAG,
    "tzinfo": honoured(take.tzinfo, (), ("UTC",)),
    "datetime_conversion": honoured(
        take.datetime_conversion, (DatetimeConversion.DATETIME_AUTO, "DATETIME_MS", 2), ("later", 9)
    ),
    "uuidrepresentation": mapped(
        take.uuid_representation,
        "a UUID is stored as MongoDB's standard says",
        ("standard", UuidRepresentation.STANDARD),
        ("pythonLegacy", "unspecified", 3),
    ),
    "unicode_decode_error_handler": mapped(
        take.unicode_error_handler,
        "text that is not UTF-8 cannot be stored",
        ("strict",),
        ("replace", "ignore"),
    ),
    "type_registry": mapped(
        take.type_registry,
        "an empty registry changes nothing",
        (TypeRegistry(),),
        (5, TypeRegistry(fallback_encoder=str)),
    ),
}

RETRY: Final = mapped(
    take.boolean_or_text,
    "no write and no read is lost on the way to a server",
    (True, False, "true"),
    ("perhaps",),
)

# The keyword arguments of pymongo's MongoClient, in lower case.
CLIENT: Final = {
    **OPENING,
    **DECODING,
    "connect": mapped(
        take.boolean_or_text, "a database is opened when it is first used", (True, False), ("never",)
    ),
    "retrywrites": RETRY,
    "retryreads": RETRY,
    "w": honoured(take.w, (1, "majority"), (0, 2, "tag")),
    "wtimeoutms": honoured(take.natural, (0, 1000), (-1, "soon"), "wtimeout"),
    "wtimeout": honoured(take.natural, (0, 1000), (-1, "soon")),
    "journal": honoured(take.boolean_or_text, (True, False), ("maybe",), "j"),
    "j": honoured(take.boolean_or_text, (True, False), ("maybe",)),
    "fsync": refused("use durability", (True,), (False,)),
    "readconcernlevel": honoured(
        take.read_concern_level,
        ("local", "majority", "snapshot"),
        ("linearizable", "available"),
        "read_concern_level",
    ),
    "readpreference": mapped(
        take.read_preference_mode, "the only copy is the primary", ("primary",), ("nearest",)
    ),
    "read_preference": READ_PREFERENCE,
    "readpreferencetags": refused(NO_SERVER, ("dc:ny",)),
    "maxstalenessseconds": refused(NO_SERVER, (90,), (-1,)),
    "timeoutms": refused(NO_TIMEOUT, (1000,)),
    "connecttimeoutms": refused(NO_TIMEOUT, (1000,)),
    "sockettimeoutms": refused(NO_TIMEOUT, (1000,)),
    "serverselectiontimeoutms": refused(NO_TIMEOUT, (1000,)),
    "waitqueuetimeoutms": refused(NO_TIMEOUT, (1000,)),
    **{
        name: refused(NO_SERVER, (value,))
        for name, value in {
            "port": 27017,
            "appname": "shop",
            "compressors": "zlib",
            "directconnection": True,
            "driver": object(),
            "enable_overload_retargeting": True,
            "enableoverloadretargeting": True,
            "event_listeners": [object()],
            "heartbeatfrequencyms": 1000,
            "loadbalanced": True,
            "localthresholdms": 15,
            "max_adaptive_retries": 2,
            "maxadaptiveretries": 2,
            "maxconnecting": 2,
            "maxidletimems": 1000,
            "maxpoolsize": 100,
            "minpoolsize": 1,
            "replicaset": "rs0",
            "server_api": object(),
            "server_selector": len,
            "servermonitoringmode": "auto",
            "srv_host_validator": len,
            "srvallowedhostssuffix": "example.org",
            "srvmaxhosts": 1,
            "srvservicename": "mongodb",
            "ssl": True,
            "tls": True,
            "tlsallowinvalidcertificates": True,
            "tlsallowinvalidhostnames": True,
            "tlscafile": "ca.pem",
            "tlscertificatekeyfile": "key.pem",
            "tlscertificatekeyfilepassword": "secret",
            "tlscrlfile": "crl.pem",
            "tlsdisableocspendpointcheck": True,
            "tlsinsecure": True,
            "waitqueuemultiple": 2,
            "zlibcompressionlevel": 6,
        }.items()
    },
    **{
        name: refused(NO_SECRETS, (value,))
        for name, value in {
            "authmechanism": "SCRAM-SHA-256",
            "authmechanismproperties": "SERVICE_NAME:x",
            "authoidcallowedhosts": ["*"],
            "authsource": "admin",
            "password": "secret",
            "username": "me",
        }.items()
    },
    "auto_encryption_opts": refused("fields are not encrypted by the client", (object(),)),
}

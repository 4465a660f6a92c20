"""The native half, which the rest of the package stands on. Not meant for users: it may change without notice."""

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any, final

from nexuslite.bson import CodecOptions

__all__ = [
    "CancelToken",
    "Codec",
    "Collection",
    "Cursor",
    "Database",
    "Timeout",
    "Transaction",
    "__version__",
    "bson_from_json",
    "bson_to_json",
    "decode_document",
    "encode_document",
]

__version__: str

@final
class CancelToken:
    def __new__(cls) -> CancelToken: ...
    def cancel(self) -> None: ...
    @property
    def cancelled(self) -> bool: ...
    def __enter__(self) -> CancelToken: ...
    def __exit__(self, kind: object, error: object, trace: object, /) -> None: ...

@final
class Timeout:
    def __new__(cls, seconds: float | None) -> Timeout: ...
    def __enter__(self) -> None: ...
    def __exit__(self, kind: object, error: object, trace: object, /) -> None: ...

@final
class Codec:
    def __new__(cls, options: CodecOptions[Any]) -> Codec: ...

@final
class Transaction:
    def commit(self) -> None: ...
    def abort(self) -> None: ...

@final
class Cursor:
    def next_batch(self) -> list[Any]: ...
    def extend(self, list: list[Any], limit: int | None) -> None: ...
    def close(self) -> None: ...

@final
class Database:
    def __new__(cls, path: str | PathLike[str], given: dict[str, Any]) -> Database: ...
    def close(self) -> None: ...
    def collection(self, name: str, journal: bool) -> Collection: ...
    def begin(self) -> Transaction: ...
    def list_collection_names(self, transaction: Transaction | None) -> list[str]: ...
    def create_collection(
        self, name: str, options: Mapping[str, Any], transaction: Transaction | None
    ) -> None: ...
    def list_collections(
        self, filter: Mapping[str, Any], transaction: Transaction | None
    ) -> list[dict[str, Any]]: ...
    def run_command(
        self, codec: Codec, command: Mapping[str, Any], name: str, transaction: Transaction | None
    ) -> dict[str, Any]: ...
    def bulk_write(
        self,
        requests: list[tuple[str, dict[str, Any]]],
        begin: int,
        ordered: bool,
        journal: bool,
        more: dict[str, Any] | None,
        transaction: Transaction | None,
    ) -> tuple[int, dict[str, Any]]: ...
    def drop_collection(self, name: str, transaction: Transaction | None) -> bool: ...
    def rename_collection(
        self, source: str, to: str, drop_target: bool, transaction: Transaction | None
    ) -> None: ...
    def stats(self) -> dict[str, Any]: ...
    def check(self) -> dict[str, Any]: ...
    def sync(self) -> None: ...
    def checkpoint(self) -> None: ...
    def backup(self, path: str | PathLike[str]) -> None: ...

@final
class Collection:
    def find(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | None,
        sort: Mapping[str, Any] | None,
        skip: int,
        limit: int,
        batch_size: int | None,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> Cursor: ...
    def find_one(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | None,
        sort: Mapping[str, Any] | None,
        skip: int,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> Any: ...
    def explain(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | None,
        sort: Mapping[str, Any] | None,
        skip: int,
        limit: int,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> dict[str, Any]: ...
    def create_indexes(
        self, described: list[Mapping[str, Any]], max_time_ms: int | None, within: Transaction | None
    ) -> list[str]: ...
    def list_indexes(self, codec: Codec, within: Transaction | None) -> list[dict[str, Any]]: ...
    def index_stats(self, codec: Codec, within: Transaction | None) -> list[dict[str, Any]]: ...
    def drop_index(self, name: str, within: Transaction | None) -> None: ...
    def drop_indexes(self, within: Transaction | None) -> int: ...
    def count_documents(
        self,
        filter: Mapping[str, Any],
        skip: int,
        limit: int,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> int: ...
    def estimated_document_count(self) -> int: ...
    def distinct(
        self,
        codec: Codec,
        key: str,
        filter: Mapping[str, Any],
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> list[Any]: ...
    def insert_one(
        self, document: Mapping[str, Any], bypass_validation: bool, within: Transaction | None
    ) -> Any: ...
    def insert_many(
        self,
        documents: Iterator[Mapping[str, Any]],
        ordered: bool,
        bypass_validation: bool,
        within: Transaction | None,
    ) -> tuple[list[Any], int, list[dict[str, Any]] | None, bool]: ...
    def update(
        self,
        codec: Codec,
        many: bool,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | list[Mapping[str, Any]],
        upsert: bool,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> tuple[int, int, list[Any]]: ...
    def replace(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> tuple[int, int, list[Any]]: ...
    def bulk_write(
        self,
        requests: list[tuple[str, dict[str, Any]]],
        begin: int,
        ordered: bool,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> tuple[int, dict[str, Any]]: ...
    def delete(
        self, many: bool, filter: Mapping[str, Any], more: dict[str, Any] | None, within: Transaction | None
    ) -> int: ...
    def find_one_and_update(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | list[Mapping[str, Any]],
        projection: Mapping[str, Any] | None,
        upsert: bool,
        after: bool,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> Any: ...
    def find_one_and_replace(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        projection: Mapping[str, Any] | None,
        upsert: bool,
        after: bool,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> Any: ...
    def find_one_and_delete(
        self,
        codec: Codec,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | None,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> Any: ...
    def get_many(
        self,
        codec: Codec,
        ids: list[Any],
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> list[Any]: ...
    def upsert_many(
        self,
        documents: list[Mapping[str, Any]],
        ordered: bool,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> dict[str, Any]: ...
    def merge_many(
        self,
        documents: list[Mapping[str, Any]],
        ordered: bool,
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> dict[str, Any]: ...
    def restore(
        self,
        filter: Mapping[str, Any],
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> int: ...
    def purge(
        self,
        filter: Mapping[str, Any],
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> int: ...
    def count_deleted(
        self,
        filter: Mapping[str, Any],
        max_time_ms: int | None,
        more: dict[str, Any] | None,
        within: Transaction | None,
    ) -> int: ...

def bson_to_json(data: bytes, relaxed: bool) -> str: ...
def bson_from_json(text: str) -> bytes: ...
def encode_document(document: Mapping[str, Any]) -> bytes: ...
def decode_document(codec: Codec, data: bytes) -> Any: ...

"""Sessions and transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from nexuslite._options import check
from nexuslite._settings import is_journaled
from nexuslite.errors import InvalidOperation, NexusError

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite._store import Store
    from nexuslite.client import Client
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode as ReadPreferenceMode
    from nexuslite.write_concern import WriteConcern

__all__ = ["ClientSession", "SessionOptions", "TransactionOptions", "TransactionState"]

_T = TypeVar("_T")

# How long with_transaction tries, as pymongo does.
_TRY_SECONDS = 120
# How often it tries where the option transaction_attempts_max says nothing; the engine's own default.
_ATTEMPTS_MAX = 1000


class TransactionState(Enum):
    """Where a session's transaction stands."""

    NONE = "none"
    STARTING = "starting"
    IN_PROGRESS = "in progress"
    COMMITTED = "committed"
    COMMITTED_EMPTY = "committed, empty"
    ABORTED = "aborted"


class TransactionOptions:
    """How a session's transactions begin and what their commits wait for, which is the ``j`` of the write concern; the
    other values that there are ask for what happens anyway."""

    def __init__(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: ReadPreferenceMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> None:
        given = {
            "read_concern": read_concern,
            "write_concern": write_concern,
            "read_preference": read_preference,
            "max_commit_time_ms": max_commit_time_ms,
        }
        check("start_transaction", given)
        self._read_concern = read_concern
        self._write_concern = write_concern
        self._read_preference = read_preference
        self._max_commit_time_ms = max_commit_time_ms

    @property
    def read_concern(self) -> ReadConcern | None:
        """The read concern, or None."""
        return self._read_concern

    @property
    def write_concern(self) -> WriteConcern | None:
        """The write concern, or None."""
        return self._write_concern

    @property
    def read_preference(self) -> ReadPreferenceMode | None:
        """The read preference, or None."""
        return self._read_preference

    @property
    def max_commit_time_ms(self) -> int | None:
        """None: a commit that has begun is not given up."""
        return self._max_commit_time_ms


class SessionOptions:
    """What a session was started with."""

    def __init__(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
    ) -> None:
        given = {
            "causal_consistency": causal_consistency,
            "default_transaction_options": default_transaction_options,
            "snapshot": snapshot,
        }
        check("start_session", given)
        self._causal_consistency = True if causal_consistency is None else causal_consistency
        self._default_transaction_options = default_transaction_options
        self._snapshot = snapshot

    @property
    def causal_consistency(self) -> bool:
        """Whether a read sees what came before it in the session. It always does."""
        return self._causal_consistency

    @property
    def default_transaction_options(self) -> TransactionOptions | None:
        """The options of the session's transactions, or None."""
        return self._default_transaction_options

    @property
    def snapshot(self) -> bool | None:
        """Always False: a transaction is what sees one state."""
        return self._snapshot


class _TransactionContext:
    """Commits at the end of a ``with`` block, or aborts when it ends by an exception."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def __enter__(self) -> _TransactionContext:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        if self._session.in_transaction:
            if exc_val is None:
                self._session.commit_transaction()
            else:
                self._session.abort_transaction()


class ClientSession:
    """Operations that belong together: what ``session=`` takes.

    Made by ``Client.start_session``. A session works in one database file, the first that it is used with; a second
    one is an ``InvalidOperation``. Only one thread at a time may use it.
    """

    def __init__(self, client: Client[Any], options: SessionOptions) -> None:
        self._client: Client[Any] | None = client
        self._options = options
        self._state = TransactionState.NONE
        self._store: Store | None = None
        self._transaction: _nexuslite.Transaction | None = None
        # Whether its commit waits for the device, whatever the durability is.
        self._is_journaled = False
        # Why the last commit failed, to be said again to whoever repeats it.
        self._commit_error: NexusError | None = None

    def __enter__(self) -> ClientSession:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.end_session()

    def __copy__(self) -> ClientSession:
        raise TypeError("A ClientSession cannot be copied, create a new session instead")

    @property
    def client(self) -> Client[Any]:
        """The client that the session was started from."""
        return self._checked_client()

    @property
    def options(self) -> SessionOptions:
        """What it was started with."""
        return self._options

    @property
    def has_ended(self) -> bool:
        """Whether ``end_session`` was called."""
        return self._client is None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction was started and neither committed nor aborted."""
        return self._state in (TransactionState.STARTING, TransactionState.IN_PROGRESS)

    @property
    def transaction_state(self) -> TransactionState:
        """Where the session's transaction stands."""
        return self._state

    def end_session(self) -> None:
        """Ends the session; a transaction in progress is aborted. Any other use of it is an error afterwards."""
        if self._client is None:
            return
        try:
            if self.in_transaction:
                self.abort_transaction()
        finally:
            self._client = None

    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: ReadPreferenceMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> _TransactionContext:
        """Starts a transaction; what it returns is a context manager that commits or aborts it.

        Its reads see the state at its first operation. It conflicts with whoever changes the same documents first:
        that is an ``OperationFailure`` with the label ``"TransientTransactionError"``.

        Raises:
            InvalidOperation: There is a transaction already, or the session has ended.
            NotSupportedError: An option cannot be had.
        """
        client = self._checked_client()
        if self.in_transaction:
            raise InvalidOperation("Transaction already in progress")
        TransactionOptions(read_concern, write_concern, read_preference, max_commit_time_ms)
        default = self._options.default_transaction_options
        inherited = getattr(default, "write_concern", None) or client.write_concern
        self._is_journaled = is_journaled(write_concern or inherited)
        self._state = TransactionState.STARTING
        self._commit_error = None
        return _TransactionContext(self)

    def commit_transaction(self) -> None:
        """Makes the transaction's changes happen. Said again after a commit, it says how that one ended.

        Raises:
            InvalidOperation: There is nothing to commit.
            OperationFailure: Somebody else changed the same documents first, and nothing has happened (label
                ``"TransientTransactionError"``); or the device failed, and it is not known whether it has
                (``"UnknownTransactionCommitResult"``).
        """
        self._checked_client()
        state = self._state
        if state is TransactionState.NONE:
            raise InvalidOperation("No transaction started")
        if state in (TransactionState.STARTING, TransactionState.COMMITTED_EMPTY):
            self._state = TransactionState.COMMITTED_EMPTY
            return
        if state is TransactionState.ABORTED:
            raise InvalidOperation("Cannot call commitTransaction after calling abortTransaction")
        if state is TransactionState.COMMITTED:
            if self._commit_error is not None:
                raise self._commit_error
            return
        transaction, self._transaction = self._transaction, None
        try:
            if transaction is not None:
                transaction.commit()
                if self._is_journaled and self._store is not None:
                    self._store.database().sync()
        except NexusError as error:
            self._commit_error = error
            raise
        finally:
            self._state = TransactionState.COMMITTED

    def abort_transaction(self) -> None:
        """Forgets the transaction's changes.

        Raises:
            InvalidOperation: There is nothing to abort.
        """
        self._checked_client()
        state = self._state
        if state is TransactionState.NONE:
            raise InvalidOperation("No transaction started")
        if state is TransactionState.ABORTED:
            raise InvalidOperation("Cannot call abortTransaction twice")
        if state in (TransactionState.COMMITTED, TransactionState.COMMITTED_EMPTY):
            raise InvalidOperation("Cannot call abortTransaction after calling commitTransaction")
        transaction, self._transaction = self._transaction, None
        self._state = TransactionState.ABORTED
        if transaction is not None:
            transaction.abort()

    def with_transaction(
        self,
        callback: Callable[[ClientSession], _T],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: ReadPreferenceMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> _T:
        """Calls ``callback`` with this session in a transaction, commits it, and returns what it returned.

        When somebody else came first it is called again, for two minutes at most and no more often than the option
        ``transaction_attempts_max`` of the client or the database says: it should do nothing besides what it does in
        the transaction. A commit of which it is not known how it ended is not repeated here, for the
        device has failed; its error is raised.
        """
        deadline = time.monotonic() + _TRY_SECONDS
        attempts_left: int = self._checked_client()._opening.get("transaction_attempts_max", _ATTEMPTS_MAX)
        while True:
            attempts_left -= 1
            self.start_transaction(read_concern, write_concern, read_preference, max_commit_time_ms)
            try:
                answer = callback(self)
            except BaseException as error:
                if self.in_transaction:
                    self.abort_transaction()
                if attempts_left > 0 and _may_retry(error, deadline):
                    continue
                raise
            if not self.in_transaction:
                return answer
            try:
                self.commit_transaction()
            except NexusError as error:
                if attempts_left > 0 and _may_retry(error, deadline):
                    continue
                raise
            return answer

    def _checked_client(self) -> Client[Any]:
        if self._client is None:
            raise InvalidOperation("Cannot use ended session")
        return self._client

    def _within(self, client: Client[Any], store: Store) -> _nexuslite.Transaction | None:
        """The native transaction that an operation on ``store`` belongs to, begun if need be; None outside of one."""
        if self._checked_client() is not client:
            raise InvalidOperation("Can only use session with the MongoClient that started it")
        if self._store is None:
            self._store = store
        elif self._store is not store:
            raise InvalidOperation(
                f"a session works in one database file: this one has been used with {self._store.path!r} and cannot "
                f"be used with {store.path!r}; start another session"
            )
        if self._state is TransactionState.STARTING:
            self._transaction = store.database().begin()
            self._state = TransactionState.IN_PROGRESS
        elif self._state is not TransactionState.IN_PROGRESS:
            self._state = TransactionState.NONE
        return self._transaction


def within(session: Any, client: Client[Any], store: Store) -> _nexuslite.Transaction | None:
    """The native transaction that an operation with this ``session=`` belongs to."""
    if session is None:
        return None
    if not isinstance(session, ClientSession):
        raise ValueError(f"'session' argument must be a ClientSession or None, not {session!r}")
    return session._within(client, store)


def _may_retry(error: BaseException, deadline: float) -> bool:
    is_transient = isinstance(error, NexusError) and error.has_error_label("TransientTransactionError")
    return is_transient and time.monotonic() < deadline

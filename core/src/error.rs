//! One error for the whole database, and the one table of its kinds.
//!
//! A kind tells the caller what to do next.
//! Where MongoDB has a number and a name for the mistake, the error carries them too, with MongoDB's labels.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $advice:literal;)+) => {
        /// What went wrong, named by what the caller can do about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[doc = $doc])+ $name,)+ }

        impl ErrorKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name,)+];

            /// The kind's name, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => stringify!($name),)+ }
            }

            /// The kind's number, the same in every language and version.
            #[must_use]
            pub const fn number(self) -> i32 {
                match self { $(ErrorKind::$name => $number,)+ }
            }

            /// What the caller should do.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(ErrorKind::$name => $advice,)+ }
            }
        }
    };
}

kinds! {
    /// The call is wrong: an argument, a document, a filter, an option.
    Invalid = 1, "correct the call";
    /// What was named does not exist.
    NotFound = 2, "check the name, or create it";
    /// What was to be created exists already, with other options.
    Exists = 3, "choose another name, or use what is there";
    /// A unique key is already taken.
    DuplicateKey = 4, "choose another key, or update what is there";
    /// Another transaction changed the same data first.
    Conflict = 5, "retry the whole transaction";
    /// The database is occupied with something that excludes this call.
    Busy = 6, "wait and try again";
    /// The file is open in another process.
    Locked = 7, "close the other process, or open a copy";
    /// The database was opened without the right to do this.
    Denied = 8, "open it with the right to do this";
    /// A stated bound was reached.
    Limit = 9, "ask for less, or raise the option that the message names";
    /// The call's time ran out.
    Timeout = 10, "allow more time, or ask for less";
    /// The caller cancelled.
    Cancelled = 11, "nothing: it was asked for";
    /// The file's bytes are not what was written.
    Corrupt = 12, "stop writing, run check, restore from a backup";
    /// No room is left on the device; nothing was lost.
    DiskFull = 13, "free some space and try again";
    /// The operating system refused.
    Io = 14, "look at the source";
    /// Whether the commit is durable cannot be known: the device failed while it was being written.
    CommitIndeterminate = 15, "reopen the database and look whether the change is there";
    /// An earlier failure made this handle unsafe to use.
    Poisoned = 16, "close and reopen the database";
    /// The handle was closed.
    Closed = 17, "open it again";
    /// The file is of a newer format, or the feature does not exist here.
    Unsupported = 18, "use a newer version, or do without";
    /// A mistake in the database itself.
    Internal = 19, "report it";
}

/// The label MongoDB's drivers put on an error after which the whole transaction may be tried again.
pub const TRANSIENT_TRANSACTION_ERROR: &str = "TransientTransactionError";
/// The label for a commit whose outcome is not known.
pub const UNKNOWN_COMMIT_RESULT: &str = "UnknownTransactionCommitResult";

/// What went wrong, where, and the value seen.
///
/// Cheap to move and to clone.
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    code: Option<(i32, &'static str)>,
    message: String,
    context: Vec<String>,
    details: Option<Vec<u8>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind`; `message` says what, where, and the value seen.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            code: None,
            message: message.into(),
            context: Vec::new(),
            details: None,
            source: None,
        };
        Self { inner: Arc::new(inner) }
    }

    /// What MongoDB rejects too: [`ErrorKind::Invalid`] with MongoDB's number and name.
    #[must_use]
    pub fn invalid(code: (i32, &'static str), message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message).with_code(code)
    }

    /// What MongoDB has and this version has not: [`ErrorKind::Unsupported`], `NotImplemented` (238).
    #[must_use]
    pub(crate) fn not_implemented(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message).with_code(code::NOT_IMPLEMENTED)
    }

    /// The file's bytes are not what was written, `offset` bytes into `file`.
    #[must_use]
    pub(crate) fn corrupt(file: &Path, offset: u64, what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Corrupt, format!("{}, offset {offset}: {what}", file.display()))
    }

    /// The operating system refused `operation` on `file`.
    #[must_use]
    pub(crate) fn io(operation: &str, file: &Path, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                ErrorKind::DiskFull
            }
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Denied,
            _ => ErrorKind::Io,
        };
        Self::new(kind, format!("{operation} {}: {source}", file.display())).with_source(source)
    }

    /// A mistake in the database itself.
    #[must_use]
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The same error with MongoDB's number and name.
    #[must_use]
    pub fn with_code(mut self, code: (i32, &'static str)) -> Self {
        Arc::make_mut(&mut self.inner).code = Some(code);
        self
    }

    /// The same error with a BSON document of details (`keyPattern`, `keyValue`, `writeErrors` …).
    #[must_use]
    pub fn with_details(mut self, bson: Vec<u8>) -> Self {
        Arc::make_mut(&mut self.inner).details = Some(bson);
        self
    }

    /// The same error with what lies beneath it.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        Arc::make_mut(&mut self.inner).source = Some(Arc::new(source));
        self
    }

    /// The same error, said to have happened while `doing`.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.inner).context.push(doing.into());
        self
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// MongoDB's number for it, where MongoDB has one.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.inner.code.map(|(number, _)| number)
    }

    /// MongoDB's name for it, where MongoDB has one.
    #[must_use]
    pub fn code_name(&self) -> Option<&'static str> {
        self.inner.code.map(|(_, name)| name)
    }

    /// What went wrong, where, and the value seen, without the context.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// A BSON document of details, where there are any.
    #[must_use]
    pub fn details(&self) -> Option<&[u8]> {
        self.inner.details.as_deref()
    }

    /// MongoDB's error labels.
    #[must_use]
    pub fn labels(&self) -> &'static [&'static str] {
        match self.inner.kind {
            ErrorKind::Conflict => &[TRANSIENT_TRANSACTION_ERROR],
            ErrorKind::CommitIndeterminate => &[UNKNOWN_COMMIT_RESULT],
            _ => &[],
        }
    }

    /// Whether the error carries `label`.
    #[must_use]
    pub fn has_label(&self, label: &str) -> bool {
        self.labels().contains(&label)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.inner.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.inner.kind.name())?;
        if let Some((number, name)) = self.inner.code {
            write!(f, " ({number} {name})")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_ref().map(|source| source.as_ref() as _)
    }
}

/// MongoDB's error numbers with their names, as far as they are used here.
pub mod code {
    macro_rules! codes {
        ($($constant:ident = $number:literal $name:literal;)+) => {
            $(#[doc = concat!("`", $name, "`, ", stringify!($number))]
            pub const $constant: (i32, &str) = ($number, $name);)+

            /// Every number with a name of its own, in no order.
            pub const ALL: &[(i32, &str)] = &[$($constant),+];
        };
    }

    codes! {
        BAD_VALUE = 2 "BadValue";
        NO_SUCH_KEY = 4 "NoSuchKey";
        GRAPH_CONTAINS_CYCLE = 5 "GraphContainsCycle";
        FAILED_TO_PARSE = 9 "FailedToParse";
        UNKNOWN_ERROR = 8 "UnknownError";
        TYPE_MISMATCH = 14 "TypeMismatch";
        OVERFLOW = 15 "Overflow";
        INVALID_LENGTH = 16 "InvalidLength";
        ILLEGAL_OPERATION = 20 "IllegalOperation";
        INVALID_BSON = 22 "InvalidBSON";
        NAMESPACE_NOT_FOUND = 26 "NamespaceNotFound";
        INDEX_NOT_FOUND = 27 "IndexNotFound";
        PATH_NOT_VIABLE = 28 "PathNotViable";
        CANNOT_BACKFILL_ARRAY = 34 "CannotBackfillArray";
        CONFLICTING_UPDATE_OPERATORS = 40 "ConflictingUpdateOperators";
        CURSOR_NOT_FOUND = 43 "CursorNotFound";
        NAMESPACE_EXISTS = 48 "NamespaceExists";
        MAX_TIME_MS_EXPIRED = 50 "MaxTimeMSExpired";
        DOLLAR_PREFIXED_FIELD_NAME = 52 "DollarPrefixedFieldName";
        INVALID_ID_FIELD = 53 "InvalidIdField";
        NOT_SINGLE_VALUE_FIELD = 54 "NotSingleValueField";
        EMPTY_FIELD_NAME = 56 "EmptyFieldName";
        DOTTED_FIELD_NAME = 57 "DottedFieldName";
        COMMAND_NOT_FOUND = 59 "CommandNotFound";
        IMMUTABLE_FIELD = 66 "ImmutableField";
        CANNOT_CREATE_INDEX = 67 "CannotCreateIndex";
        INVALID_OPTIONS = 72 "InvalidOptions";
        INVALID_NAMESPACE = 73 "InvalidNamespace";
        INDEX_OPTIONS_CONFLICT = 85 "IndexOptionsConflict";
        INDEX_KEY_SPECS_CONFLICT = 86 "IndexKeySpecsConflict";
        WRITE_CONFLICT = 112 "WriteConflict";
        COMMAND_NOT_SUPPORTED = 115 "CommandNotSupported";
        DOCUMENT_VALIDATION_FAILURE = 121 "DocumentValidationFailure";
        INCOMPATIBLE_COLLATION_VERSION = 161 "IncompatibleCollationVersion";
        VIEW_DEPTH_LIMIT_EXCEEDED = 165 "ViewDepthLimitExceeded";
        COMMAND_NOT_SUPPORTED_ON_VIEW = 166 "CommandNotSupportedOnView";
        OPTION_NOT_SUPPORTED_ON_VIEW = 167 "OptionNotSupportedOnView";
        INVALID_PIPELINE_OPERATOR = 168 "InvalidPipelineOperator";
        CLOSED = 11600 "InterruptedAtShutdown";
        CANNOT_INDEX_PARALLEL_ARRAYS = 171 "CannotIndexParallelArrays";
        AMBIGUOUS_INDEX_KEY_PATTERN = 181 "AmbiguousIndexKeyPattern";
        INVALID_INDEX_SPECIFICATION_OPTION = 197 "InvalidIndexSpecificationOption";
        QUERY_FEATURE_NOT_ALLOWED = 224 "QueryFeatureNotAllowed";
        NOT_IMPLEMENTED = 238 "NotImplemented";
        NO_SUCH_TRANSACTION = 251 "NoSuchTransaction";
        OPERATION_NOT_SUPPORTED_IN_TRANSACTION = 263 "OperationNotSupportedInTransaction";
        NO_QUERY_EXECUTION_PLANS = 291 "NoQueryExecutionPlans";
        QUERY_EXCEEDED_MEMORY_LIMIT = 292 "QueryExceededMemoryLimitNoDiskUseAllowed";
        DATABASE_DIFFER_CASE = 13297 "DatabaseDifferCase";
        DISTINCT_TOO_LARGE = 17217 "Location17217";
        IDL_FAILED_TO_PARSE = 40414 "IDLFailedToParse";
        IDL_UNKNOWN_FIELD = 40415 "IDLUnknownField";
        CLUSTERED_NOT_UNIQUE = 5979700 "Location5979700";
        AMBIGUOUS_INDEX_KEY = 16746 "Location16746";
        UNIQUE_HASHED_INDEX = 16764 "Location16764";
        ARRAY_IN_HASHED_INDEX = 16766 "Location16766";
        SEVERAL_HASHED_FIELDS = 31303 "Location31303";
        BSON_OBJECT_TOO_LARGE = 10334 "BSONObjectTooLarge";
        DUPLICATE_KEY = 11000 "DuplicateKey";
        INTERRUPTED = 11601 "Interrupted";
        REGEX_OPTIONS_BEHIND = 51074 "Location51074";
        REGEX_OPTIONS_BEFORE = 51075 "Location51075";
        MIN_MAX_WITHOUT_HINT = 51173 "Location51173";
        MIN_MAX_OF_OTHER_FIELDS = 51174 "Location51174";
        MIN_NOT_BEFORE_MAX = 51175 "Location51175";
        BELOW_LEAST = 51024 "Location51024";
        REGEX_INVALID = 51091 "Location51091";
        REGEX_FLAG_INVALID = 51108 "Location51108";
    }
}

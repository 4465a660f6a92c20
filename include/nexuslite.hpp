/**
 * @file nexuslite.hpp
 * NexusLite for C++17 and later: nexuslite.h with owners, views and two ways to be told of errors.
 *
 * Every function comes twice: `find_one` throws a nexus::error, `try_find_one` answers a nexus::result, which is
 * std::expected where that is there. Without exceptions (-fno-exceptions) there are only the latter.
 *
 * - Documents go in as JSON text or as a document_view of BSON, and come out as BSON: nexus::document owns it,
 *   nexus::document_view looks into it without a copy, and json() writes it as text.
 * - Owners can be moved, not copied. They let go of what they own when they end, in any order.
 * - What a cursor hands out is lent until it is asked for the next document.
 * - Databases and collections are used from any threads at the same time, a cursor or a transaction by one at a time.
 */
#ifndef NEXUSLITE_HPP
#define NEXUSLITE_HPP

#include "nexuslite.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions)
#include <stdexcept>
#endif
#if __has_include(<version>)
#include <version>
#endif
#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace nexus {

/** BSON's types, by their numbers. */
enum class type : std::uint8_t {
    floating = 0x01,
    string = 0x02,
    document = 0x03,
    array = 0x04,
    binary = 0x05,
    object_id = 0x07,
    boolean = 0x08,
    date_time = 0x09,
    null = 0x0A,
    regex = 0x0B,
    int32 = 0x10,
    timestamp = 0x11,
    int64 = 0x12,
    decimal128 = 0x13,
};

/** How JSON is written. */
enum class json : std::uint32_t { relaxed = NX_JSON, canonical = NX_JSON_CANONICAL, safe = NX_JSON_SAFE };

namespace detail {

/** Owns a handle: freed when it ends, moved and not copied. */
template <class Handle, void (*Free)(Handle *)>
class owned {
public:
    owned() noexcept = default;
    explicit owned(Handle *handle) noexcept : handle_(handle) {}
    owned(owned &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    owned &operator=(owned &&other) noexcept {
        if (this != &other) {
            reset();
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    owned(const owned &) = delete;
    owned &operator=(const owned &) = delete;
    ~owned() { reset(); }

    Handle *get() const noexcept { return handle_; }
    Handle **place() noexcept {
        reset();
        return &handle_;
    }
    void reset() noexcept {
        if (handle_ != nullptr) {
            Free(std::exchange(handle_, nullptr));
        }
    }

private:
    Handle *handle_ = nullptr;
};

/** Owns bytes that the library gave. */
class bytes {
public:
    bytes() noexcept = default;
    bytes(bytes &&other) noexcept : buf_(std::exchange(other.buf_, nx_buf NX_BUF_INIT)) {}
    bytes &operator=(bytes &&other) noexcept {
        if (this != &other) {
            nx_buf_free(&buf_);
            buf_ = std::exchange(other.buf_, nx_buf NX_BUF_INIT);
        }
        return *this;
    }
    bytes(const bytes &) = delete;
    bytes &operator=(const bytes &) = delete;
    ~bytes() { nx_buf_free(&buf_); }

    nx_buf *place() noexcept { return &buf_; }
    std::string_view view() const noexcept {
        return buf_.data == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char *>(buf_.data), buf_.len);
    }

private:
    nx_buf buf_ = NX_BUF_INIT;
};

/** A number as BSON keeps it, the low byte first. */
template <class Number>
Number read(const char *at) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); i++) {
        number |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
    }
    if constexpr (std::is_same_v<Number, double>) {
        double real = 0;
        std::memcpy(&real, &number, sizeof real);
        return real;
    } else {
        return static_cast<Number>(number);
    }
}

/** How many bytes a value of this type takes; nothing for what is not known or does not fit in `room`. */
inline std::optional<std::size_t> value_size(std::uint8_t kind, std::string_view rest) noexcept {
    const auto prefixed = [&](std::size_t more) -> std::optional<std::size_t> {
        if (rest.size() < 4) {
            return std::nullopt;
        }
        return static_cast<std::size_t>(read<std::uint32_t>(rest.data())) + more;
    };
    std::optional<std::size_t> size;
    switch (kind) {
    case 0x06: case 0x0A: case 0x7F: case 0xFF: size = 0; break;
    case 0x08: size = 1; break;
    case 0x10: size = 4; break;
    case 0x01: case 0x09: case 0x11: case 0x12: size = 8; break;
    case 0x07: size = 12; break;
    case 0x13: size = 16; break;
    case 0x02: case 0x0D: case 0x0E: size = prefixed(4); break;
    case 0x03: case 0x04: case 0x0F: size = prefixed(0); break;
    case 0x05: size = prefixed(5); break;
    case 0x0C: size = prefixed(16); break;
    case 0x0B: {
        const auto first = rest.find('\0');
        const auto second = first == rest.npos ? first : rest.find('\0', first + 1);
        if (second != rest.npos) {
            size = second + 1;
        }
        break;
    }
    default: break;
    }
    return size && *size <= rest.size() ? size : std::nullopt;
}

} // namespace detail

class value;

/** A BSON document that somebody else owns. A default one has no fields. */
class document_view {
public:
    document_view() noexcept = default;
    /** Takes bytes that are one document: what the library gave, or what document::from_bson() has checked. */
    explicit document_view(std::string_view bson) noexcept : bytes_(bson) {}

    std::string_view bytes() const noexcept { return bytes_; }
    bool empty() const noexcept { return bytes_.size() <= 5; }

    /** The value of a field; nothing when there is none. `a.b` is the field b of the document a; so is `a.0` in a list. */
    inline std::optional<value> find(std::string_view path) const noexcept;
    /** Calls `take(name, value)` for each field, in order. */
    template <class Take>
    void each(Take &&take) const;

    /** As text. */
    inline std::string to_json(json mode = json::relaxed) const;

private:
    std::string_view bytes_ = std::string_view("\5\0\0\0\0", 5);
};

/** A value inside a document that somebody else owns. */
class value {
public:
    value(nexus::type kind, std::string_view bytes) noexcept : kind_(kind), bytes_(bytes) {}

    nexus::type type() const noexcept { return kind_; }
    bool is_null() const noexcept { return kind_ == nexus::type::null; }
    /** A whole number of either size, or a double that is one. */
    std::optional<std::int64_t> as_int64() const noexcept {
        switch (kind_) {
        case nexus::type::int32: return detail::read<std::int32_t>(bytes_.data());
        case nexus::type::int64: return detail::read<std::int64_t>(bytes_.data());
        case nexus::type::floating: {
            const double real = detail::read<double>(bytes_.data());
            const bool fits = real >= -9007199254740992.0 && real <= 9007199254740992.0;
            const auto whole = fits ? static_cast<std::int64_t>(real) : 0;
            return fits && static_cast<double>(whole) == real ? std::optional(whole) : std::nullopt;
        }
        default: return std::nullopt;
        }
    }
    /** A number of any type but decimal128, as near as a double comes. */
    std::optional<double> as_double() const noexcept {
        switch (kind_) {
        case nexus::type::int32: return detail::read<std::int32_t>(bytes_.data());
        case nexus::type::int64: return static_cast<double>(detail::read<std::int64_t>(bytes_.data()));
        case nexus::type::floating: return detail::read<double>(bytes_.data());
        default: return std::nullopt;
        }
    }
    std::optional<bool> as_bool() const noexcept {
        return kind_ == nexus::type::boolean ? std::optional(bytes_[0] != 0) : std::nullopt;
    }
    std::optional<std::string_view> as_string() const noexcept {
        return kind_ == nexus::type::string ? std::optional(bytes_.substr(4,
                bytes_.size() - 5)) : std::nullopt;
    }
    /** Milliseconds since 1970. */
    std::optional<std::int64_t> as_date_time() const noexcept {
        return kind_ == nexus::type::date_time ? std::optional(detail::read<std::int64_t>(bytes_.data())) : std::nullopt;
    }
    /** A document; a list is one whose fields are called 0, 1, 2. */
    std::optional<document_view> as_document() const noexcept {
        const bool is_one = kind_ == nexus::type::document || kind_ == nexus::type::array;
        return is_one ? std::optional(document_view(bytes_)) : std::nullopt;
    }
    /** The value's bytes, as BSON has them. */
    std::string_view bytes() const noexcept { return bytes_; }

private:
    nexus::type kind_;
    std::string_view bytes_;
};

template <class Take>
void document_view::each(Take &&take) const {
    std::size_t at = 4;
    while (at + 1 < bytes_.size() && bytes_[at] != 0) {
        const auto kind = static_cast<std::uint8_t>(bytes_[at]);
        const auto end = bytes_.find('\0', at + 1);
        if (end == bytes_.npos) {
            return;
        }
        const auto rest = bytes_.substr(end + 1);
        const auto size = detail::value_size(kind, rest);
        if (!size) {
            return;
        }
        take(bytes_.substr(at + 1, end - at - 1), value(static_cast<nexus::type>(kind), rest.substr(0,
                *size)));
        at = end + 1 + *size;
    }
}

inline std::optional<value> document_view::find(std::string_view path) const noexcept {
    const auto dot = path.find('.');
    std::optional<value> found;
    each([&](std::string_view name, const value &here) {
        if (!found && name == path.substr(0, dot)) {
            found = here;
        }
    });
    if (dot == path.npos || !found) {
        return found;
    }
    const auto inside = found->as_document();
    return inside ? inside->find(path.substr(dot + 1)) : std::nullopt;
}

inline std::string document_view::to_json(json mode) const {
    detail::bytes text;
    nx_bson_to_json(bytes_.data(), bytes_.size(), static_cast<nx_format>(mode), text.place(), nullptr);
    return std::string(text.view());
}

/** What went wrong. */
class failure {
public:
    /** Takes the error of a call, and frees it. */
    failure(nx_status kind, nx_error *error) : kind_(kind) {
        const detail::owned<nx_error, nx_error_free> owner(error);
        message_ = nx_error_message(error);
        code_ = nx_error_code(error);
        code_name_ = nx_error_code_name(error);
        for (std::size_t i = 0; const char *label = nx_error_label(error, i); i++) {
            labels_.emplace_back(label);
        }
        detail::bytes details;
        if (nx_error_details(error, NX_BSON, details.place()) == NX_OK) {
            details_ = std::string(details.view());
        }
    }

    /** A failure that the library has not seen. */
    failure(nx_status kind, const char *message) : kind_(kind), message_(message) {}

    /** What can be done about it: NX_ERR_DUPLICATE_KEY and the others. */
    nx_status kind() const noexcept { return kind_; }
    const char *kind_name() const noexcept { return nx_status_name(kind_); }
    /** MongoDB's number and name for it; 0 and empty where it has none. */
    std::int32_t code() const noexcept { return code_; }
    const std::string &code_name() const noexcept { return code_name_; }
    const std::string &message() const noexcept { return message_; }
    const std::vector<std::string> &labels() const noexcept { return labels_; }
    bool has_label(std::string_view label) const noexcept {
        for (const auto &known : labels_) {
            if (known == label) {
                return true;
            }
        }
        return false;
    }
    /** `keyPattern` and `keyValue`, `writeErrors` and the like; without fields when there is nothing to tell. */
    document_view details() const noexcept { return details_.empty() ? document_view() : document_view(details_); }

private:
    nx_status kind_;
    std::int32_t code_ = 0;
    std::string message_;
    std::string code_name_;
    std::vector<std::string> labels_;
    std::string details_;
};

#if defined(__cpp_exceptions)

/** What the functions without `try_` throw. */
class error : public std::runtime_error {
public:
    explicit error(nexus::failure failure) : std::runtime_error(failure.message()),
            failure_(std::move(failure)) {}
    const nexus::failure &failure() const noexcept { return failure_; }
    nx_status kind() const noexcept { return failure_.kind(); }
    std::int32_t code() const noexcept { return failure_.code(); }

private:
    nexus::failure failure_;
};

struct invalid : error { using error::error; };
struct not_found : error { using error::error; };
struct exists : error { using error::error; };
struct duplicate_key : error { using error::error; };
struct conflict : error { using error::error; };
struct locked : error { using error::error; };
struct timeout : error { using error::error; };
struct cancelled : error { using error::error; };
struct corrupt : error { using error::error; };
struct closed : error { using error::error; };

/** Throws the failure as the error of its kind. */
[[noreturn]] inline void raise(failure failure) {
    switch (failure.kind()) {
    case NX_ERR_INVALID: throw invalid(std::move(failure));
    case NX_ERR_NOT_FOUND: throw not_found(std::move(failure));
    case NX_ERR_EXISTS: throw exists(std::move(failure));
    case NX_ERR_DUPLICATE_KEY: throw duplicate_key(std::move(failure));
    case NX_ERR_CONFLICT: throw conflict(std::move(failure));
    case NX_ERR_LOCKED: throw locked(std::move(failure));
    case NX_ERR_TIMEOUT: throw timeout(std::move(failure));
    case NX_ERR_CANCELLED: throw cancelled(std::move(failure));
    case NX_ERR_CORRUPT: throw corrupt(std::move(failure));
    case NX_ERR_CLOSED: throw closed(std::move(failure));
    default: throw error(std::move(failure));
    }
}

#endif

#if defined(__cpp_lib_expected)

template <class T>
using result = std::expected<T, failure>;

namespace detail {
inline std::unexpected<failure> fail(failure failure) { return std::unexpected(std::move(failure)); }
} // namespace detail

#else

/** An answer, or what went wrong: as much of std::expected as is needed here. */
template <class T>
class [[nodiscard]] result {
public:
    result(T answer) : either_(std::in_place_index<0>, std::move(answer)) {}
    result(nexus::failure failure) : either_(std::in_place_index<1>, std::move(failure)) {}

    bool has_value() const noexcept { return either_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    /** The answer; there must be one. */
    T &operator*() & noexcept { return *std::get_if<0>(&either_); }
    const T &operator*() const & noexcept { return *std::get_if<0>(&either_); }
    T &&operator*() && noexcept { return std::move(*std::get_if<0>(&either_)); }
    T *operator->() noexcept { return std::get_if<0>(&either_); }
    const T *operator->() const noexcept { return std::get_if<0>(&either_); }
    /** What went wrong; there must be something. */
    const nexus::failure &error() const & noexcept { return *std::get_if<1>(&either_); }
    nexus::failure &&error() && noexcept { return std::move(*std::get_if<1>(&either_)); }

private:
    std::variant<T, nexus::failure> either_;
};

/** Success, or what went wrong. */
template <>
class [[nodiscard]] result<void> {
public:
    result() = default;
    result(nexus::failure failure) : failure_(std::move(failure)) {}

    bool has_value() const noexcept { return !failure_; }
    explicit operator bool() const noexcept { return has_value(); }
    const nexus::failure &error() const & noexcept { return *failure_; }
    nexus::failure &&error() && noexcept { return std::move(*failure_); }

private:
    std::optional<nexus::failure> failure_;
};

namespace detail {
inline failure fail(failure failure) { return failure; }
} // namespace detail

#endif

#if defined(__cpp_exceptions)
namespace detail {
template <class T>
T unwrap(result<T> &&answer) {
    if (!answer) {
        raise(std::move(answer).error());
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(answer);
    }
}
} // namespace detail
#endif

/** A BSON document that it owns. */
class document {
public:
    document() = default;
    explicit document(std::string bson) : bson_(std::move(bson)) {}

    static result<document> try_from_json(std::string_view text) {
        detail::bytes bson;
        nx_error *error = nullptr;
        const nx_status status = nx_json_to_bson(text.data(), text.size(), 0, bson.place(), &error);
        if (status < 0) {
            return detail::fail(failure(status, error));
        }
        return document(std::string(bson.view()));
    }
    static result<document> try_from_bson(std::string_view bytes) {
        nx_error *error = nullptr;
        const nx_status status = nx_bson_validate(bytes.data(), bytes.size(), &error);
        if (status < 0) {
            return detail::fail(failure(status, error));
        }
        return document(std::string(bytes));
    }
#if defined(__cpp_exceptions)
    static document from_json(std::string_view text) { return detail::unwrap(try_from_json(text)); }
    static document from_bson(std::string_view bytes) { return detail::unwrap(try_from_bson(bytes)); }
#endif

    document_view view() const noexcept { return bson_.empty() ? document_view() : document_view(bson_); }
    operator document_view() const noexcept { return view(); }
    /** The value of a field, lent as long as this document lives: from a temporary one, until the end of the line. */
    std::optional<value> find(std::string_view path) const noexcept { return view().find(path); }
    std::string to_json(json mode = json::relaxed) const { return view().to_json(mode); }

private:
    std::string bson_;
};

/** What is given to a call: JSON text, or a document. A default one is nothing. */
class input {
public:
    input() = default;
    input(const char *json) : json_(json) {}
    input(std::string_view json) : json_(json) {}
    input(const std::string &json) : json_(json) {}
    input(document_view bson) : bson_(bson.bytes()) {}
    input(const document &bson) : bson_(bson.view().bytes()) {}

    std::string_view json() const noexcept { return json_; }
    std::string_view bson() const noexcept { return bson_; }

private:
    std::string_view json_;
    std::string_view bson_;
};

namespace detail {

/** An input as BSON: what was given, or what was made of it. */
class encoded {
public:
    /** As one document; a JSON list is the document of its elements. */
    static result<encoded> of(const input &given) {
        encoded made;
        if (given.json().data() == nullptr) {
            made.view_ = given.bson();
            return made;
        }
        const auto begin = given.json().find_first_not_of(" \t\r\n");
        const bool is_list = begin != std::string_view::npos && given.json()[begin] == '[';
        const std::string wrapped = is_list ? "{\"\":" + std::string(given.json()) + "}" : std::string();
        const std::string_view text = is_list ? std::string_view(wrapped) : given.json();
        nx_error *error = nullptr;
        const nx_status status = nx_json_to_bson(text.data(), text.size(), 0, made.owner_.place(), &error);
        if (status < 0) {
            return fail(failure(status, error));
        }
        // Within its wrapping the list begins after a length, its type and a name without letters.
        made.view_ = is_list ? made.owner_.view().substr(6,
                made.owner_.view().size() - 7) : made.owner_.view();
        made.is_list_ = is_list;
        return made;
    }
    /** As documents one after the other: those of a JSON list, or the one that it is. */
    static result<encoded> sequence_of(const input &given) {
        auto made = of(given);
        if (made && made->is_list_) {
            bool only_documents = true;
            document_view(made->view_).each([&](std::string_view, const value &element) {
                const bool is_document = element.type() == type::document;
                only_documents = only_documents && is_document;
                made->sequence_ += is_document ? element.bytes() : std::string_view();
            });
            made->view_ = made->sequence_;
            if (!only_documents) {
                return fail(failure(NX_ERR_INVALID, "a list of documents is needed, but it has something else in it"));
            }
        }
        return made;
    }
    encoded(encoded &&other) noexcept { *this = std::move(other); }
    encoded &operator=(encoded &&other) noexcept {
        const bool is_own = !other.sequence_.empty() && other.view_.data() == other.sequence_.data();
        owner_ = std::move(other.owner_);
        sequence_ = std::move(other.sequence_);
        view_ = is_own ? std::string_view(sequence_) : other.view_;
        is_list_ = other.is_list_;
        return *this;
    }

    const void *data() const noexcept { return view_.data(); }
    std::size_t size() const noexcept { return view_.size(); }

private:
    encoded() = default;
    bytes owner_;
    std::string sequence_;
    std::string_view view_;
    bool is_list_ = false;
};

} // namespace detail

/** A wish to stop, told from another thread. */
class cancel_token {
public:
    static result<cancel_token> try_make() {
        cancel_token made;
        nx_error *error = nullptr;
        const nx_status status = nx_cancel_new(made.handle_.place(), &error);
        if (status < 0) {
            return detail::fail(failure(status, error));
        }
        return made;
    }
#if defined(__cpp_exceptions)
    static cancel_token make() { return detail::unwrap(try_make()); }
#endif
    void fire() const noexcept { nx_cancel_fire(handle_.get()); }
    nx_cancel *get() const noexcept { return handle_.get(); }

private:
    detail::owned<nx_cancel, nx_cancel_free> handle_;
};

class transaction;

/** Where a statement happens, and what may stop it. */
struct within {
    within() = default;
    within(const transaction &txn);
    within(const cancel_token &token) : cancel(token.get()) {}

    nx_txn *txn = nullptr;
    nx_cancel *cancel = nullptr;
    /** Is told how far an operation is, by those that tell it; false stops it, and so does throwing. */
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
};

namespace detail {

/** The nx_call of a statement; lives as long as the call. */
class call {
public:
    explicit call(const within &where) : where_(where) {
        call_.format = NX_BSON;
        call_.txn = where.txn;
        call_.cancel = where.cancel;
        if (where_.progress) {
            call_.progress = tell;
            call_.progress_data = const_cast<within *>(&where_);
        }
    }
    const nx_call *get() const noexcept { return &call_; }

private:
    static std::int32_t tell(void *data, std::uint64_t done, std::uint64_t total) noexcept {
        const auto &where = *static_cast<const within *>(data);
#if defined(__cpp_exceptions)
        try {
            return where.progress(done, total) ? 0 : 1;
        } catch (...) {
            return 1;
        }
#else
        return where.progress(done, total) ? 0 : 1;
#endif
    }
    const within &where_;
    nx_call call_ = NX_CALL_INIT;
};

/** Does `deed(error)`, and answers what went wrong, if anything. */
template <class Deed>
result<nx_status> run(Deed &&deed) {
    nx_error *error = nullptr;
    const nx_status status = deed(&error);
    if (status < 0) {
        return fail(failure(status, error));
    }
    return status;
}

/** The same of a deed that answers nothing. */
template <class Deed>
result<void> done(Deed &&deed) {
    auto status = run(std::forward<Deed>(deed));
    if (!status) {
        return fail(std::move(status).error());
    }
    return {};
}

/** The same of a deed that fills a buffer: nothing when there is nothing. */
template <class Deed>
result<std::optional<document>> maybe(Deed &&deed) {
    bytes out;
    auto status = run([&](nx_error **error) { return deed(out.place(), error); });
    if (!status) {
        return fail(std::move(status).error());
    }
    return *status == NX_OK ? std::optional(document(std::string(out.view()))) : std::nullopt;
}

/** The same of a deed that always has an answer. */
template <class Deed>
result<document> answer(Deed &&deed) {
    auto found = maybe(std::forward<Deed>(deed));
    if (!found) {
        return fail(std::move(found).error());
    }
    return found->has_value() ? *std::move(*found) : document();
}

/** The inputs of a call as BSON, or what is wrong with the first that is not right; then does the deed. */
template <class Answer, class Deed>
Answer with(std::initializer_list<const input *> given, bool is_sequence, Deed &&deed) {
    std::vector<encoded> ready;
    ready.reserve(given.size());
    for (const auto *one : given) {
        // Only the first can be several documents.
        auto made = is_sequence && ready.empty() ? encoded::sequence_of(*one) : encoded::of(*one);
        if (!made) {
            return fail(std::move(made).error());
        }
        ready.push_back(*std::move(made));
    }
    return deed(ready);
}

inline std::vector<std::string> texts(const document &from, std::string_view list) {
    std::vector<std::string> all;
    const auto found = from.find(list);
    if (const auto elements = found ? found->as_document() : std::nullopt) {
        elements->each([&](std::string_view, const value &element) {
            all.emplace_back(element.as_string().value_or(std::string_view()));
        });
    }
    return all;
}

inline result<std::vector<std::string>> texts(result<document> &&from, std::string_view list) {
    if (!from) {
        return fail(std::move(from).error());
    }
    return texts(*from, list);
}

} // namespace detail

/** Documents handed out one by one: `for (auto document : cursor)`. */
class cursor {
public:
    /** The next document, lent until the next is asked for; nothing at the end. */
    result<std::optional<document_view>> try_next() {
        const void *bytes = nullptr;
        std::size_t size = 0;
        auto status = detail::run([&](nx_error **error) { return nx_cursor_next(handle_.get(), &bytes, &size,
                error); });
        if (!status) {
            return detail::fail(std::move(status).error());
        }
        return *status == NX_OK ? std::optional(document_view({static_cast<const char *>(bytes),
                size})) : std::nullopt;
    }
#if defined(__cpp_exceptions)
    std::optional<document_view> next() { return detail::unwrap(try_next()); }

    /** All that are left, to be kept. */
    std::vector<document> to_vector() {
        std::vector<document> all;
        while (const auto here = next()) {
            all.emplace_back(std::string(here->bytes()));
        }
        return all;
    }

    /** Walks over a cursor, once. */
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = document_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const document_view *;
        using reference = const document_view &;

        iterator() = default;
        explicit iterator(cursor *over) : over_(over) { ++*this; }
        reference operator*() const noexcept { return here_; }
        pointer operator->() const noexcept { return &here_; }
        iterator &operator++() {
            const auto next = over_->next();
            here_ = next.value_or(document_view());
            over_ = next ? over_ : nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.over_ == b.over_; }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

    private:
        cursor *over_ = nullptr;
        document_view here_;
    };
    iterator begin() { return iterator(this); }
    iterator end() noexcept { return {}; }
#endif
    nx_cursor *get() const noexcept { return handle_.get(); }

private:
    friend class collection;
    detail::owned<nx_cursor, nx_cursor_free> handle_;
};

/** A transaction. When it ends without commit(), nothing of it has happened. */
class transaction {
public:
    result<void> try_commit() {
        return detail::done([&](nx_error **error) { return nx_txn_commit(handle_.get(), error); });
    }
    result<void> try_abort() {
        return detail::done([&](nx_error **error) { return nx_txn_abort(handle_.get(), error); });
    }
    result<std::uint64_t> try_savepoint() {
        std::uint64_t number = 0;
        auto made = detail::done([&](nx_error **error) { return nx_txn_savepoint(handle_.get(), &number,
                error); });
        if (!made) {
            return detail::fail(std::move(made).error());
        }
        return number;
    }
    result<void> try_rollback_to(std::uint64_t savepoint) {
        return detail::done([&](nx_error **error) { return nx_txn_rollback_to(handle_.get(), savepoint,
                error); });
    }
#if defined(__cpp_exceptions)
    void commit() { detail::unwrap(try_commit()); }
    void abort() { detail::unwrap(try_abort()); }
    std::uint64_t savepoint() { return detail::unwrap(try_savepoint()); }
    void rollback_to(std::uint64_t savepoint) { detail::unwrap(try_rollback_to(savepoint)); }
#endif
    nx_txn *get() const noexcept { return handle_.get(); }

private:
    friend class database;
    detail::owned<nx_txn, nx_txn_free> handle_;
};

inline within::within(const transaction &transaction) : txn(transaction.get()) {}

/** A collection of a database, whether or not it exists. */
class collection {
public:
    /** Answers `{insertedId}`. */
    result<document> try_insert_one(const input &document, const input &options = {}, const within &in = {}) {
        return told(nx_insert_one, document, options, in);
    }
    /** Answers `{insertedCount, insertedIds}`. `documents` is a JSON list, or documents of BSON one after the other. */
    result<document> try_insert_many(const input &documents, const input &options = {},
            const within &in = {}) {
        return told(nx_insert_many, documents, options, in, true);
    }
    /** Answers `{matchedCount, modifiedCount}`, and `upsertedId` when a document was made. */
    result<document> try_update_one(const input &filter, const input &update, const input &options = {},
            const within &in = {}) {
        return changed(nx_update_one, filter, update, options, in);
    }
    result<document> try_update_many(const input &filter, const input &update, const input &options = {},
            const within &in = {}) {
        return changed(nx_update_many, filter, update, options, in);
    }
    result<document> try_replace_one(const input &filter, const input &replacement,
            const input &options = {}, const within &in = {}) {
        return changed(nx_replace_one, filter, replacement, options, in);
    }
    /** Answers `{deletedCount}`. */
    result<document> try_delete_one(const input &filter, const input &options = {}, const within &in = {}) {
        return told(nx_delete_one, filter, options, in);
    }
    result<document> try_delete_many(const input &filter, const input &options = {}, const within &in = {}) {
        return told(nx_delete_many, filter, options, in);
    }
    result<std::optional<document>> try_find_one_and_update(const input &filter, const input &update,
            const input &options = {}, const within &in = {}) {
        return handed_out(nx_find_one_and_update, filter, update, options, in);
    }
    result<std::optional<document>> try_find_one_and_replace(const input &filter, const input &replacement,
            const input &options = {}, const within &in = {}) {
        return handed_out(nx_find_one_and_replace, filter, replacement, options, in);
    }
    result<std::optional<document>> try_find_one_and_delete(const input &filter, const input &options = {},
            const within &in = {}) {
        return found(nx_find_one_and_delete, filter, options, in);
    }
    /** `writes` is a JSON list, as nx_bulk_write() says. */
    result<document> try_bulk_write(const input &writes, const input &options = {}, const within &in = {}) {
        return told(nx_bulk_write, writes, options, in, true);
    }
    result<cursor> try_find(const input &filter = {}, const input &options = {}, const within &in = {}) {
        return detail::with<result<cursor>>({&filter, &options}, false, [&](auto &g) -> result<cursor> {
            cursor found;
            const detail::call call(in);
            auto begun = detail::done([&](nx_error **error) {
                return nx_find(get(), call.get(), g[0].data(), g[0].size(), g[1].data(), g[1].size(),
                        found.handle_.place(), error);
            });
            if (!begun) {
                return detail::fail(std::move(begun).error());
            }
            return found;
        });
    }
    result<std::optional<document>> try_find_one(const input &filter = {}, const input &options = {},
            const within &in = {}) {
        return found(nx_find_one, filter, options, in);
    }
    result<std::uint64_t> try_count(const input &filter = {}, const input &options = {},
            const within &in = {}) {
        return detail::with<result<std::uint64_t>>({&filter, &options}, false,
                [&](auto &g) -> result<std::uint64_t> {
            std::uint64_t count = 0;
            const detail::call call(in);
            auto counted = detail::done([&](nx_error **error) {
                return nx_count(get(), call.get(), g[0].data(), g[0].size(), g[1].data(), g[1].size(),
                        &count, error);
            });
            if (!counted) {
                return detail::fail(std::move(counted).error());
            }
            return count;
        });
    }
    /** Answers `{values}`. */
    result<document> try_distinct(std::string_view path, const input &filter = {}, const input &options = {},
            const within &in = {}) {
        return answer({&filter, &options}, in, false, [&](auto *c, auto *call, auto &g, auto *out,
                auto **error) {
            return nx_distinct(c, call, path.data(), path.size(), g[0].data(), g[0].size(), g[1].data(),
                    g[1].size(), out, error);
        });
    }
    /** As nx_explain() says. */
    result<document> try_explain(const input &statement, const input &options = {}, const within &in = {}) {
        return told(nx_explain, statement, options, in);
    }
    /** `indexes` is a description or a JSON list of them, as nx_index_create() says. Answers their names. */
    result<std::vector<std::string>> try_create_index(const input &indexes, const within &in = {}) {
        auto made = answer({&indexes}, in, true, [&](auto *c, auto *call, auto &g, auto *out, auto **error) {
            return nx_index_create(c, call, g[0].data(), g[0].size(), out, error);
        });
        return detail::texts(std::move(made), "names");
    }
    result<void> try_drop_index(std::string_view name) {
        return detail::done([&](nx_error **error) { return nx_index_drop(get(), nullptr, name.data(),
                name.size(), error); });
    }
    /** Answers `{indexes}`. */
    result<document> try_list_indexes(const within &in = {}) {
        return answer({}, in, false, [&](auto *c, auto *call, auto &, auto *out, auto **error) {
            return nx_index_list(c, call, out, error);
        });
    }
#if defined(__cpp_exceptions)
    document insert_one(const input &document, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_insert_one(document, options, in));
    }
    document insert_many(const input &documents, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_insert_many(documents, options, in));
    }
    document update_one(const input &filter, const input &update, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_update_one(filter, update, options, in));
    }
    document update_many(const input &filter, const input &update, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_update_many(filter, update, options, in));
    }
    document replace_one(const input &filter, const input &replacement, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_replace_one(filter, replacement, options, in));
    }
    document delete_one(const input &filter, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_delete_one(filter, options, in));
    }
    document delete_many(const input &filter, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_delete_many(filter, options, in));
    }
    std::optional<document> find_one_and_update(const input &filter, const input &update,
            const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_find_one_and_update(filter, update, options, in));
    }
    std::optional<document> find_one_and_replace(const input &filter, const input &replacement,
            const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_find_one_and_replace(filter, replacement, options, in));
    }
    std::optional<document> find_one_and_delete(const input &filter, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_find_one_and_delete(filter, options, in));
    }
    document bulk_write(const input &writes, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_bulk_write(writes, options, in));
    }
    cursor find(const input &filter = {}, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_find(filter, options, in));
    }
    std::optional<document> find_one(const input &filter = {}, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_find_one(filter, options, in));
    }
    std::uint64_t count(const input &filter = {}, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_count(filter, options, in));
    }
    document distinct(std::string_view path, const input &filter = {}, const input &options = {},
            const within &in = {}) {
        return detail::unwrap(try_distinct(path, filter, options, in));
    }
    document explain(const input &statement, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_explain(statement, options, in));
    }
    std::vector<std::string> create_index(const input &indexes, const within &in = {}) {
        return detail::unwrap(try_create_index(indexes, in));
    }
    void drop_index(std::string_view name) { detail::unwrap(try_drop_index(name)); }
    document list_indexes(const within &in = {}) { return detail::unwrap(try_list_indexes(in)); }
#endif
    nx_coll *get() const noexcept { return handle_.get(); }

private:
    friend class database;

    template <class Deed>
    result<std::optional<document>> maybe(std::initializer_list<const input *> given, const within &in,
            Deed &&deed, bool is_sequence = false) {
        return detail::with<result<std::optional<document>>>(given, is_sequence, [&](auto &ready) {
            const detail::call call(in);
            return detail::maybe([&](nx_buf *out, nx_error **error) { return deed(get(), call.get(), ready,
                    out, error); });
        });
    }
    template <class Deed>
    result<document> answer(std::initializer_list<const input *> given, const within &in, bool is_sequence,
            Deed &&deed) {
        auto found = maybe(given, in, std::forward<Deed>(deed), is_sequence);
        if (!found) {
            return detail::fail(std::move(found).error());
        }
        return found->has_value() ? *std::move(*found) : document();
    }
    template <class Verb>
    result<document> told(Verb verb, const input &given, const input &options, const within &in,
            bool is_sequence = false) {
        return answer({&given, &options}, in, is_sequence, two(verb));
    }
    template <class Verb>
    result<std::optional<document>> found(Verb verb, const input &given, const input &options, const within &in) {
        return maybe({&given, &options}, in, two(verb));
    }
    /** A verb that is given a document and options. */
    template <class Verb>
    static auto two(Verb verb) {
        return [verb](nx_coll *coll, const nx_call *call, auto &g, nx_buf *out, nx_error **error) {
            return verb(coll, call, g[0].data(), g[0].size(), g[1].data(), g[1].size(), out, error);
        };
    }
    /** A verb that is given two documents and options. */
    template <class Verb>
    static auto three(Verb verb) {
        return [verb](nx_coll *coll, const nx_call *call, auto &g, nx_buf *out, nx_error **error) {
            return verb(coll, call, g[0].data(), g[0].size(), g[1].data(), g[1].size(), g[2].data(),
                    g[2].size(), out, error);
        };
    }
    template <class Verb>
    result<document> changed(Verb verb, const input &filter, const input &change, const input &options,
            const within &in) {
        return answer({&filter, &change, &options}, in, false, three(verb));
    }
    template <class Verb>
    result<std::optional<document>> handed_out(Verb verb, const input &filter, const input &change,
            const input &options, const within &in) {
        return maybe({&filter, &change, &options}, in, three(verb));
    }

    detail::owned<nx_coll, nx_coll_free> handle_;
};

/** An open database. */
class database {
public:
    /** Opens the file, and creates it when there is none; `":memory:"` has no file. Options as nx_db_open() says. */
    static result<database> try_open(std::string_view path, const input &options = {}) {
        return detail::with<result<database>>({&options}, false, [&](auto &g) -> result<database> {
            database opened;
            const within nowhere;
            const detail::call call(nowhere);
            auto done = detail::done([&](nx_error **error) {
                return nx_db_open(call.get(), path.data(), path.size(), g[0].data(), g[0].size(),
                        opened.handle_.place(), error);
            });
            if (!done) {
                return detail::fail(std::move(done).error());
            }
            return opened;
        });
    }
    /** Closes it; otherwise it is closed when it ends, and nobody hears of what goes wrong. */
    result<void> try_close() {
        return detail::done([&](nx_error **error) { return nx_db_close(get(), error); });
    }
    result<nexus::collection> try_collection(std::string_view name) {
        nexus::collection made;
        auto done = detail::done([&](nx_error **error) {
            return nx_db_collection(get(), name.data(), name.size(), made.handle_.place(), error);
        });
        if (!done) {
            return detail::fail(std::move(done).error());
        }
        return made;
    }
    result<std::vector<std::string>> try_collection_names(const within &in = {}) {
        return detail::texts(told(nx_db_collection_names, in), "collections");
    }
    result<void> try_create_collection(std::string_view name, const input &options = {},
            const within &in = {}) {
        return detail::with<result<void>>({&options}, false, [&](auto &g) {
            const detail::call call(in);
            return detail::done([&](nx_error **error) {
                return nx_db_create_collection(get(), call.get(), name.data(), name.size(), g[0].data(),
                        g[0].size(), error);
            });
        });
    }
    /** Answers whether there was one. */
    result<bool> try_drop_collection(std::string_view name, const within &in = {}) {
        const detail::call call(in);
        auto status = detail::run([&](nx_error **error) {
            return nx_db_drop_collection(get(), call.get(), name.data(), name.size(), error);
        });
        if (!status) {
            return detail::fail(std::move(status).error());
        }
        return *status == NX_OK;
    }
    result<void> try_rename_collection(std::string_view from, std::string_view to, const input &options = {},
            const within &in = {}) {
        return detail::with<result<void>>({&options}, false, [&](auto &g) {
            const detail::call call(in);
            return detail::done([&](nx_error **error) {
                return nx_db_rename_collection(get(), call.get(), from.data(), from.size(), to.data(),
                        to.size(), g[0].data(), g[0].size(), error);
            });
        });
    }
    /** As nx_db_bulk_write() says. */
    result<document> try_bulk_write(const input &writes, const input &options = {}, const within &in = {}) {
        return detail::with<result<document>>({&writes, &options}, true, [&](auto &g) {
            const detail::call call(in);
            return detail::answer([&](nx_buf *out, nx_error **error) {
                return nx_db_bulk_write(get(), call.get(), g[0].data(), g[0].size(), g[1].data(),
                        g[1].size(), out, error);
            });
        });
    }
    result<transaction> try_begin() {
        transaction begun;
        auto done = detail::done([&](nx_error **error) {
            return nx_txn_begin(get(), nullptr, nullptr, 0, begun.handle_.place(), error);
        });
        if (!done) {
            return detail::fail(std::move(done).error());
        }
        return begun;
    }
    result<document> try_info() { return told(nx_db_info, {}); }
    result<document> try_stats() { return told(nx_db_stats, {}); }
    /** `valid` and `faults` say what was found. */
    result<document> try_check() { return told(nx_db_check, {}); }
    result<void> try_checkpoint() {
        return detail::done([&](nx_error **error) { return nx_db_checkpoint(get(), error); });
    }
    /** Copies the state of this moment into a new file. */
    result<void> try_backup(std::string_view path) {
        return detail::done([&](nx_error **error) { return nx_db_backup(get(), path.data(), path.size(),
                error); });
    }
#if defined(__cpp_exceptions)
    static database open(std::string_view path,
            const input &options = {}) { return detail::unwrap(try_open(path, options)); }
    void close() { detail::unwrap(try_close()); }
    nexus::collection collection(std::string_view name) { return detail::unwrap(try_collection(name)); }
    std::vector<std::string> collection_names(const within &in = {}) { return detail::unwrap(try_collection_names(in)); }
    void create_collection(std::string_view name, const input &options = {}, const within &in = {}) {
        detail::unwrap(try_create_collection(name, options, in));
    }
    bool drop_collection(std::string_view name,
            const within &in = {}) { return detail::unwrap(try_drop_collection(name, in)); }
    void rename_collection(std::string_view from, std::string_view to, const input &options = {},
            const within &in = {}) {
        detail::unwrap(try_rename_collection(from, to, options, in));
    }
    document bulk_write(const input &writes, const input &options = {}, const within &in = {}) {
        return detail::unwrap(try_bulk_write(writes, options, in));
    }
    transaction begin() { return detail::unwrap(try_begin()); }
    /** Runs `attempt(transaction)` and commits, again from the beginning when somebody else came first. */
    template <class Attempt>
    void transact(Attempt &&attempt, unsigned attempts_max = 1000) {
        for (unsigned attempts = 1;; attempts++) {
            auto txn = begin();
            try {
                attempt(txn);
                txn.commit();
                return;
            } catch (const conflict &) {
                if (attempts >= attempts_max) {
                    throw;
                }
            }
        }
    }
    document info() { return detail::unwrap(try_info()); }
    document stats() { return detail::unwrap(try_stats()); }
    document check() { return detail::unwrap(try_check()); }
    void checkpoint() { detail::unwrap(try_checkpoint()); }
    void backup(std::string_view path) { detail::unwrap(try_backup(path)); }
#endif
    nx_db *get() const noexcept { return handle_.get(); }

private:
    friend class client;

    template <class Verb>
    result<document> told(Verb verb, const within &in) {
        const detail::call call(in);
        return detail::answer([&](nx_buf *out, nx_error **error) { return verb(get(), call.get(), out,
                error); });
    }

    detail::owned<nx_db, nx_db_free> handle_;
};

/** A folder of databases. */
class client {
public:
    /** Opens the folder, and creates it when there is none. The options are those of every database in it. */
    static result<client> try_open(std::string_view folder, const input &options = {}) {
        return detail::with<result<client>>({&options}, false, [&](auto &g) -> result<client> {
            client opened;
            const within nowhere;
            const detail::call call(nowhere);
            auto done = detail::done([&](nx_error **error) {
                return nx_client_open(call.get(), folder.data(), folder.size(), g[0].data(), g[0].size(),
                        opened.handle_.place(), error);
            });
            if (!done) {
                return detail::fail(std::move(done).error());
            }
            return opened;
        });
    }
    result<nexus::database> try_database(std::string_view name) {
        nexus::database opened;
        auto done = detail::done([&](nx_error **error) {
            return nx_client_database(get(), name.data(), name.size(), opened.handle_.place(), error);
        });
        if (!done) {
            return detail::fail(std::move(done).error());
        }
        return opened;
    }
    result<std::vector<std::string>> try_database_names() {
        const within nowhere;
        const detail::call call(nowhere);
        return detail::texts(
            detail::answer([&](nx_buf *out, nx_error **error) { return nx_client_database_names(get(),
                    call.get(), out, error); }),
            "databases");
    }
    /** Answers whether there was one. */
    result<bool> try_drop_database(std::string_view name) {
        auto status = detail::run([&](nx_error **error) { return nx_client_drop_database(get(), name.data(),
                name.size(), error); });
        if (!status) {
            return detail::fail(std::move(status).error());
        }
        return *status == NX_OK;
    }
#if defined(__cpp_exceptions)
    static client open(std::string_view folder,
            const input &options = {}) { return detail::unwrap(try_open(folder, options)); }
    nexus::database database(std::string_view name) { return detail::unwrap(try_database(name)); }
    std::vector<std::string> database_names() { return detail::unwrap(try_database_names()); }
    bool drop_database(std::string_view name) { return detail::unwrap(try_drop_database(name)); }
#endif
    nx_client *get() const noexcept { return handle_.get(); }

private:
    detail::owned<nx_client, nx_client_free> handle_;
};

} // namespace nexus

#endif

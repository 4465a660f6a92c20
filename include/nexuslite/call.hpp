/**
 * @file nexuslite/call.hpp
 * How a call is made, and what comes of it.
 */
#ifndef NEXUSLITE_CALL_HPP
#define NEXUSLITE_CALL_HPP

#include "document.hpp"
#include "input.hpp"
#include "owned.hpp"
#include "result.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus {

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

} // namespace nexus

#endif

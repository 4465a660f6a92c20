/**
 * @file nexuslite/cursor.hpp
 * Documents handed out one by one.
 */
#ifndef NEXUSLITE_CURSOR_HPP
#define NEXUSLITE_CURSOR_HPP

#include "call.hpp"
#include "document.hpp"
#include "owned.hpp"
#include "result.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

namespace nexus {

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

} // namespace nexus

#endif

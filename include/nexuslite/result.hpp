/**
 * @file nexuslite/result.hpp
 * An answer, or what went wrong.
 */
#ifndef NEXUSLITE_RESULT_HPP
#define NEXUSLITE_RESULT_HPP

#include "error.hpp"
#include "failure.hpp"

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#if __has_include(<version>)
#include <version>
#endif
#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace nexus {

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

} // namespace nexus

#endif

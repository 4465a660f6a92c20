/**
 * @file nexuslite/error.hpp
 * What went wrong, thrown; without exceptions there is nothing here.
 */
#ifndef NEXUSLITE_ERROR_HPP
#define NEXUSLITE_ERROR_HPP

#include "failure.hpp"

#include <utility>

#if defined(__cpp_exceptions)
#include <stdexcept>
#endif

namespace nexus {

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
struct disk_full : error { using error::error; };
struct closed : error { using error::error; };
struct forked : error { using error::error; };

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
    case NX_ERR_DISK_FULL: throw disk_full(std::move(failure));
    case NX_ERR_CLOSED: throw closed(std::move(failure));
    case NX_ERR_FORKED: throw forked(std::move(failure));
    default: throw error(std::move(failure));
    }
}

#endif

} // namespace nexus

#endif

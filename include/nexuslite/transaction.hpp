/**
 * @file nexuslite/transaction.hpp
 * Several statements that happen together, or not at all.
 */
#ifndef NEXUSLITE_TRANSACTION_HPP
#define NEXUSLITE_TRANSACTION_HPP

#include "call.hpp"
#include "owned.hpp"
#include "result.hpp"

#include <cstdint>
#include <utility>

namespace nexus {

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

} // namespace nexus

#endif

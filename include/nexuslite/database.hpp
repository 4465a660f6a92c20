/**
 * @file nexuslite/database.hpp
 * A file with collections in it.
 */
#ifndef NEXUSLITE_DATABASE_HPP
#define NEXUSLITE_DATABASE_HPP

#include "call.hpp"
#include "collection.hpp"
#include "document.hpp"
#include "input.hpp"
#include "owned.hpp"
#include "result.hpp"
#include "transaction.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus {

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
    /** Does what a command says, as nx_command() tells: `{"count": "orders"}` answers `{"n": 2, "ok": 1}`. */
    result<document> try_command(const input &command, const within &in = {}) {
        return detail::with<result<document>>({&command}, false, [&](auto &g) {
            const detail::call call(in);
            return detail::answer([&](nx_buf *out, nx_error **error) {
                return nx_command(get(), call.get(), g[0].data(), g[0].size(), out, error);
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
    document command(const input &command, const within &in = {}) {
        return detail::unwrap(try_command(command, in));
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

} // namespace nexus

#endif

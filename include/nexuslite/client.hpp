/**
 * @file nexuslite/client.hpp
 * A folder with databases in it.
 */
#ifndef NEXUSLITE_CLIENT_HPP
#define NEXUSLITE_CLIENT_HPP

#include "call.hpp"
#include "database.hpp"
#include "input.hpp"
#include "owned.hpp"
#include "result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus {

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

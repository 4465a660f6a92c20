/**
 * @file nexuslite/collection.hpp
 * Documents that belong together, and every verb.
 */
#ifndef NEXUSLITE_COLLECTION_HPP
#define NEXUSLITE_COLLECTION_HPP

#include "call.hpp"
#include "cursor.hpp"
#include "document.hpp"
#include "input.hpp"
#include "owned.hpp"
#include "result.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus {

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
        const input stages = staged(change);
        return answer({&filter, &stages, &options}, in, false, three(verb));
    }
    template <class Verb>
    result<std::optional<document>> handed_out(Verb verb, const input &filter, const input &change,
            const input &options, const within &in) {
        const input stages = staged(change);
        return maybe({&filter, &stages, &options}, in, three(verb));
    }
    /** An update as bytes can say it: a list without a stage would be a document without an operator. */
    static input staged(const input &change) {
        const auto text = change.json();
        const bool is_list = text.find('[') != text.npos;
        const bool is_empty = text.find_first_not_of(" \t\r\n[]") == text.npos;
        return is_list && is_empty ? input(R"([{"$replaceWith": "$$ROOT"}])") : change;
    }

    detail::owned<nx_coll, nx_coll_free> handle_;
};

} // namespace nexus

#endif

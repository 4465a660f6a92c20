/**
 * @file nexuslite/document.hpp
 * BSON that the program owns.
 */
#ifndef NEXUSLITE_DOCUMENT_HPP
#define NEXUSLITE_DOCUMENT_HPP

#include "owned.hpp"
#include "result.hpp"
#include "view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nexus {

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

} // namespace nexus

#endif

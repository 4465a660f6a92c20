/**
 * @file nexuslite/nlohmann.hpp
 * Documents as values of nlohmann/json, and the other way round. nexuslite.hpp leaves it out: it needs that library.
 *
 * What JSON has no word for, dates and binary data for instance, is Extended JSON on both sides: `{"$date": …}`.
 * A whole number that comes back has the smallest type that holds it.
 */
#ifndef NEXUSLITE_NLOHMANN_HPP
#define NEXUSLITE_NLOHMANN_HPP

#include "document.hpp"
#include "owned.hpp"
#include "result.hpp"
#include "view.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace nexus {

namespace detail {

/** A value that JSON has no word for, as Extended JSON: by way of a document that has nothing else. */
template <class Json>
Json extended(const value &given) {
    std::string bson(4, '\0');
    bson += static_cast<char>(given.type());
    bson += '\0';
    bson += given.bytes();
    bson += '\0';
    for (std::size_t i = 0; i < 4; i++) {
        bson[i] = static_cast<char>(bson.size() >> (8 * i));
    }
    return Json::parse(document_view(bson).to_json(json::canonical)).at("");
}

template <class Json>
Json whole(document_view given, bool is_list) {
    Json made = is_list ? Json::array() : Json::object();
    given.each([&](std::string_view name, const value &here) {
        Json inner;
        switch (here.type()) {
        case type::document: case type::array:
            inner = whole<Json>(*here.as_document(), here.type() == type::array);
            break;
        case type::string: inner = std::string(*here.as_string()); break;
        case type::int32: case type::int64: inner = *here.as_int64(); break;
        case type::boolean: inner = *here.as_bool(); break;
        case type::null: break;
        default: {
            const auto real = here.type() == type::floating ? here.as_double() : std::nullopt;
            inner = real && std::isfinite(*real) ? Json(*real) : extended<Json>(here);
        }
        }
        if (is_list) {
            made.push_back(std::move(inner));
        } else {
            made[std::string(name)] = std::move(inner);
        }
    });
    return made;
}

/** The text of it; nothing when a part of it is not UTF-8, which would be replaced. */
template <class Json>
std::optional<std::string> text_of(const Json &given) {
    auto text = given.dump(-1, ' ', false, Json::error_handler_t::replace);
    const bool is_whole = text == given.dump(-1, ' ', false, Json::error_handler_t::ignore);
    return is_whole ? std::optional(std::move(text)) : std::nullopt;
}

} // namespace detail

/** A document as JSON; `nlohmann::ordered_json` keeps the order of the fields, `nlohmann::json` sorts them. */
template <class Json = nlohmann::ordered_json>
Json to_nlohmann(document_view given) {
    return detail::whole<Json>(given, false);
}

/** JSON as a document. An error when it is no object, has text that is not UTF-8, or a number beyond 64 bits. */
template <class Json>
result<document> try_from_nlohmann(const Json &given) {
    const auto text = detail::text_of(given);
    if (!text) {
        return detail::fail(failure(NX_ERR_INVALID, "a text of the JSON is not UTF-8"));
    }
    detail::bytes bson;
    nx_error *error = nullptr;
    const nx_status status = nx_json_to_bson(text->data(), text->size(), 1, bson.place(), &error);
    if (status < 0) {
        return detail::fail(failure(status, error));
    }
    return document(std::string(bson.view()));
}

#if defined(__cpp_exceptions)
template <class Json>
document from_nlohmann(const Json &given) {
    return detail::unwrap(try_from_nlohmann(given));
}

/* What nlohmann/json itself looks for: `nlohmann::json j = document;` and `j.get<nexus::document>()`. */
inline void to_json(nlohmann::json &made, const document &given) { made = to_nlohmann<nlohmann::json>(given); }
inline void to_json(nlohmann::ordered_json &made, const document &given) { made = to_nlohmann(given); }
inline void from_json(const nlohmann::json &given, document &made) { made = from_nlohmann(given); }
inline void from_json(const nlohmann::ordered_json &given, document &made) { made = from_nlohmann(given); }
#endif

} // namespace nexus

#endif

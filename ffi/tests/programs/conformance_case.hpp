// One case of the corpora, and what it is compared with.
#ifndef CONFORMANCE_CASE_HPP
#define CONFORMANCE_CASE_HPP

#include <nexuslite.hpp>

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using nexus::document_view;
using nexus::value;

inline int failures = 0;
inline std::string at;

inline void wrong(const std::string &what, const std::string &got, const std::string &wanted) {
    std::fprintf(stderr, "%s: %s\n  wanted %s\n  got    %s\n", at.c_str(), what.c_str(), wanted.c_str(), got.c_str());
    failures++;
}

// BSON, made of values that are here already.
class made {
public:
    made &put(nexus::type type, std::string_view name, std::string_view bytes) {
        fields_ += static_cast<char>(type);
        fields_ += name;
        fields_ += '\0';
        fields_ += bytes;
        return *this;
    }
    made &put(std::string_view name, const value &given) { return put(given.type(), name, given.bytes()); }
    made &put(std::string_view name, const made &given) { return put(nexus::type::document, name, given.bytes()); }
    made &list(std::string_view name, const made &given) { return put(nexus::type::array, name, given.bytes()); }
    made &text(std::string_view name, std::string_view text) {
        return put(nexus::type::string, name, number(text.size() + 1) + std::string(text) + '\0');
    }
    made &whole(std::string_view name, std::uint32_t given) { return put(nexus::type::int32, name, number(given)); }
    made &flag(std::string_view name, bool is) { return put(nexus::type::boolean, name, std::string(1, is ? '\1' : '\0')); }
    std::string bytes() const { return number(fields_.size() + 5) + fields_ + '\0'; }
    // Owned, so that it can be given to a call.
    nexus::document document() const { return nexus::document(bytes()); }

private:
    static std::string number(std::size_t given) {
        std::string bytes;
        for (int i = 0; i < 4; i++) {
            bytes += static_cast<char>(given >> (8 * i));
        }
        return bytes;
    }
    std::string fields_;
};

// One case.
class test_case {
public:
    explicit test_case(document_view fields, nexus::collection &orders) : fields_(fields), orders_(orders) {}

    bool has(std::string_view part) const { return part_of(part).has_value(); }
    std::optional<value> part_of(std::string_view part) const {
        std::optional<value> found;
        fields_.each([&](std::string_view name, const value &here) {
            if (name == part) {
                found = here;
            }
        });
        return found;
    }
    document_view document(std::string_view part) const {
        const auto found = part_of(part);
        return found ? found->as_document().value_or(document_view()) : document_view();
    }
    std::string text(std::string_view part) const {
        const auto found = part_of(part);
        return found ? std::string(found->as_string().value_or("")) : "";
    }
    bool is(std::string_view part, bool otherwise) const {
        const auto found = part_of(part);
        return found ? found->as_bool().value_or(otherwise) : otherwise;
    }
    // Whether the part speaks of the moment, which is not 1970 here, or of something else that is named.
    bool mentions(std::string_view part, std::initializer_list<std::string_view> words) const {
        const auto found = part_of(part);
        return found && std::any_of(words.begin(), words.end(), [&](auto word) {
            return found->bytes().find(word) != std::string_view::npos;
        });
    }
    bool is_of_the_moment(std::string_view part) const {
        return mentions(part, {"$$NOW", "$currentDate", "$$CLUSTER_TIME"});
    }

    // Whether the case was to fail; what failed is compared with it.
    template <class Answer>
    bool failed(const nexus::result<Answer> &answer) const {
        const auto wanted = part_of("error");
        if (answer) {
            if (wanted) {
                wrong("no error", "success", wanted->as_document()->to_json());
            }
            return wanted.has_value();
        }
        const auto &failure = answer.error();
        if (!wanted) {
            wrong("an error", failure.message(), "none");
            return true;
        }
        const auto expected = *wanted->as_document();
        const auto code = expected.find("code");
        const auto says = expected.find("says");
        const bool same = expected.find("kind")->as_string() == failure.kind_name()
            && (!code || code->as_int64() == failure.code())
            && (!says || failure.message().find(*says->as_string()) != std::string::npos);
        if (!same) {
            wrong("another error", std::string(failure.kind_name()) + " " + std::to_string(failure.code()) + ": " + failure.message(),
                  expected.to_json());
        }
        return true;
    }

    void same(std::string_view what, document_view got, document_view wanted) const {
        if (got.bytes() != wanted.bytes()) {
            wrong(std::string(what), got.to_json(nexus::json::canonical), wanted.to_json(nexus::json::canonical));
        }
    }
    void insert(document_view document) const { orders_.insert_one(document); }
    nexus::document stored() const { return *orders_.find_one(); }
    nexus::collection &orders() const { return orders_; }
    document_view fields() const { return fields_; }

private:
    document_view fields_;
    nexus::collection &orders_;
};

inline bool has_id(document_view document) { return document.find("_id").has_value(); }

inline nexus::document without_id(document_view document) {
    made rest;
    document.each([&](std::string_view name, const value &here) {
        if (name != "_id") {
            rest.put(name, here);
        }
    });
    return rest.document();
}

inline std::string first_name(document_view document) {
    std::string first;
    document.each([&](std::string_view name, const value &) {
        first = first.empty() ? std::string(name) : first;
    });
    return first;
}

// The places in an order that is always the same for a case.
inline std::vector<std::size_t> shuffled(const test_case &c, std::size_t count) {
    std::vector<std::size_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    std::shuffle(places.begin(), places.end(), std::mt19937(static_cast<unsigned>(c.text("name").size())));
    return places;
}

#endif

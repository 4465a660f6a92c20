/**
 * @file nexuslite/input.hpp
 * What is given to a call.
 */
#ifndef NEXUSLITE_INPUT_HPP
#define NEXUSLITE_INPUT_HPP

#include "document.hpp"
#include "owned.hpp"
#include "result.hpp"
#include "view.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace nexus {

/** What is given to a call: JSON text, or a document. A default one is nothing. */
class input {
public:
    input() = default;
    input(const char *json) : json_(json) {}
    input(std::string_view json) : json_(json) {}
    input(const std::string &json) : json_(json) {}
    input(document_view bson) : bson_(bson.bytes()) {}
    input(const document &bson) : bson_(bson.view().bytes()) {}

    std::string_view json() const noexcept { return json_; }
    std::string_view bson() const noexcept { return bson_; }

private:
    std::string_view json_;
    std::string_view bson_;
};

namespace detail {

/** An input as BSON: what was given, or what was made of it. */
class encoded {
public:
    /** As one document; a JSON list is the document of its elements. */
    static result<encoded> of(const input &given) {
        encoded made;
        if (given.json().data() == nullptr) {
            made.view_ = given.bson();
            return made;
        }
        const auto begin = given.json().find_first_not_of(" \t\r\n");
        const bool is_list = begin != std::string_view::npos && given.json()[begin] == '[';
        const std::string wrapped = is_list ? "{\"\":" + std::string(given.json()) + "}" : std::string();
        const std::string_view text = is_list ? std::string_view(wrapped) : given.json();
        nx_error *error = nullptr;
        const nx_status status = nx_json_to_bson(text.data(), text.size(), 0, made.owner_.place(), &error);
        if (status < 0) {
            return fail(failure(status, error));
        }
        // Within its wrapping the list begins after a length, its type and a name without letters.
        made.view_ = is_list ? made.owner_.view().substr(6,
                made.owner_.view().size() - 7) : made.owner_.view();
        made.is_list_ = is_list;
        return made;
    }
    /** As documents one after the other: those of a JSON list, or the one that it is. */
    static result<encoded> sequence_of(const input &given) {
        auto made = of(given);
        if (made && made->is_list_) {
            bool only_documents = true;
            document_view(made->view_).each([&](std::string_view, const value &element) {
                const bool is_document = element.type() == type::document;
                only_documents = only_documents && is_document;
                made->sequence_ += is_document ? element.bytes() : std::string_view();
            });
            made->view_ = made->sequence_;
            if (!only_documents) {
                return fail(failure(NX_ERR_INVALID, "a list of documents is needed, but it has something else in it"));
            }
        }
        return made;
    }
    encoded(encoded &&other) noexcept { *this = std::move(other); }
    encoded &operator=(encoded &&other) noexcept {
        const bool is_own = !other.sequence_.empty() && other.view_.data() == other.sequence_.data();
        owner_ = std::move(other.owner_);
        sequence_ = std::move(other.sequence_);
        view_ = is_own ? std::string_view(sequence_) : other.view_;
        is_list_ = other.is_list_;
        return *this;
    }

    const void *data() const noexcept { return view_.data(); }
    std::size_t size() const noexcept { return view_.size(); }

private:
    encoded() = default;
    bytes owner_;
    std::string sequence_;
    std::string_view view_;
    bool is_list_ = false;
};

} // namespace detail

} // namespace nexus

#endif

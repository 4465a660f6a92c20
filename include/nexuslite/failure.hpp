/**
 * @file nexuslite/failure.hpp
 * What went wrong.
 */
#ifndef NEXUSLITE_FAILURE_HPP
#define NEXUSLITE_FAILURE_HPP

#include "owned.hpp"
#include "view.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nexus {

/** What went wrong. */
class failure {
public:
    /** Takes the error of a call, and frees it. */
    failure(nx_status kind, nx_error *error) : kind_(kind) {
        const detail::owned<nx_error, nx_error_free> owner(error);
        message_ = nx_error_message(error);
        code_ = nx_error_code(error);
        code_name_ = nx_error_code_name(error);
        for (std::size_t i = 0; const char *label = nx_error_label(error, i); i++) {
            labels_.emplace_back(label);
        }
        detail::bytes details;
        if (nx_error_details(error, NX_BSON, details.place()) == NX_OK) {
            details_ = std::string(details.view());
        }
    }

    /** A failure that the library has not seen. */
    failure(nx_status kind, const char *message) : kind_(kind), message_(message) {}

    /** What can be done about it: NX_ERR_DUPLICATE_KEY and the others. */
    nx_status kind() const noexcept { return kind_; }
    const char *kind_name() const noexcept { return nx_status_name(kind_); }
    /** MongoDB's number and name for it; 0 and empty where it has none. */
    std::int32_t code() const noexcept { return code_; }
    const std::string &code_name() const noexcept { return code_name_; }
    const std::string &message() const noexcept { return message_; }
    const std::vector<std::string> &labels() const noexcept { return labels_; }
    bool has_label(std::string_view label) const noexcept {
        for (const auto &known : labels_) {
            if (known == label) {
                return true;
            }
        }
        return false;
    }
    /** `keyPattern` and `keyValue`, `writeErrors` and the like; without fields when there is nothing to tell. */
    document_view details() const noexcept { return details_.empty() ? document_view() : document_view(details_); }

private:
    nx_status kind_;
    std::int32_t code_ = 0;
    std::string message_;
    std::string code_name_;
    std::vector<std::string> labels_;
    std::string details_;
};

} // namespace nexus

#endif

/**
 * @file nexuslite/view.hpp
 * BSON that somebody else owns: documents and their values.
 */
#ifndef NEXUSLITE_VIEW_HPP
#define NEXUSLITE_VIEW_HPP

#include "owned.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace nexus {

/** BSON's types, by their numbers. */
enum class type : std::uint8_t {
    floating = 0x01,
    string = 0x02,
    document = 0x03,
    array = 0x04,
    binary = 0x05,
    object_id = 0x07,
    boolean = 0x08,
    date_time = 0x09,
    null = 0x0A,
    regex = 0x0B,
    int32 = 0x10,
    timestamp = 0x11,
    int64 = 0x12,
    decimal128 = 0x13,
};

/** How JSON is written. */
enum class json : std::uint32_t { relaxed = NX_JSON, canonical = NX_JSON_CANONICAL, safe = NX_JSON_SAFE };

namespace detail {

/** A number as BSON keeps it, the low byte first. */
template <class Number>
Number read(const char *at) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); i++) {
        number |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
    }
    if constexpr (std::is_same_v<Number, double>) {
        double real = 0;
        std::memcpy(&real, &number, sizeof real);
        return real;
    } else {
        return static_cast<Number>(number);
    }
}

/** How many bytes a value of this type takes; nothing for what is not known or does not fit in `room`. */
inline std::optional<std::size_t> value_size(std::uint8_t kind, std::string_view rest) noexcept {
    const auto prefixed = [&](std::size_t more) -> std::optional<std::size_t> {
        if (rest.size() < 4) {
            return std::nullopt;
        }
        return static_cast<std::size_t>(read<std::uint32_t>(rest.data())) + more;
    };
    std::optional<std::size_t> size;
    switch (kind) {
    case 0x06: case 0x0A: case 0x7F: case 0xFF: size = 0; break;
    case 0x08: size = 1; break;
    case 0x10: size = 4; break;
    case 0x01: case 0x09: case 0x11: case 0x12: size = 8; break;
    case 0x07: size = 12; break;
    case 0x13: size = 16; break;
    case 0x02: case 0x0D: case 0x0E: size = prefixed(4); break;
    case 0x03: case 0x04: case 0x0F: size = prefixed(0); break;
    case 0x05: size = prefixed(5); break;
    case 0x0C: size = prefixed(16); break;
    case 0x0B: {
        const auto first = rest.find('\0');
        const auto second = first == rest.npos ? first : rest.find('\0', first + 1);
        if (second != rest.npos) {
            size = second + 1;
        }
        break;
    }
    default: break;
    }
    return size && *size <= rest.size() ? size : std::nullopt;
}

} // namespace detail

class value;

/** A BSON document that somebody else owns. A default one has no fields. */
class document_view {
public:
    document_view() noexcept = default;
    /** Takes bytes that are one document: what the library gave, or what document::from_bson() has checked. */
    explicit document_view(std::string_view bson) noexcept : bytes_(bson) {}

    std::string_view bytes() const noexcept { return bytes_; }
    bool empty() const noexcept { return bytes_.size() <= 5; }

    /** The value of a field; nothing when there is none. `a.b` is the field b of the document a; so is `a.0` in a list. */
    inline std::optional<value> find(std::string_view path) const noexcept;
    /** Calls `take(name, value)` for each field, in order. */
    template <class Take>
    void each(Take &&take) const;

    /** As text. */
    inline std::string to_json(json mode = json::relaxed) const;

private:
    std::string_view bytes_ = std::string_view("\5\0\0\0\0", 5);
};

/** A value inside a document that somebody else owns. */
class value {
public:
    value(nexus::type kind, std::string_view bytes) noexcept : kind_(kind), bytes_(bytes) {}

    nexus::type type() const noexcept { return kind_; }
    bool is_null() const noexcept { return kind_ == nexus::type::null; }
    /** A whole number of either size, or a double that is one. */
    std::optional<std::int64_t> as_int64() const noexcept {
        switch (kind_) {
        case nexus::type::int32: return detail::read<std::int32_t>(bytes_.data());
        case nexus::type::int64: return detail::read<std::int64_t>(bytes_.data());
        case nexus::type::floating: {
            const double real = detail::read<double>(bytes_.data());
            const bool fits = real >= -9007199254740992.0 && real <= 9007199254740992.0;
            const auto whole = fits ? static_cast<std::int64_t>(real) : 0;
            return fits && static_cast<double>(whole) == real ? std::optional(whole) : std::nullopt;
        }
        default: return std::nullopt;
        }
    }
    /** A number of any type but decimal128, as near as a double comes. */
    std::optional<double> as_double() const noexcept {
        switch (kind_) {
        case nexus::type::int32: return detail::read<std::int32_t>(bytes_.data());
        case nexus::type::int64: return static_cast<double>(detail::read<std::int64_t>(bytes_.data()));
        case nexus::type::floating: return detail::read<double>(bytes_.data());
        default: return std::nullopt;
        }
    }
    std::optional<bool> as_bool() const noexcept {
        return kind_ == nexus::type::boolean ? std::optional(bytes_[0] != 0) : std::nullopt;
    }
    std::optional<std::string_view> as_string() const noexcept {
        return kind_ == nexus::type::string ? std::optional(bytes_.substr(4,
                bytes_.size() - 5)) : std::nullopt;
    }
    /** Milliseconds since 1970. */
    std::optional<std::int64_t> as_date_time() const noexcept {
        return kind_ == nexus::type::date_time ? std::optional(detail::read<std::int64_t>(bytes_.data())) : std::nullopt;
    }
    /** A document; a list is one whose fields are called 0, 1, 2. */
    std::optional<document_view> as_document() const noexcept {
        const bool is_one = kind_ == nexus::type::document || kind_ == nexus::type::array;
        return is_one ? std::optional(document_view(bytes_)) : std::nullopt;
    }
    /** The value's bytes, as BSON has them. */
    std::string_view bytes() const noexcept { return bytes_; }

private:
    nexus::type kind_;
    std::string_view bytes_;
};

template <class Take>
void document_view::each(Take &&take) const {
    std::size_t at = 4;
    while (at + 1 < bytes_.size() && bytes_[at] != 0) {
        const auto kind = static_cast<std::uint8_t>(bytes_[at]);
        const auto end = bytes_.find('\0', at + 1);
        if (end == bytes_.npos) {
            return;
        }
        const auto rest = bytes_.substr(end + 1);
        const auto size = detail::value_size(kind, rest);
        if (!size) {
            return;
        }
        take(bytes_.substr(at + 1, end - at - 1), value(static_cast<nexus::type>(kind), rest.substr(0,
                *size)));
        at = end + 1 + *size;
    }
}

inline std::optional<value> document_view::find(std::string_view path) const noexcept {
    const auto dot = path.find('.');
    std::optional<value> found;
    each([&](std::string_view name, const value &here) {
        if (!found && name == path.substr(0, dot)) {
            found = here;
        }
    });
    if (dot == path.npos || !found) {
        return found;
    }
    const auto inside = found->as_document();
    return inside ? inside->find(path.substr(dot + 1)) : std::nullopt;
}

inline std::string document_view::to_json(json mode) const {
    detail::bytes text;
    nx_bson_to_json(bytes_.data(), bytes_.size(), static_cast<nx_format>(mode), text.place(), nullptr);
    return std::string(text.view());
}

} // namespace nexus

#endif

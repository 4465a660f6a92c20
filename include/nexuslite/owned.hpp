/**
 * @file nexuslite/owned.hpp
 * What the library gave and the program lets go of.
 */
#ifndef NEXUSLITE_OWNED_HPP
#define NEXUSLITE_OWNED_HPP

#include "../nexuslite.h"

#include <string_view>
#include <utility>

namespace nexus {

namespace detail {

/** Owns a handle: freed when it ends, moved and not copied. */
template <class Handle, void (*Free)(Handle *)>
class owned {
public:
    owned() noexcept = default;
    explicit owned(Handle *handle) noexcept : handle_(handle) {}
    owned(owned &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    owned &operator=(owned &&other) noexcept {
        if (this != &other) {
            reset();
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    owned(const owned &) = delete;
    owned &operator=(const owned &) = delete;
    ~owned() { reset(); }

    Handle *get() const noexcept { return handle_; }
    Handle **place() noexcept {
        reset();
        return &handle_;
    }
    void reset() noexcept {
        if (handle_ != nullptr) {
            Free(std::exchange(handle_, nullptr));
        }
    }

private:
    Handle *handle_ = nullptr;
};

/** Owns bytes that the library gave. */
class bytes {
public:
    bytes() noexcept = default;
    bytes(bytes &&other) noexcept : buf_(std::exchange(other.buf_, nx_buf NX_BUF_INIT)) {}
    bytes &operator=(bytes &&other) noexcept {
        if (this != &other) {
            nx_buf_free(&buf_);
            buf_ = std::exchange(other.buf_, nx_buf NX_BUF_INIT);
        }
        return *this;
    }
    bytes(const bytes &) = delete;
    bytes &operator=(const bytes &) = delete;
    ~bytes() { nx_buf_free(&buf_); }

    nx_buf *place() noexcept { return &buf_; }
    std::string_view view() const noexcept {
        return buf_.data == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char *>(buf_.data), buf_.len);
    }

private:
    nx_buf buf_ = NX_BUF_INIT;
};

} // namespace detail

} // namespace nexus

#endif

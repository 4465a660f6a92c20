// What a program in C++ is told when the device is full, the file is broken, another process has it, or it was forked.
// Its first argument is an empty folder; with a second one it is that other process.
#include "full_device.h"

#include <nexuslite.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                      \
        }                                                                      \
    } while (0)

// Whether the deed throws an error of this type.
template <class Error, class Deed>
static bool throws(Deed &&deed) {
    try {
        deed();
    } catch (const Error &) {
        return true;
    }
    return false;
}

// Runs the deed in a child of this process, which ends well.
template <class Deed>
static void in_child(Deed &&deed) {
    int status = 0;
    const pid_t made = fork();
    CHECK(made >= 0);
    if (made == 0) {
        deed();
        _exit(0);
    }
    CHECK(waitpid(made, &status, 0) == made && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void shared(const std::string &path, char **arguments) {
    auto db = nexus::database::open(path);
    auto things = db.collection("things");
    things.insert_one("{}");
    in_child([&] {
        CHECK(throws<nexus::forked>([&] { things.count(); }));
        CHECK(throws<nexus::locked>([&] { nexus::database::open(path); }));
        char other[] = "other", *again[] = {arguments[0], arguments[1], other, nullptr};
        execv(again[0], again);
        _exit(1);
    });
    CHECK(things.count() == 1);
}

static void broken(const std::string &path) {
    const std::string word = "a word that is nowhere else";
    {
        auto db = nexus::database::open(path);
        auto things = db.collection("things");
        for (int i = 0; i < 300; i++) {
            things.insert_one(R"({"text": ")" + word + "\"}");
        }
        db.close();
    }
    std::ifstream file(path + ".db", std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CHECK(bytes.find(word) != bytes.npos);
    for (auto at = bytes.find(word); at != bytes.npos; at = bytes.find(word)) {
        bytes[at] = 'A';
    }
    std::ofstream(path + ".db", std::ios::binary) << bytes;
    auto db = nexus::database::open(path);
    auto things = db.collection("things");
    CHECK(throws<nexus::corrupt>([&] { things.count(R"({"text": "x"})"); }));
    CHECK(db.check().find("valid")->as_bool() == false);
}

static void full(const std::string &path) {
    auto db = nexus::database::open(path);
    auto things = db.collection("things");
    things.insert_one("{}");
    CHECK(fill_device());
    const auto large = R"({"text": ")" + std::string(1000000, 'x') + "\"}";
    std::uint64_t before = 0;
    CHECK(throws<nexus::disk_full>([&] {
        for (int i = 0; i < 500; i++) {
            before = things.count();
            things.insert_one(large);
        }
    }));
    CHECK(things.count() == before);
}

int main(int count, char **arguments) {
    CHECK(count >= 2);
    const std::string folder = arguments[1];
    if (count > 2) {
        CHECK(throws<nexus::locked>([&] { nexus::database::open(folder + "/shared"); }));
        return nx_live_handles() != 0;
    }
    shared(folder + "/shared", arguments);
    broken(folder + "/broken");
    full(folder + "/full");
    return nx_live_handles() != 0;
}

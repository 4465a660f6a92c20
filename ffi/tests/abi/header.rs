//! The header: made from the sources, committed, and acceptable to every compiler.

use std::fs;

use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};

use crate::tool::{compiler, is_long, root, scratch, succeed};

/// The committed header's path in the project.
pub(crate) const HEADER: &str = "include/nexuslite.h";

const HEAD: &str = "\
/**
 * @file nexuslite.h
 * NexusLite: an embedded document database. MongoDB's documents and queries, one file, no server.
 *
 * Written by `cargo xtask header` from the sources in `ffi/src`; not to be changed by hand.
 *
 * The rules, which hold for every function:
 *
 * - Handles (`nx_db *` and the others that have no members) are looked up, never followed. One that is NULL, was freed,
 *   is of another kind or never was one is answered with `NX_ERR_HANDLE`, whatever the program does with it.
 *   They can be freed in any order, and from any thread.
 * - Any other pointer is NULL, where the function says what that means, or good for the whole call: as many bytes can be
 *   read as its length says, or what it points to can be written. Nothing of the caller's is kept after the call but
 *   the function of nx_log_set().
 * - Texts and documents are a pointer and a length; the length `NX_ZTERM` says that the text ends with a zero.
 *   Texts are UTF-8. Documents are Extended JSON, or BSON where the call's `format` is `NX_BSON`.
 * - Options are a document; NULL is none. An option that a function does not have is an error that names it.
 * - A function answers `NX_OK`, a positive number for an answer that is no error, or a negative number for an error.
 *   With an error `*err` is set to an error that the caller frees, otherwise to NULL. `err` may be NULL.
 * - Answers are empty (NULL, 0) unless the function succeeded. A place for a document may be NULL: none is made then.
 * - What is lent says so, and until when. Everything else that is given is freed with the function of its type.
 * - After a fork the child cannot use what its parent opened (`NX_ERR_FORKED`); it opens the database for itself.
 * - No function of the caller's is called while the library holds a lock. It must not throw, nor leave by longjmp().
 */";

/// What the generator cannot know.
fn definitions() -> String {
    let part = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name} for tests"));
    let (major, minor, patch) =
        (part("CARGO_PKG_VERSION_MAJOR"), part("CARGO_PKG_VERSION_MINOR"), part("CARGO_PKG_VERSION_PATCH"));
    format!(
        "
/** The version of this header. */
#define NX_VERSION \"{major}.{minor}.{patch}\"
#define NX_VERSION_MAJOR {major}
#define NX_VERSION_MINOR {minor}
#define NX_VERSION_PATCH {patch}

/** Before each function: define NX_STATIC when the program is linked with the static library on Windows. */
#if defined(_WIN32) && !defined(NX_STATIC)
#define NX_API __declspec(dllimport)
#else
#define NX_API
#endif

/** The length of a text that ends with a zero. */
#define NX_ZTERM ((size_t)-1)

/** What an nx_call begins as: all defaults. */
#define NX_CALL_INIT {{ (uint32_t)sizeof(nx_call), NX_JSON, NULL, NULL, NULL, NULL, NULL, 0 }}

/** What an nx_buf begins as: nothing. */
#define NX_BUF_INIT {{ NULL, 0, NULL }}"
    )
}

fn generated() -> String {
    let mut config = Config {
        language: Language::C,
        style: Style::Both,
        cpp_compat: true,
        documentation_style: DocumentationStyle::Doxy,
        header: Some(HEAD.to_owned()),
        include_guard: Some("NEXUSLITE_H".to_owned()),
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        after_includes: Some(definitions()),
        line_length: 110,
        tab_width: 4,
        usize_is_size_t: true,
        ..Config::default()
    };
    config.function.prefix = Some("NX_API".to_owned());
    let bindings = Builder::new()
        .with_crate(root().join("ffi"))
        .with_config(config)
        .generate()
        .expect("the header can be made from the sources");
    let mut bytes = Vec::new();
    bindings.write(&mut bytes);
    String::from_utf8(bytes).expect("UTF-8")
}

/// The names of the functions that the header declares.
pub(crate) fn prototypes() -> Vec<String> {
    let header = fs::read_to_string(root().join(HEADER)).expect("the header");
    let mut names: Vec<String> = header
        .split("\nNX_API")
        .skip(1)
        .filter_map(|rest| rest.split_once('(').map(|(head, _)| head))
        .filter_map(|head| head.rsplit([' ', '*', '\n']).next().map(str::to_owned))
        .filter(|name| name.starts_with("nx_"))
        .collect();
    names.sort();
    names
}

#[test]
fn the_committed_header_is_the_one_that_the_sources_make() {
    let (path, made) = (root().join(HEADER), generated());
    if std::env::var_os("NEXUSLITE_WRITE").is_some() {
        fs::write(&path, &made).expect("the header can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "{HEADER} is out of date: run `cargo xtask header`");
}

#[test]
fn every_function_has_its_documentation() {
    let header = fs::read_to_string(root().join(HEADER)).expect("the header");
    let lines: Vec<&str> = header.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("NX_API")) {
        assert!(at > 0 && lines[at - 1].ends_with("*/"), "nothing is said of {line}");
    }
}

/// The header alone, included twice, and each of its constants used.
const PROGRAM: &str = "\
#include <nexuslite.h>
#include <nexuslite.h>
static nx_call call = NX_CALL_INIT;
int main(void) {
    nx_buf buf = NX_BUF_INIT;
    nx_status status = NX_OK;
    return (int)(buf.len + call.format + NX_ABI + (size_t)status) + (NX_ZTERM == 0);
}
";

#[test]
fn the_header_is_acceptable_to_every_standard() {
    let folder = scratch();
    let (c, cpp) = (folder.path().join("header.c"), folder.path().join("header.cpp"));
    fs::write(&c, PROGRAM).expect("a file");
    fs::write(&cpp, PROGRAM).expect("a file");
    let quick = [("gcc", "c11", &c), ("g++", "c++17", &cpp)];
    let long = [("gcc", "c99", &c), ("gcc", "c2x", &c), ("g++", "c++11", &cpp), ("g++", "c++20", &cpp)];
    let more = if is_long() { &long[..] } else { &[] };
    for (name, standard, source) in quick.iter().chain(more) {
        let mut compiler = compiler(name, standard);
        succeed(compiler.arg("-fsyntax-only").arg(source));
    }
}

#[test]
fn each_part_of_the_cpp_header_stands_by_itself() {
    let folder = root().join("include/nexuslite");
    let entries = fs::read_dir(&folder).expect("the folder of the parts");
    let parts: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert!(parts.len() > 10, "{parts:?}");
    let door = fs::read_to_string(root().join("include/nexuslite.hpp")).expect("the door");
    for part in parts {
        let name = part.file_name().and_then(|name| name.to_str()).expect("a name");
        let others = ["call.hpp", "nlohmann.hpp", "owned.hpp"];
        assert!(others.contains(&name) || door.contains(&format!("nexuslite/{name}")), "{name} has no door");
        if name == "nlohmann.hpp" {
            continue;
        }
        for more in [&[][..], &["-fno-exceptions"]] {
            let mut compiler = compiler("g++", "c++17");
            succeed(compiler.args(more).args(["-fsyntax-only", "-include"]).arg(&part).args([
                "-x",
                "c++",
                "/dev/null",
            ]));
        }
    }
}

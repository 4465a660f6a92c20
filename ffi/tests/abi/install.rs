//! What is installed serves those who find it by pkg-config and by CMake.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tool::{library_folder, root, scratch, succeed};

const PROGRAM: &str = "\
#include <nexuslite.h>
#include <stdbool.h>
#ifdef WITH_CPP
bool is_empty(void);
#else
static bool is_empty(void) { return true; }
#endif
int main(void) {
    nx_db *db = 0;
    if (nx_db_open(0, \":memory:\", NX_ZTERM, 0, 0, &db, 0) != NX_OK) {
        return 1;
    }
    nx_db_free(db);
    return nx_live_handles() != 0 || !is_empty();
}
";

const CPP: &str = "\
#include <nexuslite.hpp>
extern \"C\" bool is_empty() {
    auto db = nexus::database::open(\":memory:\");
    return db.collection_names().empty();
}
";

const PROJECT: &str = "\
cmake_minimum_required(VERSION 3.16)
project(consumer C CXX)
find_package(NexusLite 0.1 CONFIG REQUIRED)
set(CMAKE_CXX_STANDARD 17)
foreach(kind shared static nexuslite)
  add_executable(with_${kind} main.c main.cpp)
  target_compile_definitions(with_${kind} PRIVATE WITH_CPP)
  target_link_libraries(with_${kind} PRIVATE NexusLite::${kind})
endforeach()
find_package(NexusLite 9.9 CONFIG QUIET)
if(NexusLite_FOUND)
  message(FATAL_ERROR \"a version that is not here was found\")
endif()
";

const FETCHING: &str = "\
cmake_minimum_required(VERSION 3.18)
project(consumer C CXX)
include(FetchContent)
FetchContent_Declare(NexusLite SOURCE_DIR \"${NEXUSLITE_SOURCE}\" SOURCE_SUBDIR packages/c)
FetchContent_MakeAvailable(NexusLite)
set(CMAKE_CXX_STANDARD 17)
add_subdirectory(program)
";

const FETCHING_PROGRAM: &str = "\
foreach(kind shared static)
  add_executable(with_${kind} ../main.c ../main.cpp)
  target_compile_definitions(with_${kind} PRIVATE WITH_CPP)
  target_link_libraries(with_${kind} PRIVATE NexusLite::${kind})
endforeach()
";

/// Installs what is built, into a folder of its own.
fn installed() -> TempDir {
    library_folder();
    let prefix = scratch();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut install = Command::new(cargo);
    install.args(["run", "--quiet", "--package", "xtask", "--", "install", "--profile", "test", "--prefix"]);
    succeed(install.arg(prefix.path()).current_dir(root()));
    prefix
}

fn libraries(prefix: &Path) -> String {
    prefix.join("lib").to_string_lossy().into_owned()
}

#[test]
fn a_consumer_finds_the_library_by_pkg_config_and_by_cmake() {
    let prefix = installed();
    let folder = scratch();
    fs::write(folder.path().join("main.c"), PROGRAM).expect("a file");
    fs::write(folder.path().join("main.cpp"), CPP).expect("a file");
    fs::write(folder.path().join("CMakeLists.txt"), PROJECT).expect("a file");
    by_pkg_config(prefix.path(), folder.path());
    by_cmake(prefix.path(), folder.path());
}

#[test]
fn a_consumer_fetches_the_source_and_has_it_built() {
    library_folder();
    let folder = scratch();
    let program = folder.path().join("program");
    fs::create_dir_all(&program).expect("a folder");
    fs::write(folder.path().join("main.c"), PROGRAM).expect("a file");
    fs::write(folder.path().join("main.cpp"), CPP).expect("a file");
    fs::write(folder.path().join("CMakeLists.txt"), FETCHING).expect("a file");
    fs::write(program.join("CMakeLists.txt"), FETCHING_PROGRAM).expect("a file");
    let source = format!("-DNEXUSLITE_SOURCE={}", root().display());
    let build = cmake(folder.path(), &[&source, "-DNEXUSLITE_PROFILE=test"]);
    for kind in ["shared", "static"] {
        succeed(&mut Command::new(build.join("program").join(format!("with_{kind}"))));
    }
}

fn by_pkg_config(prefix: &Path, folder: &Path) {
    let flags = |arguments: &[&str]| -> Vec<String> {
        let mut asked = Command::new("pkg-config");
        asked.args(arguments).arg("nexuslite").env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        succeed(&mut asked).split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(flags(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
    let program = folder.join("shared");
    let mut compiler = Command::new("gcc");
    compiler.arg("-o").arg(&program).arg(folder.join("main.c")).args(flags(&["--cflags", "--libs"]));
    succeed(&mut compiler);
    succeed(Command::new(&program).env("LD_LIBRARY_PATH", libraries(prefix)));
    // With only the archive there, the same flags and the private ones link it in.
    let alone = folder.join("alone");
    fs::create_dir_all(&alone).expect("a folder");
    fs::copy(prefix.join("lib/libnexuslite.a"), alone.join("libnexuslite.a")).expect("a copy");
    let mut compiler = Command::new("gcc");
    compiler.arg("-o").arg(&program).arg(folder.join("main.c")).args(flags(&["--cflags"]));
    compiler.arg("-L").arg(&alone);
    compiler.args(flags(&["--static", "--libs-only-l"]));
    succeed(&mut compiler);
    succeed(&mut Command::new(&program));
}

fn by_cmake(prefix: &Path, folder: &Path) {
    let build = cmake(folder, &[&format!("-DCMAKE_PREFIX_PATH={}", prefix.display())]);
    for kind in ["shared", "static", "nexuslite"] {
        succeed(&mut Command::new(build.join(format!("with_{kind}"))));
    }
}

/// Configures the project in the folder and builds it; the folder of what is built.
fn cmake(folder: &Path, definitions: &[&str]) -> PathBuf {
    let build = folder.join("build");
    succeed(Command::new("cmake").arg("-S").arg(folder).arg("-B").arg(&build).args(definitions));
    succeed(Command::new("cmake").arg("--build").arg(&build));
    build
}

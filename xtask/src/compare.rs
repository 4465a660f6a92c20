//! `cargo xtask bench compare`: builds the comparison with every peer that this machine can build, and runs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{performance, run};

/// Peers whose building needs libclang, and a compiler for C++.
const FROM_CPP: [&str; 2] = ["RocksDB", "PoloDB"];
/// A folder with an installed RocksDB: nothing of it is compiled then.
const LIB_DIR: &str = "ROCKSDB_LIB_DIR";
const HOW: &str = "\
RocksDB and PoloDB are left out: libclang, which reads their headers, was not found.
`apt-get install libclang1-14` or the like brings it; LIBCLANG_PATH names its folder where it lies elsewhere.";

const STATIC: &str = "ROCKSDB_STATIC";
const MANIFEST: &str = "benches/compare/Cargo.toml";

/// The peers are workspaces of their own, so that nobody else builds them; what is built stands beside ours.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let wanted = FROM_CPP.map(|peer| wants(arguments, peer));
    let clang = wanted.contains(&true) && has_libclang();
    if wanted.contains(&true) && !clang {
        println!("{HOW}");
    }
    let [rocksdb, polodb] = wanted.map(|wanted| wanted && clang);
    if (rocksdb || polodb) && std::env::var_os(LIB_DIR).is_none() {
        println!("building RocksDB for the first time takes half an hour and more");
    }
    let headers = headers();
    let environment = [("BINDGEN_EXTRA_CLANG_ARGS", headers.as_str())];
    let folder = run::target().join("compare");
    let target = folder.to_string_lossy();
    let mut common = vec!["--release", "--locked", "--manifest-path", MANIFEST, "--target-dir", &target];
    if rocksdb {
        common.extend(["--features", "rocksdb"]);
    }
    if !run::cargo(&[&["build"], common.as_slice()].concat(), &environment)?.success {
        return Err("the comparison could not be built".to_owned());
    }
    let mut all: Vec<String> = Vec::new();
    if polodb {
        all.extend(build_polodb(&folder, &environment)?);
    }
    all.extend_from_slice(arguments);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let measured =
        run::cargo(&[&["run"], common.as_slice(), &["--"], all.as_slice()].concat(), &environment)?.success;
    // Also after a run that had a failure: there is a table of the rest.
    performance::write()?;
    Ok(measured)
}

/// The options that name its program; none when it could not be built. It stands on the RocksDB that was compiled for
/// the other peer where there is one, which spares half an hour and gives it the newer version.
fn build_polodb(folder: &Path, environment: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let compiled = match std::env::var_os(LIB_DIR) {
        Some(_) => None,
        None => compiled(&folder.join("release/build")),
    };
    let compiled = compiled.map(|library| library.to_string_lossy().into_owned());
    let mut environment = environment.to_vec();
    if let Some(compiled) = &compiled {
        environment.extend([(LIB_DIR, compiled.as_str()), (STATIC, "1")]);
    }
    let (manifest, target) = ("benches/compare/polodb/Cargo.toml", folder.to_string_lossy());
    let build = ["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", &target];
    if !run::cargo(&build, &environment)?.success {
        println!("PoloDB could not be built and is left out");
        return Ok(Vec::new());
    }
    let program = folder.join("release/nexuslite-compare-polodb");
    let mut options = vec!["--polodb".to_owned(), program.to_string_lossy().into_owned()];
    let stands_on = match (compiled, std::env::var_os(LIB_DIR)) {
        (Some(_), _) => Some("the same RocksDB 11.8"),
        (None, Some(_)) => Some("an installed RocksDB"),
        (None, None) => None,
    };
    options.extend(stands_on.into_iter().flat_map(|other| ["--polodb-on".to_owned(), other.to_owned()]));
    Ok(options)
}

/// The folder of the RocksDB that was compiled last.
fn compiled(build: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(build).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let is_one = |folder: &PathBuf| {
        folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("librocksdb-sys-"))
    };
    let outputs = folders.filter(is_one).map(|folder| folder.join("out"));
    let age =
        |folder: &PathBuf| folder.join("librocksdb.a").metadata().and_then(|about| about.modified()).ok();
    outputs.filter_map(|folder| Some((age(&folder)?, folder))).max().map(|(_, folder)| folder)
}

/// Whoever is not named by `--peers` is not built.
fn wants(arguments: &[String], peer: &str) -> bool {
    let at = arguments.iter().position(|argument| argument == "--peers");
    let named = at.and_then(|at| arguments.get(at + 1));
    named.is_none_or(|named| named.split(',').any(|name| name == peer))
}

fn has_libclang() -> bool {
    if std::env::var_os("LIBCLANG_PATH").is_some() {
        return true;
    }
    let known = Command::new("ldconfig").arg("-p").output();
    let known = known.or_else(|_| Command::new("/sbin/ldconfig").arg("-p").output());
    known.is_ok_and(|output| {
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        listed.lines().map(str::trim_start).any(|line| {
            line.starts_with("libclang-") && !line.starts_with("libclang-cpp")
                || line.starts_with("libclang.so")
        })
    })
}

/// libclang comes without the headers of a compiler: those of gcc serve as well.
fn headers() -> String {
    if let Ok(given) = std::env::var("BINDGEN_EXTRA_CLANG_ARGS") {
        return given;
    }
    let asked = Command::new("gcc").arg("-print-file-name=include").output();
    let folder = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    folder.map(|folder| format!("-I{folder}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{compiled, wants};

    #[test]
    fn the_rocksdb_that_was_compiled_is_found() -> std::io::Result<()> {
        let build = std::env::temp_dir().join(format!("nexuslite-xtask-{}", std::process::id()));
        for folder in ["librocksdb-sys-2/out", "other-1/out"] {
            std::fs::create_dir_all(build.join(folder))?;
        }
        std::fs::write(build.join("other-1/out/librocksdb.a"), "")?;
        assert_eq!(compiled(&build), None);
        std::fs::write(build.join("librocksdb-sys-2/out/librocksdb.a"), "")?;
        assert_eq!(compiled(&build), Some(build.join("librocksdb-sys-2/out")));
        std::fs::remove_dir_all(build)?;
        Ok(())
    }

    #[test]
    fn only_peers_that_take_part_are_built() {
        let of = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert!(wants(&of("--rounds 1"), "RocksDB"));
        assert!(wants(&of("--peers LMDB,RocksDB --rounds 1"), "RocksDB"));
        assert!(!wants(&of("--peers LMDB,PoloDB"), "RocksDB"));
    }
}

//! `cargo xtask bench compare`: builds the comparison with every peer that this machine can build, and runs it.

use std::path::Path;
use std::process::Command;

use crate::{performance, run};

/// Peers whose building needs libclang, and a compiler for C++.
const FROM_CPP: [&str; 2] = ["RocksDB", "PoloDB"];
/// A folder with an installed RocksDB: nothing of it is compiled then.
const LIB_DIR: &str = "ROCKSDB_LIB_DIR";
const HOW: &str = "\
RocksDB and PoloDB are left out: libclang, which reads their headers, was not found.
`apt-get install libclang1-14` or the like brings it; LIBCLANG_PATH names its folder where it lies elsewhere.";

/// A folder with a RocksDB for PoloDB alone, which takes older ones than the other binding does.
const FOR_POLODB: &str = "POLODB_ROCKSDB_LIB_DIR";

/// The peers are workspaces of their own, so that nobody else builds them; what is built stands beside ours.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let wanted = FROM_CPP.map(|peer| wants(arguments, peer));
    let clang = wanted.contains(&true) && has_libclang();
    if wanted.contains(&true) && !clang {
        println!("{HOW}");
    }
    let [rocksdb, polodb] = wanted.map(|wanted| wanted && clang);
    if (rocksdb || polodb) && std::env::var_os(LIB_DIR).is_none() {
        println!(
            "building RocksDB for the first time takes half an hour and more; benches/compare/README.md says how to spare it"
        );
    }
    let headers = headers();
    let environment = [("BINDGEN_EXTRA_CLANG_ARGS", headers.as_str())];
    let folder = run::target().join("compare");
    let target = folder.to_string_lossy();
    let mut all: Vec<String> = Vec::new();
    if polodb {
        all.extend(build_polodb(&folder, &environment)?);
    }
    all.extend_from_slice(arguments);
    let mut command = vec!["run", "--release", "--locked", "--manifest-path", "benches/compare/Cargo.toml"];
    command.extend(["--target-dir", &target]);
    if rocksdb {
        command.extend(["--features", "rocksdb"]);
    }
    command.push("--");
    command.extend(all.iter().map(String::as_str));
    let measured = run::cargo(&command, &environment)?.success;
    // A run whose results go elsewhere, or that had a failure, has still the table of what there is.
    performance::write()?;
    Ok(measured)
}

/// The options that name its program; none when it could not be built.
fn build_polodb(folder: &Path, environment: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let given = std::env::var(FOR_POLODB).or_else(|_| std::env::var(LIB_DIR)).ok();
    let mut environment = environment.to_vec();
    environment.extend(given.as_deref().map(|given| (LIB_DIR, given)));
    let (manifest, target) = ("benches/compare/polodb/Cargo.toml", folder.to_string_lossy());
    let build = ["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", &target];
    if !run::cargo(&build, &environment)?.success {
        println!("PoloDB could not be built and is left out");
        return Ok(Vec::new());
    }
    let program = folder.join("release/nexuslite-compare-polodb");
    let mut options = vec!["--polodb".to_owned(), program.to_string_lossy().into_owned()];
    if let Some(library) = given.as_deref().and_then(|given| library_in(Path::new(given))) {
        options.extend(["--polodb-on".to_owned(), format!("an installed RocksDB ({library})")]);
    }
    Ok(options)
}

/// The file that a link is made with, whose name has its version.
fn library_in(folder: &Path) -> Option<String> {
    let file = folder.join("librocksdb.so").canonicalize().ok()?;
    Some(file.file_name()?.to_string_lossy().into_owned())
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
    use super::wants;

    #[test]
    fn only_peers_that_take_part_are_built() {
        let of = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert!(wants(&of("--rounds 1"), "RocksDB"));
        assert!(wants(&of("--peers LMDB,RocksDB --rounds 1"), "RocksDB"));
        assert!(!wants(&of("--peers LMDB,PoloDB"), "RocksDB"));
    }
}

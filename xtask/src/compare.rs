//! `cargo xtask bench compare`: builds the comparison with every peer that this machine can build, and runs it.

use std::process::Command;

use crate::run;

/// Peers whose building needs libclang, and a compiler for C++.
const FROM_CPP: [&str; 2] = ["RocksDB", "PoloDB"];
const HOW: &str = "\
RocksDB and PoloDB are left out: libclang, which reads their headers, was not found.
`apt-get install libclang1-14` or the like brings it; LIBCLANG_PATH names its folder where it lies elsewhere.";

/// The peers are workspaces of their own, so that nobody else builds them; what is built stands beside ours.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let wanted = FROM_CPP.map(|peer| wants(arguments, peer));
    let clang = wanted.contains(&true) && has_libclang();
    if wanted.contains(&true) && !clang {
        println!("{HOW}");
    }
    let [rocksdb, polodb] = wanted.map(|wanted| wanted && clang);
    let headers = headers();
    let environment = [("BINDGEN_EXTRA_CLANG_ARGS", headers.as_str())];
    if (rocksdb || polodb) && std::env::var_os("ROCKSDB_LIB_DIR").is_none() {
        println!(
            "building RocksDB for the first time takes half an hour and more; benches/compare/README.md says how to spare it"
        );
    }
    let folder = run::target().join("compare");
    let target = folder.to_string_lossy();
    let mut all: Vec<String> = Vec::new();
    if polodb {
        let manifest = "benches/compare/polodb/Cargo.toml";
        let build = ["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", &target];
        if run::cargo(&build, &environment)?.success {
            let program = folder.join("release/nexuslite-compare-polodb");
            all.extend(["--polodb".to_owned(), program.to_string_lossy().into_owned()]);
        } else {
            println!("PoloDB could not be built and is left out");
        }
    }
    all.extend_from_slice(arguments);
    let mut command = vec!["run", "--release", "--locked", "--manifest-path", "benches/compare/Cargo.toml"];
    command.extend(["--target-dir", &target]);
    if rocksdb {
        command.extend(["--features", "rocksdb"]);
    }
    command.push("--");
    command.extend(all.iter().map(String::as_str));
    Ok(run::cargo(&command, &environment)?.success)
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

//! The tools that the tests need, and where things are.

use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the project")
}

/// Whether the long tests were asked for.
pub(crate) fn is_long() -> bool {
    std::env::var_os("NEXUSLITE_LONG").is_some()
}

/// The folder in which the built library lies, built once: as the tests are, with every assertion.
pub(crate) fn library_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        // Together with all that is tested, which is built already: alone the library's crates would be given fewer
        // features, and all of them be built anew.
        build.args(["build", "--profile", "test", "--workspace", "--exclude", "nexuslite-python"]);
        build.args(["--lib", "--test", "abi"]);
        build.current_dir(root());
        // The test program lies in `deps`, and the library a folder above.
        let program = std::env::current_exe().expect("the test program's path");
        let folder = program.ancestors().nth(2).expect("the folder of what is built").to_path_buf();
        succeed(&mut build);
        assert!(folder.join("libnexuslite.so").exists(), "no library in {}", folder.display());
        // The loader asks for the library by the name that stands in it.
        match symlink("libnexuslite.so", folder.join("libnexuslite.so.0")) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => panic!("a link: {error}"),
            _ => folder,
        }
    })
}

/// A folder for what a test makes.
pub(crate) fn scratch() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

/// Runs a command, which must succeed; its standard output.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{said}\n{complained}", output.status);
    said
}

/// Runs a command, whatever comes of it.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| {
        let name = command.get_program().to_string_lossy().into_owned();
        panic!("cannot run {name}: {error}; {}", how_to_install(&name))
    })
}

fn how_to_install(name: &str) -> String {
    let package = match name {
        "gcc" => "gcc",
        "g++" => "g++",
        "nm" | "readelf" => "binutils",
        "valgrind" => "valgrind",
        "cmake" => "cmake",
        "pkg-config" => "pkg-config",
        _ => return "install it and put it on the PATH".to_owned(),
    };
    format!("install it with `apt-get install {package}`, or the like of another system")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The compiler, told to accept no doubtful line and to find the header.
pub(crate) fn compiler(name: &str, standard: &str) -> Command {
    let mut compiler = Command::new(name);
    compiler.arg(format!("-std={standard}"));
    compiler.args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-g"]);
    compiler.arg("-I").arg(root().join("include"));
    compiler
}

/// Makes the compiler link with the shared library, which the program finds where it was built.
pub(crate) fn link_shared(compiler: &mut Command) {
    let folder = library_folder();
    compiler.arg("-L").arg(folder).arg("-lnexuslite").arg("-pthread");
    compiler.arg(format!("-Wl,-rpath,{}", folder.display()));
}

/// What the compiler is told to find nlohmann/json, which is optional; nothing when it is not here.
pub(crate) fn nlohmann() -> Option<Vec<String>> {
    let named = std::env::var("NEXUSLITE_NLOHMANN").ok();
    let flags = named.map_or_else(Vec::new, |folder| vec!["-isystem".to_owned(), folder]);
    let mut compiler = Command::new("g++");
    compiler.args(&flags).args(["-fsyntax-only", "-include", "nlohmann/json.hpp", "-x", "c++", "/dev/null"]);
    run(&mut compiler).status.success().then_some(flags)
}

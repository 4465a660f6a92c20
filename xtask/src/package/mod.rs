//! `cargo xtask package`: everything that users take, in one archive.
//!
//! The C library as it is installed, the crates as a registry takes them, and the Go module as a proxy hands it out.

mod consumers;
mod zip;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{install, run};

pub(crate) use consumers::test;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The crates that are published.
const CRATES: &[&str] = &["nexuslite", "nexuslite-cli"];
/// The Go module's name.
const MODULE: &str = "github.com/nexuslite/nexuslite-go";

const README: &str = "\
# NexusLite @VERSION@

For Linux on x86-64 with glibc; everything in this folder can be moved elsewhere with it.

- `include/`, `lib/`: the C and C++ headers, `libnexuslite.so` and `libnexuslite.a`.
  `PKG_CONFIG_PATH=$PWD/lib/pkgconfig` for pkg-config, `CMAKE_PREFIX_PATH=$PWD` for `find_package(NexusLite CONFIG)`.
- `go/`: the Go module, for `GOPROXY=file://$PWD/go,https://proxy.golang.org` and `GONOSUMDB=github.com/nexuslite/*`;
  its build finds the library by pkg-config, too.
- `crates/`: the Rust crates; `tar -xf` one and name its folder as a `path` dependency.
";

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let (mut to, mut profile) = (run::target().join("package"), "release".to_owned());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().cloned().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--to" => to = PathBuf::from(value),
            "--profile" => profile = value,
            unknown => return Err(format!("package does not know {unknown:?}")),
        }
    }
    let to = std::path::absolute(&to).map_err(|error| told(&to, &error))?;
    let archive = make(&to, &profile)?;
    println!("{}", archive.display());
    Ok(true)
}

/// Makes the archive in the folder `to`; where it is.
fn make(to: &Path, profile: &str) -> Result<PathBuf, String> {
    let name = format!("nexuslite-{VERSION}-{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let stage = to.join(&name);
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| told(&stage, &error))?;
    }
    let prefix = ["--prefix".to_owned(), text(&stage), "--profile".to_owned(), profile.to_owned()];
    if !install::run(&prefix)? {
        return Err("the library could not be built".to_owned());
    }
    // What a debugger wants is many times what a program needs.
    let library = |name: &str| text(&stage.join("lib").join(name));
    let shared = library(&format!("libnexuslite.so.{VERSION}"));
    must("strip", &["--strip-debug", &shared, &library("libnexuslite.a")])?;
    crates(&stage.join("crates"), profile)?;
    go_module(&stage.join("go").join(MODULE).join("@v"))?;
    write(&stage.join("README.md"), README.replace("@VERSION@", VERSION).as_bytes())?;
    write(&stage.join("LICENSE"), &read(&run::root().join("LICENSE"))?)?;
    let archive = to.join(format!("{name}.tar.gz"));
    let packed = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-czf"];
    must("tar", &[&packed[..], &[&text(&archive), "-C", &text(to), &name]].concat())?;
    Ok(archive)
}

/// The crates, as a registry takes them; a release is built from them, too.
fn crates(folder: &Path, profile: &str) -> Result<(), String> {
    let made = run::target().join("package/crates");
    let mut package = vec!["package", "--locked", "--target-dir"];
    let made_text = text(&made);
    package.push(&made_text);
    if profile != "release" {
        package.extend(["--no-verify", "--allow-dirty"]);
    }
    for name in CRATES {
        package.extend(["--package", name]);
    }
    if !run::cargo(&package, &[])?.success {
        return Err("the crates could not be packaged".to_owned());
    }
    for name in CRATES {
        let file = format!("{name}-{VERSION}.crate");
        write(&folder.join(&file), &read(&made.join("package").join(&file))?)?;
    }
    Ok(())
}

/// The Go module, in the files that a proxy has of it.
fn go_module(folder: &Path) -> Result<(), String> {
    let module = run::root().join("packages/go");
    let version = format!("v{VERSION}");
    let mut files = vec![("LICENSE".to_owned(), read(&run::root().join("LICENSE"))?)];
    gather(&module, "", &mut files)?;
    files.sort();
    for (name, _) in &mut files {
        *name = format!("{MODULE}@{version}/{name}");
    }
    write(&folder.join("list"), format!("{version}\n").as_bytes())?;
    let info = format!("{{\"Version\":\"{version}\",\"Time\":\"1980-01-01T00:00:00Z\"}}\n");
    write(&folder.join(format!("{version}.info")), info.as_bytes())?;
    write(&folder.join(format!("{version}.mod")), &read(&module.join("go.mod"))?)?;
    write(&folder.join(format!("{version}.zip")), &zip::archive(&files)?)
}

/// The files below a folder, their names from there on with slashes.
fn gather(folder: &Path, below: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|error| told(folder, &error))? {
        let path = entry.map_err(|error| told(folder, &error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path.is_dir() {
            gather(&path, &name, files)?;
        } else {
            files.push((name, read(&path)?));
        }
    }
    Ok(())
}

fn must(program: &str, arguments: &[&str]) -> Result<(), String> {
    if run::run(program, arguments, &[])?.success { Ok(()) } else { Err(format!("{program} failed")) }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| told(path, &error))
}

fn write(to: &Path, content: &[u8]) -> Result<(), String> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
    fs::write(to, content).map_err(|error| told(to, &error))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

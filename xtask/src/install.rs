//! `cargo xtask install`: the C library where compilers and loaders find it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run;

/// The number in the library's name, which is asked for when a program is started.
const ABI: &str = "0";
/// What the static library needs of a Linux system; `rustc --print native-static-libs` says so.
const SYSTEM_LIBRARIES: &[&str] = &["gcc_s", "util", "rt", "pthread", "m", "dl", "c"];
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let Asked { prefix, profile } = Asked::read(arguments)?;
    if !cfg!(target_os = "linux") {
        return Err("install knows only how libraries are named on Linux".to_owned());
    }
    let build = ["build", "--locked", "--lib", "--profile", &profile];
    // The tests have built it with their own features already, and would see it built anew without them.
    let packages = if profile == "test" {
        [run::TOGETHER, &["--test", "abi"]].concat()
    } else {
        vec!["--package", "nexuslite-ffi"]
    };
    if !run::cargo(&[&build[..], &packages].concat(), &[])?.success {
        return Ok(false);
    }
    let folder = if matches!(profile.as_str(), "test" | "dev") { "debug" } else { &profile };
    let built = run::target().join(folder);
    let library = prefix.join("lib");
    let shared = format!("libnexuslite.so.{VERSION}");
    copy(&built.join("libnexuslite.so"), &library.join(&shared))?;
    copy(&built.join("libnexuslite.a"), &library.join("libnexuslite.a"))?;
    link(&shared, &library.join(format!("libnexuslite.so.{ABI}")))?;
    link(&format!("libnexuslite.so.{ABI}"), &library.join("libnexuslite.so"))?;
    let own = run::root();
    copy_all(&own.join("include"), &prefix.join("include"))?;
    let cmake = library.join("cmake/NexusLite");
    for (template, to) in [
        ("nexuslite.pc.in", library.join("pkgconfig/nexuslite.pc")),
        ("nexuslite-static.pc.in", library.join("pkgconfig/nexuslite-static.pc")),
        ("NexusLiteConfig.cmake.in", cmake.join("NexusLiteConfig.cmake")),
        ("NexusLiteConfigVersion.cmake.in", cmake.join("NexusLiteConfigVersion.cmake")),
    ] {
        let path = own.join("packages/c").join(template);
        let text = fs::read_to_string(&path).map_err(|error| told(&path, &error))?;
        write(&to, &filled(&text))?;
    }
    println!("installed the C library {VERSION} below {}", prefix.display());
    Ok(true)
}

struct Asked {
    prefix: PathBuf,
    profile: String,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let (mut prefix, mut profile) = (None, "release".to_owned());
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().cloned().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--prefix" => prefix = Some(PathBuf::from(value()?)),
                "--profile" => profile = value()?,
                unknown => return Err(format!("install does not know {unknown:?}")),
            }
        }
        let prefix = prefix.ok_or("install needs --prefix DIR, such as /usr/local")?;
        let prefix = std::path::absolute(&prefix).map_err(|error| told(&prefix, &error))?;
        Ok(Self { prefix, profile })
    }
}

/// A template with its words replaced.
fn filled(template: &str) -> String {
    let parts: Vec<&str> = VERSION.split('.').collect();
    let flags: Vec<String> = SYSTEM_LIBRARIES.iter().map(|name| format!("-l{name}")).collect();
    template
        .replace("@VERSION@", VERSION)
        .replace("@MAJOR@", parts[0])
        .replace("@MINOR@", parts[1])
        .replace("@ABI@", ABI)
        .replace("@CMAKE_SYSTEM_LIBRARIES@", &SYSTEM_LIBRARIES.join(";"))
        .replace("@SYSTEM_LIBRARIES@", &flags.join(" "))
}

/// Copies the files of a folder, and those of the folders in it.
fn copy_all(from: &Path, to: &Path) -> Result<(), String> {
    for entry in fs::read_dir(from).map_err(|error| told(from, &error))? {
        let entry = entry.map_err(|error| told(from, &error))?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_all(&path, &to)? } else { copy(&path, &to)? }
    }
    Ok(())
}

/// Copies a file beside its place and puts it there: a program that runs keeps the library that it has loaded.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let draft = prepared(to)?;
    fs::copy(from, &draft).map_err(|error| told(from, &error))?;
    fs::rename(&draft, to).map_err(|error| told(to, &error))
}

fn write(to: &Path, text: &str) -> Result<(), String> {
    let draft = prepared(to)?;
    fs::write(&draft, text).map_err(|error| told(&draft, &error))?;
    fs::rename(&draft, to).map_err(|error| told(to, &error))
}

#[cfg(unix)]
fn link(to: &str, at: &Path) -> Result<(), String> {
    let draft = prepared(at)?;
    std::os::unix::fs::symlink(to, &draft).map_err(|error| told(&draft, &error))?;
    fs::rename(&draft, at).map_err(|error| told(at, &error))
}

#[cfg(not(unix))]
fn link(_to: &str, at: &Path) -> Result<(), String> {
    Err(format!("{}: links are made on Unix only", at.display()))
}

/// Where a file is made before it gets its name; nothing is there.
fn prepared(to: &Path) -> Result<PathBuf, String> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
    let mut name = to.as_os_str().to_owned();
    name.push(".new");
    let draft = PathBuf::from(name);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(told(&draft, &error)),
        _ => Ok(draft),
    }
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

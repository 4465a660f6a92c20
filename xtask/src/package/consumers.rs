//! Scratch projects that take what they need from the unpacked archive, and from nowhere else in the project.
//!
//! Each is the first of the examples, and prints what that prints in every language.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CRATES, MODULE, VERSION, make, must, read, text, told, write};
use crate::{go, run};

const EXAMPLE: &str = "quick_start";

const PROJECT: &str = "\
cmake_minimum_required(VERSION 3.16)
project(consumer C CXX)
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
find_package(NexusLite 0.1 CONFIG REQUIRED)
foreach(kind shared static)
  add_executable(c_${kind} quick_start.c)
  target_link_libraries(c_${kind} PRIVATE NexusLite::${kind})
  add_executable(cpp_${kind} quick_start.cpp)
  target_link_libraries(cpp_${kind} PRIVATE NexusLite::${kind})
endforeach()
";

/// An archive that was unpacked, and a folder for projects.
struct Scene {
    archive: PathBuf,
    folder: PathBuf,
    wanted: String,
    good: Vec<bool>,
}

/// Packs, unpacks, and has projects use it; how many passed and failed.
pub(crate) fn test() -> Result<(u64, u64), String> {
    let folder = run::target().join("package/test");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| told(&folder, &error))?;
    }
    let packed = make(&folder.join("made"), "test")?;
    let unpacked = folder.join("unpacked");
    fs::create_dir_all(&unpacked).map_err(|error| told(&unpacked, &error))?;
    must("tar", &["-xzf", &text(&packed), "-C", &text(&unpacked)])?;
    let name = packed.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let archive = unpacked.join(name.trim_end_matches(".tar.gz"));
    // Whatever finds its way back to where it was made is not in the archive.
    fs::remove_dir_all(folder.join("made")).map_err(|error| told(&folder, &error))?;
    let wanted = run::root().join("examples/output").join(EXAMPLE).with_extension("txt");
    let wanted = String::from_utf8_lossy(&read(&wanted)?).into_owned();
    let mut scene = Scene { archive, folder, wanted, good: Vec::new() };
    scene.by_pkg_config()?;
    scene.by_cmake()?;
    scene.in_go()?;
    scene.in_rust()?;
    let passed = scene.good.iter().filter(|good| **good).count() as u64;
    Ok((passed, scene.good.len() as u64 - passed))
}

impl Scene {
    fn by_pkg_config(&mut self) -> Result<(), String> {
        let project = self.project("pkg-config", &[("quick_start.c", "c"), ("example.h", "c")])?;
        let line = "cc quick_start.c -o quick_start $(pkg-config --cflags --libs nexuslite)";
        let found = [("PKG_CONFIG_PATH", self.pkg_config())];
        let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let built = run::run_in(&project, "sh", &["-c", line], &found)?.success;
        self.check("C by pkg-config", built, &project.join(EXAMPLE), &project)
    }

    fn by_cmake(&mut self) -> Result<(), String> {
        let files = [("quick_start.c", "c"), ("example.h", "c"), ("quick_start.cpp", "cpp")];
        let project = self.project("cmake", &files)?;
        write(&project.join("CMakeLists.txt"), PROJECT.as_bytes())?;
        let prefix = format!("-DCMAKE_PREFIX_PATH={}", self.archive.display());
        let configured = run::run_in(&project, "cmake", &["-B", "build", &prefix], &[])?.success;
        let built = configured && run::run_in(&project, "cmake", &["--build", "build"], &[])?.success;
        for program in ["c_shared", "c_static", "cpp_shared", "cpp_static"] {
            let about = format!("{program} by CMake");
            self.check(&about, built, &project.join("build").join(program), &project)?;
        }
        Ok(())
    }

    fn in_go(&mut self) -> Result<(), String> {
        let project = self.project("go", &[("quick_start/main.go", "go")])?;
        let module = "module example.com/shop\n\ngo 1.25.0\n";
        write(&project.join("go.mod"), module.as_bytes())?;
        let environment = self.go_environment(&project)?;
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let go = go::program()?;
        let wanted = format!("{MODULE}@v{VERSION}");
        let mut fetched = true;
        for arguments in [&["get", &wanted][..], &["mod", "tidy"]] {
            fetched = fetched && run::run_in(&project, &go, arguments, &environment)?.success;
        }
        for (tags, program) in [("", "with_shared"), ("nexuslite_static", "with_static")] {
            let build = ["build", "-tags", tags, "-o", program, "./quick_start"];
            let built = fetched && run::run_in(&project, &go, &build, &environment)?.success;
            self.check(&format!("Go {program}"), built, &project.join(program), &project)?;
        }
        Ok(())
    }

    /// The module is fetched from the archive, and what it needs from where the tests of the module had it from.
    fn go_environment(&self, project: &Path) -> Result<Vec<(&'static str, String)>, String> {
        let usual = Command::new(go::program()?).args(["env", "GOPROXY"]).output();
        let usual = usual.map_err(|error| format!("go env: {error}"))?;
        let known = run::target().join("go/mod/cache/download");
        let proxies = [
            format!("file://{}", self.archive.join("go").display()),
            format!("file://{}", known.display()),
            String::from_utf8_lossy(&usual.stdout).trim().to_owned(),
        ];
        Ok(vec![
            ("GOPROXY", proxies.join(",")),
            ("GONOSUMDB", "github.com/nexuslite/*".to_owned()),
            ("GOFLAGS", "-mod=mod -modcacherw".to_owned()),
            ("GOPATH", text(&project.join("path"))),
            ("GOMODCACHE", text(&project.join("mod"))),
            ("GOCACHE", text(&run::target().join("go/cache"))),
            ("GOTOOLCHAIN", "local".to_owned()),
            ("GOWORK", "off".to_owned()),
            ("CGO_ENABLED", "1".to_owned()),
            ("PKG_CONFIG_PATH", self.pkg_config()),
        ])
    }

    /// A crate is unpacked, and a project that depends on it is checked; to build it whole is what a release does.
    fn in_rust(&mut self) -> Result<(), String> {
        let project = self.project("rust", &[])?;
        for name in CRATES {
            let file = self.archive.join("crates").join(format!("{name}-{VERSION}.crate"));
            must("tar", &["-xzf", &text(&file), "-C", &text(&project)])?;
        }
        let example = run::root().join("examples/rust/quick_start.rs");
        write(&project.join("src/main.rs"), &read(&example)?)?;
        write(&project.join("Cargo.lock"), &read(&run::root().join("Cargo.lock"))?)?;
        let manifest = format!(
            "[package]\nname = \"shop\"\nedition = \"2024\"\n\n[dependencies]\nnexuslite = {{ path = \
             \"nexuslite-{VERSION}\" }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\n[workspace]\n"
        );
        write(&project.join("Cargo.toml"), manifest.as_bytes())?;
        let manifest = text(&project.join("Cargo.toml"));
        let built = text(&run::target().join("package/checked"));
        let check = ["check", "--manifest-path", &manifest, "--target-dir", &built];
        self.good.push(run::cargo(&check, &[])?.success);
        Ok(())
    }

    /// A folder with files of the examples.
    fn project(&self, name: &str, files: &[(&str, &str)]) -> Result<PathBuf, String> {
        let project = self.folder.join(name);
        fs::create_dir_all(&project).map_err(|error| told(&project, &error))?;
        for (file, language) in files {
            let from = run::root().join("examples").join(language).join(file);
            write(&project.join(file), &read(&from)?)?;
        }
        Ok(project)
    }

    fn pkg_config(&self) -> String {
        text(&self.archive.join("lib/pkgconfig"))
    }

    /// Runs a program that was built, in a folder without a database.
    fn check(&mut self, about: &str, built: bool, program: &Path, project: &Path) -> Result<(), String> {
        for file in ["shop.db", "shop.wasp"] {
            let _ = fs::remove_file(project.join(file));
        }
        let library = text(&self.archive.join("lib"));
        let said = if built {
            let run = run::run_in(project, &text(program), &[], &[(run::LIBRARIES, &library)])?;
            run.success.then_some(run.output)
        } else {
            None
        };
        let good = said.as_deref() == Some(&self.wanted);
        println!("{about}: {}", if good { "as it should be" } else { "WRONG" });
        self.good.push(good);
        Ok(())
    }
}

//! The wheel.

use std::fs;
use std::path::PathBuf;

use super::environment::{BUILD, program};
use super::{Profile, folder, package};
use crate::run;

/// Builds the wheel and says where it is.
pub(super) fn wheel(profile: Profile) -> Result<PathBuf, String> {
    println!("\n-- the wheel");
    let maturin = program(&BUILD.ready()?, "maturin").display().to_string();
    let name = match profile {
        Profile::Dev => "dev",
        Profile::Release => "release",
    };
    let out = folder().join("wheels").join(name);
    // What another version left there would be taken for this one.
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    let out_text = out.display().to_string();
    let build = ["build", "--quiet", "--locked", "--profile", name, "--out", &out_text];
    if !run::run_in(&package(), &maturin, &build, &[])?.success {
        return Err("the wheel could not be built".to_owned());
    }
    let made = fs::read_dir(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut wheels = made.filter_map(Result::ok).map(|entry| entry.path());
    let wheel = wheels.find(|path| path.extension().is_some_and(|ending| ending == "whl"));
    wheel.ok_or_else(|| format!("maturin left no wheel in {}", out.display()))
}

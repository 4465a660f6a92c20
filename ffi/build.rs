//! What the linker is told of the shared library: its name, and that it stays once it is loaded.

use std::env;

fn main() {
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let arguments: &[&str] = match system.as_str() {
        // The threads and thread-local values of a Rust library do not survive being unloaded.
        "linux" | "android" | "freebsd" => &["-Wl,-soname,libnexuslite.so.0", "-Wl,-z,nodelete"],
        "macos" => &["-Wl,-install_name,@rpath/libnexuslite.0.dylib"],
        _ => &[],
    };
    for argument in arguments {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}

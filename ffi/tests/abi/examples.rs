//! The examples in C and C++ print what their twins in the other languages print.

use std::fs;
use std::process::Command;

use crate::tool::{compiler, link_shared, root, run, scratch, succeed, text};

#[test]
fn every_example_in_c_prints_what_it_prints_in_every_language() {
    check("c", "c", ("gcc", "c11"));
}

#[test]
fn every_example_in_cpp_prints_what_it_prints_in_every_language() {
    check("cpp", "cpp", ("g++", "c++17"));
}

/// Compiles and runs each example of a language.
fn check(folder: &str, ending: &str, (name, standard): (&str, &str)) {
    let examples = root().join("examples");
    let known = names(&examples.join("output"), "txt");
    assert!(known.len() >= 5, "{known:?}");
    assert_eq!(names(&examples.join(folder), ending), known, "the examples in {folder}");
    for example in known {
        let scratch = scratch();
        let built = scratch.path().join("example");
        let mut compiler = compiler(name, standard);
        compiler.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        compiler.arg("-o").arg(&built).arg(examples.join(folder).join(&example).with_extension(ending));
        link_shared(&mut compiler);
        succeed(&mut compiler);
        let output = run(Command::new(&built).current_dir(scratch.path()));
        assert!(output.status.success(), "{folder}/{example}: {}", text(&output.stderr));
        let wanted = fs::read_to_string(examples.join("output").join(&example).with_extension("txt"));
        assert_eq!(text(&output.stdout), wanted.expect("its output"), "{folder}/{example}");
    }
}

/// The files of a folder with this ending, without it.
fn names(folder: &std::path::Path, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let sources = paths.filter(|path| path.extension().is_some_and(|here| here == ending));
    let mut names: Vec<String> =
        sources.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}

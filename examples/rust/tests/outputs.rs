//! Each example prints what its twins in the other languages print.
#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

#[test]
fn every_example_prints_what_it_prints_in_every_language() {
    let programs = [
        ("quick_start", env!("CARGO_BIN_EXE_quick_start")),
        ("queries_and_updates", env!("CARGO_BIN_EXE_queries_and_updates")),
        ("transactions", env!("CARGO_BIN_EXE_transactions")),
        ("indexes", env!("CARGO_BIN_EXE_indexes")),
        ("import_and_export", env!("CARGO_BIN_EXE_import_and_export")),
    ];
    let outputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../output");
    let known = outputs.read_dir().expect("the folder of outputs").count();
    assert_eq!(known, programs.len(), "each output has its program");
    for (name, program) in programs {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = Command::new(program).current_dir(&folder).output().expect("the example is run");
        let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{name}: {complained}");
        let wanted = std::fs::read_to_string(outputs.join(name).with_extension("txt")).expect("its output");
        assert_eq!(said, wanted, "{name}");
    }
}

//! `cargo xtask header`: `include/nexuslite.h` and the list of its functions, made from the sources in `ffi`.

use crate::run;

pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    if let Some(unknown) = arguments.first() {
        return Err(format!("header does not know {unknown:?}"));
    }
    // The list is made from the header, so the header comes first.
    let made = ["the_committed_header_is_the_one_that_the_sources_make", "the_library_exports"];
    for test in made {
        let all = ["test", "--locked", "--package", "nexuslite-ffi", "--test", "abi", test];
        if !run::cargo(&all, &[("NEXUSLITE_WRITE", "1")])?.success {
            return Ok(false);
        }
    }
    Ok(true)
}

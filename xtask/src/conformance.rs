//! How many cases of the corpora each language ran: as many as every other.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use crate::run;

/// What tells the suites where to leave their counts.
pub(crate) const PLACE: &str = "NEXUSLITE_COUNTS";

/// Where they leave them, a file for each language.
pub(crate) fn folder() -> PathBuf {
    run::target().join("conformance")
}

/// Removes what an earlier run left.
pub(crate) fn forget() -> Result<(), String> {
    match fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!("{}: {error}", folder().display())),
        _ => Ok(()),
    }
}

/// Whether the languages of this run agree; nothing when there were fewer than two.
pub(crate) fn compare() -> Result<Option<bool>, String> {
    let Ok(entries) = fs::read_dir(folder()) else { return Ok(None) };
    let mut counts = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| error.to_string())?;
        let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
        counts.push((entry.file_name().to_string_lossy().into_owned(), text));
    }
    counts.sort();
    let [(first, wanted), others @ ..] = &counts[..] else { return Ok(None) };
    if others.is_empty() {
        return Ok(None);
    }
    let mut alike = true;
    for (language, text) in others {
        for (line, (here, there)) in wanted.lines().zip(text.lines()).enumerate() {
            if here != there {
                println!("the corpora, line {}: {first} has \"{here}\", {language} \"{there}\"", line + 1);
            }
        }
        alike &= text == wanted;
    }
    let languages: Vec<&str> = counts.iter().map(|(language, _)| language.as_str()).collect();
    println!("the corpora in {}: {}", languages.join(", "), if alike { "alike" } else { "not alike" });
    Ok(Some(alike))
}

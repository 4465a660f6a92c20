//! The table in `docs/guide/performance.md`: what `benches/results/` has of the sizes that were measured last.

use std::fs;
use std::path::PathBuf;

use crate::run;

const PAGE: &str = "docs/guide/performance.md";
const RESULTS: &str = "benches/results";
/// The section stands between these, each on a line of its own.
const BEGIN: &str = "<!-- written by `cargo xtask bench compare` -->";
const END: &str = "<!-- until here -->";
/// Smaller runs are trials.
const TABLE_MIN: u64 = 100_000;
/// What the section has where nothing was measured.
const NOTHING: &str = "There are no results in this tree: `cargo xtask bench compare` makes them.\n";

/// Writes what the results have into the page.
pub(crate) fn write() -> Result<(), String> {
    let (path, text) = page()?;
    let current = with_section(&text, &section(&results()?))?;
    if current == text {
        return Ok(());
    }
    println!("{PAGE} has the new table");
    fs::write(path, current).map_err(|error| format!("{PAGE}: {error}"))
}

/// Whether the page says what the results say.
pub(crate) fn is_current() -> Result<bool, String> {
    let (_, text) = page()?;
    let current = with_section(&text, &section(&results()?))? == text;
    if !current {
        println!("{PAGE} has another table than {RESULTS}: run `cargo xtask bench compare --table`");
    }
    Ok(current)
}

fn page() -> Result<(PathBuf, String), String> {
    let path = run::root().join(PAGE);
    let text = fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}"))?;
    Ok((path, text))
}

/// The pages of all sizes, the smaller first.
fn results() -> Result<Vec<(u64, String)>, String> {
    let Ok(entries) = fs::read_dir(run::root().join(RESULTS)) else { return Ok(Vec::new()) };
    let mut pages = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let documents = name.strip_prefix("compare-").and_then(|rest| rest.strip_suffix(".md"));
        if let Some(documents) =
            documents.and_then(|text| text.parse().ok()).filter(|many| *many >= TABLE_MIN)
        {
            pages.push((documents, fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?));
        }
    }
    pages.sort();
    Ok(pages)
}

/// The first part of each page, ours beside the best; below the page's own headings.
fn section(pages: &[(u64, String)]) -> String {
    if pages.is_empty() {
        return NOTHING.to_owned();
    }
    let mut out = String::new();
    for (documents, page) in pages {
        let (summary, _) = page.split_once("\n## ").unwrap_or((page, ""));
        let summary = summary.trim_start_matches("# ").trim();
        out += &format!("### {summary}\n\n");
        out += &format!(
            "[Everything, with the ranges](../../{RESULTS}/compare-{documents}.md); \
             [as a chart](../../{RESULTS}/compare-{documents}.svg).\n\n"
        );
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn with_section(text: &str, section: &str) -> Result<String, String> {
    let broken = || format!("{PAGE} has no section between {BEGIN} and {END}");
    let (before, rest) = text.split_once(BEGIN).ok_or_else(broken)?;
    let (_, after) = rest.split_once(END).ok_or_else(broken)?;
    Ok(format!("{before}{BEGIN}\n\n{section}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, NOTHING, section, with_section};

    #[test]
    fn the_section_is_the_first_part_of_each_page() {
        let page = |size: u64| (size, format!("# {size} documents\n\n| a |\n\n## Everything\n\n| b |\n"));
        let found = section(&[page(10), page(20)]);
        assert!(found.starts_with("### 10 documents\n\n| a |\n\n[Everything"), "{found}");
        assert!(found.contains("### 20 documents") && !found.contains("| b |"), "{found}");
        assert_eq!(section(&[]), NOTHING);
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = format!("above\n{BEGIN}\nold\n{END}\nbelow\n");
        let found = with_section(&text, "new\n");
        assert_eq!(found, Ok(format!("above\n{BEGIN}\n\nnew\n\n{END}\nbelow\n")));
        assert_eq!(found.as_deref().map(|found| with_section(found, "new\n")), Ok(found.clone()));
        assert!(with_section("no marks", "new").is_err());
    }
}

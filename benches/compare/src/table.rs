//! The figures as a table in Markdown.

use std::fmt::Write;

use nexuslite_benches::Failure;

use crate::lines;
use crate::rounds::Figures;

/// Medians per second with their range, and what ours is of each peer's in the same run.
pub(crate) fn markdown(figures: &Figures, peers: &[String], documents: u64) -> Result<String, Failure> {
    let mut out =
        format!("{documents} documents; per second, median (lowest to highest) of the rounds\n\n| work |");
    for peer in peers {
        write!(out, " {peer} |")?;
    }
    for peer in &peers[1..] {
        write!(out, " of {peer} |")?;
    }
    write!(out, "\n|---|{}\n", "---:|".repeat(peers.len() * 2 - 1))?;
    for line in lines::names() {
        let of = |peer: &String| figures.get(&(peer.clone(), line.to_owned())).map(|rounds| sorted(rounds));
        write!(out, "| {line} |")?;
        for peer in peers {
            match of(peer) {
                Some(rounds) => write!(
                    out,
                    " {} ({} to {}) |",
                    short(median(&rounds)),
                    short(rounds[0]),
                    short(rounds[rounds.len() - 1])
                )?,
                None => out.push_str(" |"),
            }
        }
        let ours = of(&peers[0]).map(|rounds| median(&rounds));
        for peer in &peers[1..] {
            match (ours, of(peer)) {
                (Some(ours), Some(theirs)) => write!(out, " {:.2} |", ours / median(&theirs))?,
                _ => out.push_str(" |"),
            }
        }
        out.push('\n');
    }
    Ok(out)
}

fn sorted(rounds: &[f64]) -> Vec<f64> {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Three digits, and what they count.
fn short(figure: f64) -> String {
    match figure {
        1e6.. => format!("{:.2}M", figure / 1e6),
        1e4.. => format!("{:.0}k", figure / 1e3),
        1e3.. => format!("{:.1}k", figure / 1e3),
        _ => format!("{figure:.0}"),
    }
}

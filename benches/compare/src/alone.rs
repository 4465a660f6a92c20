//! The process that measures one peer.

use std::io::Write;

use crate::asked::{Alone, Asked};
use crate::figure::Told;
use crate::limits;
use crate::lines;
use crate::peers::Result;
use crate::stand::{OpenNamed, Stand};

/// Does the lines that were asked for, each told as it ends, or prepares a folder for another process.
pub(crate) fn run(asked: &Asked, alone: &Alone, open: OpenNamed) -> Result<()> {
    if alone.peer == limits::NAME {
        return limits::measure(asked, &alone.folder, &mut tell);
    }
    let mut stand = Stand::new(alone.peer.clone(), alone.folder.clone(), asked.documents, asked.time, open);
    stand.minutes = asked.minutes;
    if let Some(prepared) = alone.prepare {
        return lines::prepare(&mut stand, prepared);
    }
    for line in &asked.lines {
        (line.work)(&mut stand, &mut tell).map_err(|fault| format!("{}: {fault}", line.name))?;
    }
    stand.close()
}

fn tell(told: Told) {
    println!("{}", told.text());
    // Seen at once by the process that writes it down; should that be gone, there is nobody to be told.
    let _ = std::io::stdout().flush();
}

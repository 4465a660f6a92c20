//! The process that measures one peer.

use std::io::Write;

use crate::asked::{Alone, Asked};
use crate::figure::Told;
use crate::limits;
use crate::lines;
use crate::peers::Result;
use crate::stand::{OpenNamed, Stand};

/// Does the lines that were asked for, each told as it begins and as it ends, or prepares a folder for another process.
/// Ends with the first that goes wrong: nobody knows what that left behind.
pub(crate) fn run(asked: &Asked, alone: &Alone, open: OpenNamed) -> Result<()> {
    if alone.peer == limits::NAME {
        return limits::measure(asked, &alone.folder, &mut tell);
    }
    let mut stand = Stand::new(alone.peer.clone(), alone.folder.clone(), asked.sizes[0], asked.time, open);
    stand.minutes = asked.minutes;
    if let Some(prepared) = alone.prepare {
        return lines::prepare(&mut stand, prepared);
    }
    for line in &asked.lines {
        tell(Told::Begun(line.name.to_owned()));
        if let Err(fault) = (line.work)(&mut stand, &mut tell) {
            tell(Told::Failed { line: line.name.to_owned(), reason: fault.to_string() });
            return Err(format!("{}: {fault}", line.name).into());
        }
    }
    stand.close()
}

fn tell(told: Told) {
    println!("{}", told.text());
    // Seen at once by the process that writes it down; should that be gone, there is nobody to be told.
    let _ = std::io::stdout().flush();
}

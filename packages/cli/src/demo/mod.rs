//! `demo`: the whole of it on real records, each step a command as anybody would type it.
//!
//! The steps are run by the very code that runs a typed command, in the folder in which they could be typed.

mod show;
mod steps;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use crate::args::DemoArgs;
use crate::failure::{Done, Failure};
use crate::figures;
use crate::output::Output;

use steps::{DATA, DATABASE, EXPORTED, STEPS};

/// The folder that the demo works in; a temporary one goes away with it.
enum Place {
    Given(PathBuf),
    Temporary(TempDir),
}

pub(crate) fn run(args: &DemoArgs, out: &mut Output) -> Done {
    let place = Place::of(args)?;
    let before = std::env::current_dir().map_err(|error| Failure::io("find", Path::new("."), &error))?;
    enter(place.path())?;
    let outcome = all_steps(&place, out);
    enter(&before)?;
    outcome
}

fn all_steps(place: &Place, out: &mut Output) -> Done {
    let started = Instant::now();
    out.line(format!("NexusLite, shown on real records, in {}", place.path().display()))?;
    lay_out_data(out)?;
    for step in STEPS {
        step.run(out)?;
    }
    out.line(format!("\n# Done in {}.", figures::time(started.elapsed())))?;
    match place {
        Place::Given(folder) => out.line(format!(
            "# Everything is still in {}: go there and try commands of your own.",
            folder.display()
        )),
        Place::Temporary(_) => {
            out.line("# The folder is gone now; with --dir FOLDER it stays, for commands of your own.")
        }
    }
}

/// Puts the shipped files into the folder.
fn lay_out_data(out: &mut Output) -> Done {
    out.line("\n# The sample data: earthquakes of one week (courtesy of the U.S. Geological Survey) and airports of")?;
    out.line("# the United States, both in the public domain.")?;
    for (name, bytes) in DATA {
        fs::write(name, bytes).map_err(|error| Failure::io("write", Path::new(name), &error))?;
        let documents = bytes.iter().filter(|byte| **byte == b'\n').count();
        out.line(format!(
            "  {name}: {}, {}",
            figures::documents(documents as u64),
            figures::bytes(bytes.len() as u64)
        ))?;
    }
    Ok(())
}

impl Place {
    fn of(args: &DemoArgs) -> Done<Self> {
        let Some(folder) = &args.dir else {
            let folder = tempfile::Builder::new().prefix("nexuslite-demo-").tempdir();
            return folder
                .map(Self::Temporary)
                .map_err(|error| Failure::io("create a folder in", &std::env::temp_dir(), &error));
        };
        fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
        let folder = fs::canonicalize(folder).map_err(|error| Failure::io("find", folder, &error))?;
        let files = DATA.iter().map(|(name, _)| *name).chain([DATABASE, EXPORTED]);
        match files.map(|name| folder.join(name)).find(|path| path.exists()) {
            Some(taken) => {
                Err(Failure::Failed(format!("demo: {} exists already, nothing was done", taken.display())))
            }
            None => Ok(Self::Given(folder)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

fn enter(folder: &Path) -> Done {
    std::env::set_current_dir(folder).map_err(|error| Failure::io("go to", folder, &error))
}

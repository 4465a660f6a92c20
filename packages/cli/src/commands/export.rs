//! `export`: a collection as NDJSON.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use nexuslite::bson::doc;
use nexuslite::document::json::{Mode, write_document};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Collection, RawCursor};
use tempfile::NamedTempFile;

use crate::args::ExportArgs;
use crate::failure::{Done, Failure};
use crate::output::Output;
use crate::progress::Progress;
use crate::{database, figures};

const BUFFER_BYTES: usize = 256 * 1024;
/// The bar moves after so many documents.
const STRIDE: u64 = 256;

pub(super) fn run(args: &ExportArgs, out: &mut Output) -> Done {
    database::read(&args.db, |db| {
        let collection = database::collection(db, &args.db, &args.collection)?;
        match &args.output {
            Some(path) => to_file(&collection, path, out),
            None => to_output(collection.find(doc! {}).raw()?, out),
        }
    })
}

fn to_output(mut documents: RawCursor, out: &mut Output) -> Done {
    while let Some(bytes) = documents.next_bytes()? {
        out.document(RawDoc::new(bytes))?;
    }
    Ok(())
}

/// Writes beside the file that is meant and gives it its name when everything is on the device.
fn to_file(collection: &Collection, path: &Path, out: &mut Output) -> Done {
    let started = Instant::now();
    let refused = |error: std::io::Error| Failure::io("write", path, &error);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(Failure::Failed(format!("write {}: it is a folder", path.display())));
    }
    let aside = tempfile::Builder::new()
        .prefix(".nexuslite-export-")
        .permissions_of(path)
        .tempfile_in(folder)
        .map_err(refused)?;
    let documents = collection.find(doc! {}).raw()?;
    let progress = Progress::over_documents(collection.count_documents(doc! {})?);
    let written = write_all(documents, out.mode(), &aside, &progress, path)?;
    drop(progress);
    aside.as_file().sync_all().map_err(refused)?;
    aside.persist(path).map_err(|error| refused(error.error))?;
    sync_folder(folder).map_err(refused)?;
    let spent = started.elapsed();
    out.line(format!(
        "exported {} to {} in {}",
        figures::documents(written),
        path.display(),
        figures::time(spent)
    ))
}

fn write_all(
    mut documents: RawCursor,
    mode: Mode,
    file: &NamedTempFile,
    progress: &Progress,
    path: &Path,
) -> Done<u64> {
    let refused = |error: std::io::Error| Failure::io("write", path, &error);
    let mut to = BufWriter::with_capacity(BUFFER_BYTES, file.as_file());
    let mut text = Vec::new();
    let mut written = 0;
    while let Some(bytes) = documents.next_bytes()? {
        text.clear();
        write_document(RawDoc::new(bytes), mode, &mut text);
        text.push(b'\n');
        to.write_all(&text).map_err(refused)?;
        written += 1;
        if written % STRIDE == 0 {
            progress.advance(STRIDE);
        }
    }
    to.flush().map_err(refused)?;
    Ok(written)
}

/// Makes the new name last through a power cut, where folders can be synced.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A temporary file with the permissions that a file of this name would have.
trait PermissionsOf {
    fn permissions_of(&mut self, path: &Path) -> &mut Self;
}

#[cfg(unix)]
impl PermissionsOf for tempfile::Builder<'_, '_> {
    fn permissions_of(&mut self, path: &Path) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        /// What a program asks for when it creates a file; the process's mask is taken off.
        const NEW_FILE: u32 = 0o666;
        let mode = std::fs::metadata(path).map_or(NEW_FILE, |about| about.permissions().mode());
        self.permissions(std::fs::Permissions::from_mode(mode))
    }
}

#[cfg(not(unix))]
impl PermissionsOf for tempfile::Builder<'_, '_> {
    fn permissions_of(&mut self, _path: &Path) -> &mut Self {
        self
    }
}

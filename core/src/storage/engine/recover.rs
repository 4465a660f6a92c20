//! Opening: the manifest, the trees it names, and what the log holds beyond them.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::base::{Base, Pins};
use super::commit::CommitPath;
use super::config::EngineConfig;
use super::files::Files;
use super::journal::Journal;
use super::large::LargeValues;
use super::sequencer::Sequencer;
use super::state::State;
use super::wasp::WaspEngine;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::manifest::{self, Chosen, Manifest};
use crate::storage::page::{CacheLimit, ExtentPtr, PageFile, PageReader, cut_tail};
use crate::storage::space::{ReuseRule, Space};
use crate::storage::tree::{Tree, TreeKind};
use crate::storage::wal::{self, Opening, Replayed, Wal, WalPlace, WalSwitches};
use crate::storage::{Batch, CheckReport, Direction, KeyRange, Scan, TreeId};
use crate::vfs::VfsFile;

/// How many roots are read from the directory at a time.
const DIRECTORY_BATCH: usize = 1024;

impl WaspEngine {
    /// Opens files whose header was read.
    pub(super) fn open(config: EngineConfig, files: Files) -> Result<Self> {
        let chosen = read_manifest(&files)?;
        let pages = Arc::new(open_pages(&config, &files, &chosen.manifest)?);
        let space = Arc::new(Mutex::new(read_space(&pages, &chosen.manifest)?));
        let pins = Arc::<Pins>::default();
        let base = read_base(&chosen.manifest, &pages, &pins)?;
        let sequencer = Sequencer::new(State::new(chosen.manifest.seq, Some(Arc::new(base))));
        let skip_sync = config.switches.large_sync_dropped;
        let large = Arc::new(LargeValues::new(pages, space, skip_sync));
        let wal = recover_log(&config, &files, &chosen, &sequencer, Some(&large))?;
        let journal = journal_behind(wal, &sequencer, &chosen.manifest, &config, Some(Arc::clone(&large)));
        let commits = CommitPath::new(sequencer, journal, config.switches);
        let engine = Self::assemble(config, files, commits, pins, large, chosen.manifest);
        if !engine.config.read_only {
            // What lies behind the manifest's last page may have been added by a sync that failed.
            cut_tail(&engine.pages, &engine.space)?;
        }
        Ok(engine)
    }
}

/// The manifest that counts.
pub(super) fn read_manifest(files: &Files) -> Result<Chosen> {
    let slots = manifest::read_manifests(&*files.db, &files.db_path, &files.header)?;
    manifest::choose(&slots, &files.db_path)
}

/// A journal that goes on where recovery ended.
pub(super) fn journal_behind(
    wal: Wal,
    sequencer: &Sequencer,
    manifest: &Manifest,
    config: &EngineConfig,
    large: Option<Arc<LargeValues>>,
) -> Journal {
    let seq = sequencer.visible_seq();
    Journal::new(wal, seq, manifest.version, Arc::clone(&config.clock), config.switches, large)
}

/// Replays the log into memory and readies it for what comes next. A read-only database writes nothing.
pub(super) fn recover_log(
    config: &EngineConfig,
    files: &Files,
    chosen: &Chosen,
    sequencer: &Sequencer,
    large: Option<&Arc<LargeValues>>,
) -> Result<Wal> {
    let Chosen { manifest, is_whole, .. } = chosen;
    let mut found = files.open_wal(config.read_only)?;
    let len = match &found {
        None => 0,
        Some(file) => file.len().map_err(|e| Error::io("measure", &files.wal_path, e))?,
    };
    if len < u64::from(files.header.wal_chunk_bytes) && !chosen.stands_without_log() {
        return Err(no_log(files, manifest, len));
    }
    let is_empty = len == 0;
    let holds_nothing = is_empty && manifest.version == manifest::FIRST_VERSION;
    if holds_nothing && !config.read_only && !files.is_new {
        files.renew_names(config)?;
        found = None;
    }
    let file = match found {
        Some(file) => file,
        None if config.read_only => files.stand_in_wal()?,
        None => files.create_wal(config)?,
    };
    let place = wal_place(files, file, wal_switches(config));
    if !chosen.stands_without_log() {
        wal::expect_written(&place)?;
    }
    let mut replayed = replay(&place, manifest, sequencer, large)?;
    if chosen.stands_without_log() && replayed.commits == 0 {
        // A chunk begun before the manifest that was to count on it holds nothing, and its header may be in a cache
        // only: the log begins anew, so that the header of the first chunk is one whose sync succeeded.
        replayed.live.clear();
    }
    let is_at_rest = is_empty && *is_whole;
    if !config.read_only && !is_at_rest {
        // Who wrote it may have died before its sync, or between its copies. Both have to be there before the
        // log it replaces is written over, and before the slot of the version before is.
        files.flip(manifest, config)?;
    }
    let wal = Wal::open(place, Arc::clone(&config.entropy), &replayed)?;
    if !config.read_only && !is_at_rest {
        // Who counts on the log must find one.
        wal.settle_len(u64::from(!chosen.stands_without_log()))?;
        wal.repeat(&replayed)?;
    }
    Ok(wal)
}

/// The log's first chunk was on the device before any manifest counted on it.
fn no_log(files: &Files, manifest: &Manifest, len: u64) -> Error {
    let what = match len {
        0 => "is missing or empty".to_owned(),
        len => format!("has {len} bytes, less than a chunk"),
    };
    let (version, db) = (manifest.version, files.db_path.display());
    Error::corrupt(
        &files.wal_path,
        len,
        format!("the log {what}, but manifest {version} of {db} counts on it"),
    )
}

fn replay(
    place: &WalPlace,
    manifest: &Manifest,
    sequencer: &Sequencer,
    large: Option<&Arc<LargeValues>>,
) -> Result<Replayed> {
    let mut tip = sequencer.tip();
    let mut claim = |extent: &ExtentPtr| match large {
        Some(large) => large.claim_again(extent, manifest.version),
        None => Err(Error::new(ErrorKind::Corrupt, "refers to the pages of a main file that has none")),
    };
    let replayed = wal::replay(place, &opening(manifest), &mut |record| {
        tip.replay(record, &mut claim).map_err(|error| error.context(format!("{}", place.path.display())))
    })?;
    let state = tip.state.clone();
    drop(tip);
    sequencer.publish(&state);
    Ok(replayed)
}

fn opening(manifest: &Manifest) -> Opening {
    Opening { from: manifest.log, seq: manifest.seq, manifest_version: manifest.version }
}

fn wal_place(files: &Files, file: Arc<dyn VfsFile>, switches: WalSwitches) -> WalPlace {
    WalPlace {
        file,
        path: files.wal_path.clone(),
        db_path: files.db_path.clone(),
        db: files.header.db,
        chunk_bytes: files.header.wal_chunk_bytes,
        switches,
    }
}

fn wal_switches(config: &EngineConfig) -> WalSwitches {
    WalSwitches {
        skip_salt_check: config.switches.salt_not_checked,
        skip_chain_check: config.switches.chain_not_checked,
        skip_durable_lsn_check: config.switches.durable_lsn_not_checked,
        skip_growth_sync: config.switches.growth_sync_dropped,
    }
}

fn open_pages(config: &EngineConfig, files: &Files, manifest: &Manifest) -> Result<PageFile> {
    let header = &files.header;
    let bytes_of = |entries: usize| (entries as u64).saturating_mul(header.page_size as u64);
    let limit = match config.cache_entries.filter(|entries| bytes_of(*entries) <= config.cache_bytes) {
        Some(entries) => CacheLimit::Entries(entries),
        None => CacheLimit::Bytes(config.cache_bytes),
    };
    let pages = PageFile::new(Arc::clone(&files.db), &files.db_path, header.page_size, header.db, limit)?
        .skipping_growth_sync(config.switches.growth_sync_dropped)
        .within(&config.budget, config.cache_bytes);
    if pages.pages() < manifest.file_pages {
        return Err(Error::corrupt(
            &files.db_path,
            pages.pages() * header.page_size as u64,
            format!("the file has {} pages, but its manifest says {}", pages.pages(), manifest.file_pages),
        ));
    }
    Ok(pages)
}

/// The free map, with all that whoever had the file last could have taken from it.
fn read_space(pages: &PageFile, manifest: &Manifest) -> Result<Space> {
    let mut space = match &manifest.free_map {
        None => Space::new(manifest.file_pages),
        Some(ptr) => Space::decode(&pages.read_extent(ptr)?, ptr.birth, manifest.file_pages)?,
    };
    space.release(&ReuseRule::new(manifest.version + 1, Vec::new()));
    Ok(space)
}

fn read_base(manifest: &Manifest, pages: &Arc<PageFile>, pins: &Arc<Pins>) -> Result<Base> {
    let directory = match manifest.directory.is_empty() {
        true => Tree::empty(TreeKind::Index),
        false => Tree::decode(&manifest.directory)?,
    };
    let reader = Arc::clone(pages) as Arc<dyn PageReader>;
    let mut scan = directory.scan(reader, KeyRange::all(), Direction::Forward)?;
    let trees = read_directory(&mut *scan)?;
    Ok(Base::new(manifest.version, trees, directory, pages, pins))
}

fn read_directory(scan: &mut dyn Scan) -> Result<BTreeMap<TreeId, Tree>> {
    let (mut trees, mut batch) = (BTreeMap::new(), Batch::new());
    loop {
        scan.next_batch(&mut batch, DIRECTORY_BATCH)?;
        if batch.is_empty() {
            return Ok(trees);
        }
        for (key, root) in batch.iter() {
            let number = key.try_into().map(u32::from_be_bytes);
            let id =
                TreeId(number.map_err(|_| Error::internal("the directory holds a key that is no tree"))?);
            trees.insert(id, Tree::decode(root)?);
        }
    }
}

/// Replays the log into nothing, for a report.
pub(super) fn count_commits(
    file: Arc<dyn VfsFile>,
    files: &Files,
    manifest: &Manifest,
    report: &mut CheckReport,
) {
    let place = wal_place(files, file, WalSwitches::default());
    match wal::replay(&place, &opening(manifest), &mut |_| Ok(())) {
        Ok(replayed) => report.wal_commits += replayed.commits,
        Err(error) => report.faults.push(error.to_string()),
    }
}

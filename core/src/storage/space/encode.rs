//! The free map as bytes.

use super::layout::{AT_FILE_PAGES, AT_RUN_COUNT, AT_VERSION, GROUP_BITS, HEAD_LEN, MORE, RUN_LEN_MAX};
use super::{PageRun, Space};
use crate::storage::page::field::put;

/// How many runs can change when the map's own extent is allocated, the file grown for it and its tail cut.
const RUNS_CHANGED: usize = 8;

/// A run and, unless it is ready, its birth and death.
type Run = (PageRun, Option<(u64, u64)>);

impl Space {
    /// The map as it will be found by whoever opens `version`.
    pub(crate) fn encode(&self, version: u64) -> Vec<u8> {
        let runs = self.persisted_runs();
        let mut bytes = vec![0; HEAD_LEN];
        put(&mut bytes, AT_VERSION, &version.to_le_bytes());
        put(&mut bytes, AT_FILE_PAGES, &self.file_pages.to_le_bytes());
        put(&mut bytes, AT_RUN_COUNT, &(runs.len() as u64).to_le_bytes());
        let mut end = 0;
        for (run, life) in runs {
            push_number(&mut bytes, run.first - end);
            push_number(&mut bytes, run.pages);
            match life {
                None => push_number(&mut bytes, 0),
                Some((birth, death)) => {
                    push_number(&mut bytes, death);
                    push_number(&mut bytes, death - birth);
                }
            }
            end = run.end();
        }
        bytes
    }

    /// A length that the map will not exceed once its own extent has been allocated.
    pub(crate) fn encoded_len_max(&self, version: u64) -> u64 {
        (self.encode(version).len() + RUNS_CHANGED * RUN_LEN_MAX) as u64
    }

    /// What is told to whoever opens the file: claimed pages as ready (S5); ready runs are merged, and so are
    /// dying ones of the same life.
    fn persisted_runs(&self) -> Vec<Run> {
        let claimed = self.claimed.iter().map(|(first, pages)| (PageRun::new(*first, *pages), None));
        let dying = self
            .dying
            .iter()
            .map(|(first, dying)| (PageRun::new(*first, dying.pages), Some((dying.birth, dying.death))));
        let ready = self.ready.iter().map(|run| (run, None));
        let mut runs: Vec<Run> = ready.chain(claimed).chain(dying).collect();
        runs.sort_unstable_by_key(|(run, _)| run.first);
        runs.dedup_by(|(run, life), (kept, kept_life)| {
            let merges = life.is_none() && kept_life.is_none() && kept.end() == run.first;
            if merges {
                kept.pages += run.pages;
            }
            merges
        });
        runs
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= u64::from(MORE) {
        bytes.push(number as u8 | MORE);
        number >>= GROUP_BITS;
    }
    bytes.push(number as u8);
}

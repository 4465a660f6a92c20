//! Power cuts, failed syncs and full disks at every moment, also during recovery, also during the recovery from
//! that.
//!
//! A life is one database from its first commit through a dozen processes. `WAL_SEED` and `WAL_LIVES` choose
//! which are lived.

use super::*;
use crate::storage::Buffer;
use crate::vfs::simulated::{CrashStyle, Fault, FaultPlan, OperationKind, SimulatedDisk};
use crate::vfs::{OpenMode, Vfs};

const FILE: &str = "/test.wasp";
/// What a process does that may fail; reading is not among it.
const CHANGES: [OperationKind; 4] =
    [OperationKind::Write, OperationKind::SyncData, OperationKind::SyncAll, OperationKind::SetLen];

/// A database as far as its log is concerned: what was promised, and what a manifest would say.
struct Life {
    chunk_bytes: u32,
    disk: SimulatedDisk,
    /// Every commit since the beginning that may still be there.
    records: Records,
    /// So many of them were acknowledged, or are known to be there because a recovery ended with them.
    acknowledged: usize,
    opening: Opening,
    /// The manifest says that nothing is in the log.
    is_clean: bool,
    /// A checkpoint that is under way: where the log begins when it is done, and what it holds.
    underway: Option<(LogPosition, u64)>,
    switches: WalSwitches,
}

impl Life {
    fn new(chunk_bytes: u32, switches: WalSwitches) -> Self {
        let disk = SimulatedDisk::new();
        disk.open(FILE.as_ref(), OpenMode::CreateNew).unwrap();
        disk.sync_dir("/".as_ref()).unwrap();
        Self {
            chunk_bytes,
            disk,
            records: Vec::new(),
            acknowledged: 0,
            opening: FRESH,
            is_clean: true,
            underway: None,
            switches,
        }
    }

    fn place(&self) -> Result<WalPlace> {
        let file = self.disk.open(FILE.as_ref(), OpenMode::ReadWrite);
        let file = file.map_err(|e| Error::io("open", FILE.as_ref(), e))?;
        Ok(place(file, self.chunk_bytes, self.switches))
    }

    /// Reads the log and compares it with what was promised; the log decides what else was committed.
    fn replay(&mut self) -> Result<Replayed> {
        let (found, replayed) = read_place(&self.place()?, &self.opening)?;
        let first = self.opening.seq as usize;
        let total = first + found.len();
        let expected = self.records.get(first..total);
        if expected != Some(&found[..]) {
            return Err(Error::internal(format!("commits {first} to {total} are not what was appended")));
        }
        if total < self.acknowledged {
            let what = format!("{} commits were acknowledged, {total} are there", self.acknowledged);
            return Err(Error::internal(what));
        }
        self.records.truncate(total);
        Ok(replayed)
    }

    /// Opens the log; from then on everything in it counts.
    fn open(&mut self) -> Result<Option<Wal>> {
        let operations = self.disk.operations();
        let replayed = self.replay()?;
        let twice = self.replay()?;
        assert_eq!((replayed.end, replayed.attested), (twice.end, twice.attested));
        let read = self.disk.log().into_iter().filter(|call| call.index >= operations);
        assert!(read.into_iter().all(|call| !CHANGES.contains(&call.kind)), "reading changes nothing");
        match resume_place(self.place()?, &replayed, u64::from(!self.is_clean)) {
            Ok(wal) => {
                self.acknowledged = self.records.len();
                Ok(Some(wal))
            }
            Err(error) if is_of_the_device(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Commits, syncs and checkpoints until the power goes or enough is done.
    fn work(&mut self, wal: &Wal, dice: &mut Dice) -> Result<()> {
        let mut durable_lsn = wal.last_lsn();
        self.underway = None;
        for _ in 0..dice.below(12) {
            match self.one_step(wal, dice, &mut durable_lsn) {
                Err(error) if error.kind() == ErrorKind::DiskFull => self.disk.set_capacity_bytes(None),
                Err(error) if is_of_the_device(&error) => return Ok(()),
                other => other?,
            }
        }
        if dice.one_in(6) {
            return self
                .close(wal, &mut durable_lsn)
                .or_else(|e| is_of_the_device(&e).then_some(()).ok_or(e));
        }
        Ok(())
    }

    fn one_step(&mut self, wal: &Wal, dice: &mut Dice, durable_lsn: &mut u64) -> Result<()> {
        if dice.one_in(25) {
            let plan = FaultPlan::new(0, Fault::Io).on(&[OperationKind::SyncData, OperationKind::SyncAll]);
            self.disk.inject(plan);
        }
        if dice.one_in(25) {
            self.disk.set_capacity_bytes(Some(self.disk.used_bytes() + dice.below(40_000)));
        }
        match dice.below(10) {
            0 | 1 => self.checkpoint(wal, durable_lsn),
            2 => wal.trim(),
            3 => wal.prepare().map(drop),
            4 | 5 => self.sync(wal, durable_lsn),
            _ => {
                self.append(wal, dice, *durable_lsn)?;
                if dice.one_in(2) { self.sync(wal, durable_lsn) } else { Ok(()) }
            }
        }
    }

    fn append(&mut self, wal: &Wal, dice: &mut Dice, durable_lsn: u64) -> Result<()> {
        let batch: Records = (0..=dice.below(4)).map(|i| self.next_record(i, dice)).collect();
        // Who counts on the log says so before anything is in it, and makes its first chunk before that.
        wal.reserve(1)?;
        wal.release(1);
        self.is_clean = false;
        for (at, record) in batch.iter().enumerate() {
            if let Err(error) = wal.reserve(record.len()) {
                batch[..at].iter().for_each(|record| wal.release(record.len()));
                return Err(error);
            }
        }
        self.records.extend(batch.iter().cloned());
        let appended = wal.append(&batch, durable_lsn, self.opening.manifest_version);
        if let Err(error) = &appended {
            assert_ne!(error.kind(), ErrorKind::DiskFull, "the room was promised");
        }
        appended
    }

    fn next_record(&self, after: u64, dice: &mut Dice) -> Arc<Buffer> {
        let most = dice.one_of(&[10, 300, 5000, 2 * u64::from(self.chunk_bytes)]);
        record(self.records.len() as u64 + 1 + after, dice.below(most) as usize)
    }

    fn sync(&mut self, wal: &Wal, durable_lsn: &mut u64) -> Result<()> {
        wal.sync()?;
        *durable_lsn = wal.last_lsn();
        self.acknowledged = self.records.len();
        Ok(())
    }

    /// Begins a checkpoint, or ends the one that is under way.
    fn checkpoint(&mut self, wal: &Wal, durable_lsn: &mut u64) -> Result<()> {
        match self.underway.take() {
            None => {
                wal.reserve_switch()?;
                self.sync(wal, durable_lsn)?;
                self.underway = Some((wal.switch(), self.records.len() as u64));
            }
            Some((from, seq)) => {
                self.flip(from, seq);
                wal.recycle(from);
            }
        }
        Ok(())
    }

    /// A manifest becomes the newest one.
    fn flip(&mut self, from: LogPosition, seq: u64) {
        self.opening = Opening { from, seq, manifest_version: self.opening.manifest_version + 1 };
    }

    fn close(&mut self, wal: &Wal, durable_lsn: &mut u64) -> Result<()> {
        wal.reserve_switch()?;
        self.sync(wal, durable_lsn)?;
        let from = wal.switch();
        self.flip(from, self.records.len() as u64);
        self.is_clean = true;
        wal.truncate_all()
    }

    /// The process is over, and perhaps the power went.
    fn end(&mut self, dice: &mut Dice) {
        self.disk.clear_faults();
        self.disk.cut_at(u64::MAX);
        self.disk.set_capacity_bytes(None);
        if self.disk.power_is_off() || !dice.one_in(3) {
            let style = dice.one_of(&[CrashStyle::ANY, CrashStyle::ANY, CrashStyle::DROP_ALL]);
            self.disk = self.disk.crash_image(dice.roll(), style);
        }
    }

    /// From the `calls`th change on nothing works any more.
    fn light_fuse(&self, dice: &mut Dice, calls: u64) {
        let calls = dice.below(calls);
        match dice.below(4) {
            0 => self.disk.inject(FaultPlan::new(calls, Fault::Io).on(&CHANGES).persistent()),
            1 => self.disk.cut_at(self.disk.operations() + 40 + calls),
            _ => {}
        }
    }
}

fn is_of_the_device(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::Poisoned | ErrorKind::DiskFull)
}

/// One database through many processes; says what went wrong.
fn live(seed: u64, switches: WalSwitches) -> Result<()> {
    let mut dice = Dice(seed);
    let mut life = Life::new(SMALL * (1 + dice.below(3) as u32), switches);
    for _ in 0..12 {
        life.light_fuse(&mut dice, 12);
        match life.open() {
            Ok(Some(wal)) => {
                life.light_fuse(&mut dice, 25);
                life.work(&wal, &mut dice)?;
            }
            Ok(None) => {}
            Err(error) if life.disk.power_is_off() && is_of_the_device(&error) => {}
            Err(error) => return Err(error),
        }
        life.end(&mut dice);
    }
    life.replay().map(drop)
}

/// How many lives are lived.
const LIVES: u64 = 1500;

fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

#[test]
fn every_acknowledged_commit_survives() {
    let first = given("WAL_SEED").unwrap_or(0);
    let lives = given("WAL_LIVES").unwrap_or(if first > 0 { 1 } else { LIVES });
    for seed in first..first + lives {
        let outcome = std::panic::catch_unwind(|| live(seed, NO_SWITCH));
        let again = format!("WAL_SEED={seed} cargo test -p nexuslite every_acknowledged_commit_survives");
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => panic!("seed {seed}: {error}\n{again}"),
            Err(cause) => {
                eprintln!("{again}");
                std::panic::resume_unwind(cause)
            }
        }
    }
}

#[test]
fn what_is_left_out_is_noticed() {
    let check = |switches: WalSwitches| {
        let noticed =
            |seed| std::panic::catch_unwind(|| live(seed, switches)).is_ok_and(|lived| lived.is_err());
        assert!((0..LIVES).any(noticed), "{switches:?}");
    };
    check(WalSwitches { skip_growth_sync: true, ..NO_SWITCH });
}

//! The disk as a test holds it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::choose::choose;
use super::counts::IoCounts;
use super::device::Device;
use super::exhaustive::CrashImages;
use super::fault::{Fault, FaultPlan};
use super::image::build;
use super::journal::Operation;
use super::replay::Replay;
use super::state::State;
use super::style::{CrashStyle, Fill};
use crate::vfs::Vfs;
use crate::vfs::names::absolute;

/// A disk in memory with a power switch. A clone is another handle on the same disk.
///
/// To search for lost data: run a workload once, noting [`operations`](Self::operations) after each commit that
/// was acknowledged; take [`replay`](Self::replay), go through its cut points, and for each open the database
/// on some images. Every commit noted at or before the cut must be there.
#[derive(Clone, Default)]
pub struct SimulatedDisk {
    pub(super) device: Arc<Mutex<Device>>,
}

impl SimulatedDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn holding(state: State) -> Self {
        Self { device: Arc::new(Mutex::new(Device::holding(state))) }
    }

    /// This disk as a file system to hand to the code under test.
    #[must_use]
    pub fn vfs(&self) -> Arc<dyn Vfs> {
        Arc::new(self.clone())
    }

    /// How many calls were made: the number the next one will have.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.device.lock().journal.next()
    }

    /// The calls since the disk was made, edited by hand or told to [`forget`](Self::forget_journal).
    #[must_use]
    pub fn log(&self) -> Vec<Operation> {
        self.device.lock().journal.operations().collect()
    }

    /// Notes that a phase of the workload begins with the next call.
    pub fn mark(&self, label: &str) {
        self.device.lock().journal.mark(label);
    }

    /// The phase a call fell into.
    #[must_use]
    pub fn phase_of(&self, operation: u64) -> Option<String> {
        self.device.lock().journal.phase_of(operation).map(ToOwned::to_owned)
    }

    /// Forgets the calls so far, so that a replay begins here. Numbers and marks go on.
    pub fn forget_journal(&self) {
        let mut device = self.device.lock();
        let base = device.state.clone();
        device.journal.rebase(base);
    }

    /// Cuts the power in the middle of the call with this number, or of the next one if that has passed.
    /// What this call writes may or may not have reached the disk; it and every later call fail.
    pub fn cut_at(&self, operation: u64) {
        self.device.lock().cut_at = Some(operation);
    }

    /// Whether the power has gone.
    #[must_use]
    pub fn power_is_off(&self) -> bool {
        self.device.lock().power_is_off
    }

    /// A fresh disk as this one may be found if the power goes now, or went when it did.
    #[must_use]
    pub fn crash_image(&self, seed: u64, style: CrashStyle) -> Self {
        crashed(&self.device.lock().state, seed, style)
    }

    /// Every disk that the pending changes allow at sector granularity, in the order they were made; `None`
    /// when that is more than two to the power of `bits`.
    #[must_use]
    pub fn crash_images_exhaustive(&self, bits: u32, fill: Fill) -> Option<CrashImages> {
        CrashImages::of(&self.device.lock().state, bits, fill)
    }

    /// A cursor over the recorded calls that gives the disk at any of them.
    #[must_use]
    pub fn replay(&self) -> Replay {
        Replay::of(&self.device.lock().journal)
    }

    /// The call with number `call` from now on, counted from 0, fails; with `persistent` all later ones do too.
    pub fn fail_call(&self, call: u64, fault: Fault, persistent: bool) {
        let plan = FaultPlan::new(call, fault);
        self.inject(if persistent { plan.persistent() } else { plan });
    }

    /// Puts a plan in force, beside those that are.
    pub fn inject(&self, plan: FaultPlan) {
        self.device.lock().faults.arm(plan);
    }

    /// From now on nothing fails.
    pub fn clear_faults(&self) {
        self.device.lock().faults.disarm();
    }

    /// How many calls were made to fail or cut short by plans.
    #[must_use]
    pub fn faults_fired(&self) -> u64 {
        self.device.lock().faults.fired
    }

    /// Limits the disk to so many bytes, counted in blocks of 4 KiB that were written; `None` lifts the limit.
    pub fn set_capacity_bytes(&self, capacity: Option<u64>) {
        self.device.lock().capacity_bytes = capacity;
    }

    /// The bytes that count against the capacity.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        self.device.lock().used_bytes()
    }

    /// What was done to a file, by the name it was opened under.
    #[must_use]
    pub fn counts(&self, file: impl AsRef<Path>) -> IoCounts {
        self.device.lock().counts.get(absolute(file.as_ref()).as_path()).copied().unwrap_or_default()
    }

    /// What was done to all files.
    #[must_use]
    pub fn counts_of_all(&self) -> IoCounts {
        self.device.lock().counts.values().fold(IoCounts::default(), |mut sum, counts| {
            sum += *counts;
            sum
        })
    }

    /// Counts from zero again.
    pub fn reset_counts(&self) {
        self.device.lock().counts.clear();
    }

    /// The names that are there, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.device.lock().state.names.keys().map(|name| name.to_path_buf()).collect()
    }

    /// A hash of everything that is durable: names, lengths and bytes. On a crash image that is all there is.
    #[must_use]
    pub fn durable_hash(&self) -> u64 {
        self.device.lock().state.durable_hash()
    }
}

pub(super) fn crashed(state: &State, seed: u64, style: CrashStyle) -> SimulatedDisk {
    SimulatedDisk::holding(build(state, &choose(state, seed, style)))
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.lock();
        f.debug_struct("SimulatedDisk")
            .field("files", &device.state.names.keys())
            .field("operations", &device.journal.next())
            .field("power_is_off", &device.power_is_off)
            .finish_non_exhaustive()
    }
}

//! What this process may use of the machine.

use std::sync::OnceLock;

use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, RefreshKind, System};

/// How many bytes of memory this process may use: those of the machine, or fewer where a control group says so. Nothing
/// where nobody tells. Asked once.
pub(crate) fn memory_bytes() -> Option<u64> {
    static BYTES: OnceLock<Option<u64>> = OnceLock::new();
    *BYTES.get_or_init(ask)
}

fn ask() -> Option<u64> {
    let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let mut system = System::new_with_specifics(ram).ok()?;
    let own = Pid::from_u32(std::process::id());
    let _ = system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[own]),
        false,
        ProcessRefreshKind::nothing(),
    );
    // A process in a container sees its own control group as the root of all.
    let of_process = system.process(own).and_then(sysinfo::Process::cgroup_limits);
    let limits = [of_process, system.cgroup_limits()];
    let limits = limits.iter().flatten().map(|limits| limits.total_memory);
    limits.chain([system.total_memory()]).filter(|bytes| *bytes > 0).min()
}

//! The disk as the code under test sees it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::device::{Call, Device};
use super::disk::SimulatedDisk;
use super::journal::OperationKind;
use super::state::{Action, FileIndex};
use crate::vfs::content::end_within_limits;
use crate::vfs::locks::HandleId;
use crate::vfs::names::{absolute, in_folder};
use crate::vfs::{LockMode, OpenMode, Vfs, VfsFile};

impl Vfs for SimulatedDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn VfsFile>> {
        let name: Arc<Path> = absolute(path).into();
        let mut device = self.device.lock();
        device.powered()?;
        let (kind, action) = match (mode, device.state.names.contains_key(&name)) {
            (OpenMode::CreateNew, true) => return Err(io::ErrorKind::AlreadyExists.into()),
            (OpenMode::CreateNew, false) => {
                (OperationKind::Create, Action::Create { name: Arc::clone(&name) })
            }
            (OpenMode::Read | OpenMode::ReadWrite, true) => (OperationKind::Open, Action::Nothing),
            (OpenMode::Read | OpenMode::ReadWrite, false) => return Err(io::ErrorKind::NotFound.into()),
        };
        device.perform(Call::new(kind, &name, action))?;
        let file = *device.state.names.get(&name).ok_or(io::ErrorKind::NotFound)?;
        let handle = device.next_handle();
        drop(device);
        let writable = mode != OpenMode::Read;
        Ok(Arc::new(SimulatedFile { device: Arc::clone(&self.device), file, name, handle, writable }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let device = self.device.lock();
        device.powered()?;
        Ok(device.state.names.contains_key(absolute(path).as_path()))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to): (Arc<Path>, Arc<Path>) = (absolute(from).into(), absolute(to).into());
        self.on_name(OperationKind::Rename, &from, Action::Rename { from: Arc::clone(&from), to })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let name: Arc<Path> = absolute(path).into();
        self.on_name(OperationKind::Remove, &name, Action::Remove { name: Arc::clone(&name) })
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let folder = absolute(dir);
        let call = Call::new(
            OperationKind::SyncDir,
            &folder.as_path().into(),
            Action::SyncFolder { folder: folder.clone() },
        );
        self.device.lock().perform(call).map(drop)
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        self.device.lock().powered()?;
        Ok(absolute(path))
    }

    fn files(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let device = self.device.lock();
        device.powered()?;
        Ok(in_folder(device.state.names.keys(), dir))
    }

    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        self.device.lock().powered()
    }
}

impl SimulatedDisk {
    /// A call on a name that must exist.
    fn on_name(&self, kind: OperationKind, name: &Arc<Path>, action: Action) -> io::Result<()> {
        let mut device = self.device.lock();
        device.powered()?;
        if !device.state.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        device.perform(Call::new(kind, name, action)).map(drop)
    }
}

#[derive(Debug)]
struct SimulatedFile {
    device: Arc<Mutex<Device>>,
    file: FileIndex,
    /// The name it was opened under, which counts and faults go by.
    name: Arc<Path>,
    handle: HandleId,
    writable: bool,
}

impl SimulatedFile {
    fn perform(&self, kind: OperationKind, offset: u64, len: u64, action: Action) -> io::Result<u64> {
        let file = Arc::clone(&self.name);
        self.device.lock().perform(Call { kind, file, offset, len, action })
    }

    fn writable(&self) -> io::Result<()> {
        if self.writable { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl VfsFile for SimulatedFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut device = self.device.lock();
        let len = device.state.files[self.file].visible.len().saturating_sub(offset).min(buf.len() as u64);
        let file = Arc::clone(&self.name);
        let call = Call { kind: OperationKind::Read, file, offset, len, action: Action::Nothing };
        let granted = device.perform(call)?.min(len) as usize;
        Ok(device.state.files[self.file].visible.read_at(&mut buf[..granted], offset))
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.writable()?;
        let len = buf.len() as u64;
        end_within_limits(offset, len)?;
        let action = Action::Write { file: self.file, offset, data: Arc::from(buf) };
        Ok(self.perform(OperationKind::Write, offset, len, action)? as usize)
    }

    fn sync_data(&self) -> io::Result<()> {
        let action = Action::Sync { file: self.file, length: false };
        self.perform(OperationKind::SyncData, 0, 0, action).map(drop)
    }

    fn sync_all(&self) -> io::Result<()> {
        let action = Action::Sync { file: self.file, length: true };
        self.perform(OperationKind::SyncAll, 0, 0, action).map(drop)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.writable()?;
        end_within_limits(len, 0)?;
        let action = Action::SetLen { file: self.file, len };
        self.perform(OperationKind::SetLen, len, 0, action).map(drop)
    }

    fn len(&self) -> io::Result<u64> {
        let device = self.device.lock();
        device.powered()?;
        Ok(device.state.files[self.file].visible.len())
    }

    fn try_lock(&self, mode: LockMode) -> io::Result<bool> {
        let mut device = self.device.lock();
        device.perform(Call::new(OperationKind::Lock, &self.name, Action::Nothing))?;
        Ok(device.locks.entry(self.file).or_default().try_take(self.handle, mode))
    }

    fn unlock(&self) -> io::Result<()> {
        if let Some(holders) = self.device.lock().locks.get_mut(&self.file) {
            holders.release(self.handle);
        }
        Ok(())
    }
}

impl Drop for SimulatedFile {
    fn drop(&mut self) {
        if let Some(holders) = self.device.lock().locks.get_mut(&self.file) {
            holders.release(self.handle);
        }
    }
}

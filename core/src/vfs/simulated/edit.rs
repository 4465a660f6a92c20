//! Changes by hand: rot, and disks built byte by byte.
//!
//! An edit is at once seen and durable, is no operation, and starts the journal anew.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::device::Device;
use super::disk::SimulatedDisk;
use super::inode::Inode;
use crate::vfs::content::{Content, end_within_limits};
use crate::vfs::names::absolute;

impl SimulatedDisk {
    /// Flips one bit of a byte, bit 0 being the lowest.
    ///
    /// # Errors
    /// `NotFound` for the file; `InvalidInput` when it has no such byte or a byte no such bit.
    pub fn flip(&self, file: impl AsRef<Path>, offset: u64, bit: u8) -> io::Result<()> {
        self.edit(file.as_ref(), |inode| {
            let mut byte = [0];
            if bit > 7 || inode.visible.read_at(&mut byte, offset) == 0 {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            on_both(inode, |content| {
                let held = content.read_at(&mut byte, offset);
                content.write_at(&[byte[0] ^ (1 << bit)][..held], offset);
            });
            Ok(())
        })
    }

    /// Replaces bytes inside the file.
    ///
    /// # Errors
    /// `NotFound` for the file; `InvalidInput` when it ends before.
    pub fn overwrite(&self, file: impl AsRef<Path>, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.edit(file.as_ref(), |inode| {
            let end = end_within_limits(offset, bytes.len() as u64)?;
            if end > inode.visible.len() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            on_both(inode, |content| content.write_at(bytes, offset));
            Ok(())
        })
    }

    /// Cuts the file to `len` bytes, or grows it with zeros; nothing of it is pending afterwards.
    ///
    /// # Errors
    /// `NotFound` for the file.
    pub fn truncate(&self, file: impl AsRef<Path>, len: u64) -> io::Result<()> {
        end_within_limits(len, 0)?;
        self.edit(file.as_ref(), |inode| {
            let mut content = inode.visible.clone();
            content.set_len(len);
            *inode = Inode::settled(content);
            Ok(())
        })
    }

    /// The bytes of a file as readers see them.
    ///
    /// # Errors
    /// `NotFound` for the file.
    pub fn read_file(&self, file: impl AsRef<Path>) -> io::Result<Vec<u8>> {
        let device = self.device.lock();
        let index = find(&device, file.as_ref())?;
        Ok(device.state.files[index].visible.to_vec())
    }

    /// Puts a file there with these bytes, replacing what had its name.
    pub fn write_file(&self, name: impl AsRef<Path>, bytes: &[u8]) {
        let mut device = self.device.lock();
        device.state.put(absolute(name.as_ref()).into(), Content::from_bytes(bytes));
        device.start_anew();
    }

    /// Another disk that holds what readers see on this one, all of it durable. Costs no copy of the bytes.
    #[must_use]
    pub fn copy(&self) -> Self {
        self.crash_image(0, super::CrashStyle::KEEP_ALL)
    }

    fn edit(&self, file: &Path, change: impl FnOnce(&mut Inode) -> io::Result<()>) -> io::Result<()> {
        let mut device = self.device.lock();
        let index = find(&device, file)?;
        change(device.state.file_mut(index))?;
        device.start_anew();
        Ok(())
    }
}

impl Device {
    fn start_anew(&mut self) {
        let base = self.state.clone();
        self.journal.rebase(base);
    }
}

fn find(device: &Device, file: &Path) -> io::Result<usize> {
    let name: Arc<Path> = absolute(file).into();
    Ok(*device.state.names.get(&name).ok_or(io::ErrorKind::NotFound)?)
}

/// What is seen and what is durable are edited alike; of what is pending nothing changes.
fn on_both(inode: &mut Inode, mut change: impl FnMut(&mut Content)) {
    change(&mut inode.visible);
    change(&mut inode.durable);
}

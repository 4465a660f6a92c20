use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::simulated::SimulatedDisk;
use super::{FileSystem, LockMode, MemoryFs, OpenMode, Vfs, VfsFile};

/// Runs a check on each file system, in a folder of its own.
fn on_each(check: impl Fn(&dyn Vfs, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    check(&FileSystem, folder.path());
    check(&MemoryFs::new(), Path::new("/data"));
    check(&SimulatedDisk::new(), Path::new("/data"));
}

fn create(fs: &dyn Vfs, path: &Path, bytes: &[u8]) -> Arc<dyn VfsFile> {
    let file = fs.open(path, OpenMode::CreateNew).unwrap();
    file.write_all_at(bytes, 0).unwrap();
    file
}

fn contents(file: &dyn VfsFile) -> Vec<u8> {
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_exact_at(&mut bytes, 0).unwrap();
    bytes
}

#[test]
fn create_new_refuses_an_existing_file_and_leaves_it_whole() {
    on_each(|fs, dir| {
        let path = dir.join("a");
        drop(create(fs, &path, b"kept"));
        assert_eq!(fs.open(&path, OpenMode::CreateNew).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(contents(&*fs.open(&path, OpenMode::ReadWrite).unwrap()), b"kept");
    });
}

#[test]
fn opening_what_is_not_there_says_so_and_creates_nothing() {
    on_each(|fs, dir| {
        for mode in [OpenMode::Read, OpenMode::ReadWrite] {
            assert_eq!(fs.open(&dir.join("a"), mode).unwrap_err().kind(), ErrorKind::NotFound);
        }
        assert!(!fs.exists(&dir.join("a")).unwrap());
        assert_eq!(fs.remove(&dir.join("a")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(fs.rename(&dir.join("a"), &dir.join("b")).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn reading_at_and_after_the_end_gives_nothing_and_across_it_what_is_there() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), b"12345");
        let mut buf = [9; 4];
        for (offset, read) in [(0, 4), (3, 2), (5, 0), (6, 0), (1 << 40, 0)] {
            assert_eq!(file.read_at(&mut buf, offset).unwrap(), read, "at {offset}");
        }
        assert_eq!(file.read_exact_at(&mut buf, 3).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn a_write_beyond_the_end_leaves_zeros_in_between() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), b"x");
        file.write_all_at(b"y", 10_000).unwrap();
        let bytes = contents(&*file);
        assert_eq!(bytes.len(), 10_001);
        assert_eq!((bytes[0], bytes[10_000]), (b'x', b'y'));
        assert!(bytes[1..10_000].iter().all(|byte| *byte == 0));
    });
}

#[test]
fn a_file_that_was_cut_grows_back_with_zeros() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), &[7; 9000]);
        file.set_len(100).unwrap();
        assert_eq!(contents(&*file), [7; 100]);
        file.set_len(9000).unwrap();
        let bytes = contents(&*file);
        assert!(bytes[..100].iter().all(|byte| *byte == 7));
        assert!(bytes[100..].iter().all(|byte| *byte == 0));
        file.set_len(0).unwrap();
        assert!(file.is_empty().unwrap());
    });
}

#[test]
fn allocated_space_reads_as_zeros_and_is_written_like_any_other() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), b"abc");
        file.allocate(3, 5_000_000).unwrap();
        assert_eq!(file.len().unwrap(), 5_000_000);
        file.write_all_at(b"z", 4_999_999).unwrap();
        let bytes = contents(&*file);
        assert_eq!((&bytes[..3], bytes[4_999_999]), (&b"abc"[..], b'z'));
        assert!(bytes[3..4_999_999].iter().all(|byte| *byte == 0));
    });
}

#[test]
fn what_the_system_need_not_keep_in_memory_stays_as_it_is() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), &[7; 9000]);
        file.forget_cached(0, 9000);
        file.sync_data().unwrap();
        file.forget_cached(4096, 8192);
        assert_eq!(contents(&*file), [7; 9000]);
    });
}

#[test]
fn a_file_opened_to_read_cannot_be_written() {
    on_each(|fs, dir| {
        drop(create(fs, &dir.join("a"), b"old"));
        let file = fs.open(&dir.join("a"), OpenMode::Read).unwrap();
        assert!(file.write_at(b"new", 0).is_err());
        assert!(file.set_len(0).is_err());
        assert_eq!(contents(&*file), b"old");
    });
}

#[test]
fn locks_stand_between_handles_until_they_are_closed() {
    on_each(|fs, dir| {
        let path = dir.join("a");
        let first = create(fs, &path, b"");
        let second = fs.open(&path, OpenMode::ReadWrite).unwrap();
        assert!(first.try_lock(LockMode::Exclusive).unwrap());
        assert!(!second.try_lock(LockMode::Exclusive).unwrap());
        assert!(!second.try_lock(LockMode::Shared).unwrap());
        drop(first);
        assert!(second.try_lock(LockMode::Shared).unwrap());
        let third = fs.open(&path, OpenMode::Read).unwrap();
        assert!(third.try_lock(LockMode::Shared).unwrap());
        let fourth = fs.open(&path, OpenMode::ReadWrite).unwrap();
        assert!(!fourth.try_lock(LockMode::Exclusive).unwrap());
        drop((second, third));
        assert!(fourth.try_lock(LockMode::Exclusive).unwrap());
    });
}

#[test]
fn a_rename_replaces_what_had_the_name() {
    on_each(|fs, dir| {
        let (old, new) = (dir.join("old"), dir.join("new"));
        drop((create(fs, &old, b"1"), create(fs, &new, b"2")));
        fs.rename(&old, &new).unwrap();
        fs.sync_dir(dir).unwrap();
        assert!(!fs.exists(&old).unwrap());
        assert_eq!(contents(&*fs.open(&new, OpenMode::Read).unwrap()), b"1");
    });
}

#[test]
fn an_open_file_outlives_its_name() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), b"here");
        fs.remove(&dir.join("a")).unwrap();
        file.write_all_at(b"t", 0).unwrap();
        assert_eq!(contents(&*file), b"tere");
        drop(create(fs, &dir.join("a"), b"another"));
        assert_eq!(contents(&*file), b"tere");
    });
}

#[test]
fn one_file_has_one_identity_however_it_is_spelled() {
    on_each(|fs, dir| {
        let plain = fs.identity(&dir.join("a")).unwrap();
        assert_eq!(fs.identity(&dir.join("./a")).unwrap(), plain, "before it is there");
        drop(create(fs, &dir.join("a"), b""));
        assert_eq!(fs.identity(&dir.join("a")).unwrap(), plain);
        let around = dir.join("..").join(dir.file_name().unwrap()).join("./a");
        assert_eq!(fs.identity(&around).unwrap(), plain);
        assert_ne!(fs.identity(&dir.join("b")).unwrap(), plain);
    });
}

#[test]
fn threads_write_side_by_side() {
    on_each(|fs, dir| {
        let file = create(fs, &dir.join("a"), b"");
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let file = &file;
                scope.spawn(move || {
                    for n in 0..100 {
                        file.write_all_at(&[thread; 100], (n * 4 + u64::from(thread)) * 100).unwrap();
                    }
                });
            }
        });
        let bytes = contents(&*file);
        assert_eq!(bytes.len(), 40_000);
        assert!(bytes.chunks(100).enumerate().all(|(n, chunk)| chunk.iter().all(|b| *b == (n % 4) as u8)));
    });
}

#[test]
fn a_wild_offset_in_memory_is_an_error_and_not_an_allocation() {
    for fs in [&MemoryFs::new() as &dyn Vfs, &SimulatedDisk::new()] {
        let file = create(fs, Path::new("a"), b"");
        for offset in [1 << 60, u64::MAX] {
            assert_eq!(file.write_at(b"x", offset).unwrap_err().kind(), ErrorKind::FileTooLarge);
            assert_eq!(file.set_len(offset).unwrap_err().kind(), ErrorKind::FileTooLarge);
        }
        file.set_len(60 << 30).unwrap();
        assert_eq!(file.len().unwrap(), 60 << 30);
    }
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_identity_of_the_file_behind_them() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    drop(create(&FileSystem, &file, b""));
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(FileSystem.identity(&link).unwrap(), FileSystem.identity(&file).unwrap());
    let linked = folder.path().join("folder");
    std::os::unix::fs::symlink(folder.path(), &linked).unwrap();
    assert_eq!(
        FileSystem.identity(&linked.join("later")).unwrap(),
        FileSystem.identity(&folder.path().join("later")).unwrap()
    );
}

#[test]
fn there_is_no_identity_in_a_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").join("a");
    assert_eq!(FileSystem.identity(&missing).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(FileSystem.sync_dir(&folder.path().join("missing")).is_err() || !cfg!(unix));
}

#[test]
fn a_bare_name_lives_in_the_current_folder() {
    let here = FileSystem.identity(Path::new("no such file")).unwrap();
    assert_eq!(here.file_name(), Path::new("no such file").file_name());
    assert!(here.is_absolute());
    FileSystem.sync_dir(Path::new("")).unwrap();
    assert_eq!(MemoryFs::new().identity(Path::new("x/../a")).unwrap(), PathBuf::from("/a"));
}

#[test]
fn a_folder_shows_its_own_files_only() {
    on_each(|fs, dir| {
        let inner = dir.join("made/inner");
        fs.create_dir(&inner).unwrap();
        fs.create_dir(&inner).unwrap();
        let made = dir.join("made");
        for file in [dir.join("above"), made.join("b"), made.join("a"), inner.join("below")] {
            drop(create(fs, &file, b"x"));
        }
        let mut files = fs.files(&made).unwrap();
        files.sort();
        assert_eq!(files, [made.join("a"), made.join("b")]);
    });
}

#[test]
fn a_folder_is_not_made_over_a_file_nor_listed_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(&FileSystem, &folder.path().join("a"), b"kept"));
    let made = FileSystem.create_dir(&folder.path().join("a"));
    assert_eq!(made.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let listed = FileSystem.files(&folder.path().join("b"));
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::NotFound);
}

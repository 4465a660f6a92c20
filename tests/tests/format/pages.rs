//! Pages and trees: every document is found by walking from the manifest down.

use nexuslite::bson::Document;
use nexuslite::{Database, EngineKind, Options};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::reader::{Header, Made, header, newest, u16_at, u32_at, u64_at, u128_at};

struct Pages<'f> {
    file: &'f [u8],
    header: Header,
}

impl<'f> Pages<'f> {
    /// The page that a child of forty bytes points to; its kind and its body.
    fn follow(&self, child: &[u8]) -> (u8, &'f [u8]) {
        let (number, birth) = (u64_at(child, 0), u64_at(child, 8));
        let size = self.header.page_size;
        let page = &self.file[number as usize * size..][..size];
        assert_eq!(u128_at(child, 16), xxh3_128(page), "checksum of page {number}");
        assert_eq!((u64_at(page, 8), u64_at(page, 16)), (number, birth), "the page names itself");
        assert_eq!(page[24..40], self.header.db);
        assert!(page[size - 40..].iter().all(|byte| *byte == 0), "the trailer is kept free");
        (page[0], &page[48..size - 40])
    }

    /// The entries of the tree that a root reference names.
    fn entries(&self, root: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut entries = Vec::new();
        if root[1] == 1 {
            self.gather(&root[8..48], root[2], root[0], &mut entries);
        }
        assert!(entries.is_sorted_by(|(a, _), (b, _)| a < b), "keys ascend");
        entries
    }

    fn gather(&self, child: &[u8], level: u8, shape: u8, entries: &mut Vec<(Vec<u8>, Vec<u8>)>) {
        let (kind, body) = self.follow(child);
        let (before, said) = (entries.len(), u64_at(child, 32) & !(1 << 63));
        let count = u16_at(body, 0) as usize;
        if level > 0 {
            assert_eq!((kind, body[2], body[3]), (3, level, shape), "an inner page");
            (0..count).for_each(|at| self.gather(&body[8 + 40 * at..][..40], level - 1, shape, entries));
        } else {
            assert_eq!(kind, shape, "a leaf of the tree's shape");
            (0..count).for_each(|slot| {
                let is_record = shape == 1;
                let entry =
                    if is_record { self.record(body, count, slot) } else { self.index(body, count, slot) };
                entries.push(entry);
            });
        }
        assert_eq!((entries.len() - before) as u64, said, "the pointer counts the entries beneath");
    }

    fn record(&self, body: &[u8], count: usize, slot: usize) -> (Vec<u8>, Vec<u8>) {
        let end = |slot: usize| u16_at(body, 12 + 8 * count + 2 * slot);
        let start = if slot == 0 { 0 } else { end(slot - 1) & 0x7FFF };
        let values = &body[12 + 10 * count..];
        let value = &values[start as usize..(end(slot) & 0x7FFF) as usize];
        let value = if end(slot) & 0x8000 == 0 { value.to_vec() } else { self.extent(value) };
        (u64_at(body, 12 + 8 * slot).to_be_bytes().to_vec(), value)
    }

    fn index(&self, body: &[u8], count: usize, slot: usize) -> (Vec<u8>, Vec<u8>) {
        let prefix = u16_at(body, 4) as usize;
        let heads = &body[12 + prefix..];
        let head = u32_at(heads, 4 * slot).to_be_bytes();
        let is_uniform = u16_at(body, 2) & 1 == 1;
        let (suffix, rest) = if is_uniform {
            let (suffix, value) = (u16_at(body, 6) as usize, u16_at(body, 8) as usize);
            let each = suffix.saturating_sub(4) + value;
            (suffix, &heads[4 * count + each * slot..][..each])
        } else {
            let end = |slot: usize| u16_at(heads, 4 * count + 2 * slot) as usize;
            let start = if slot == 0 { 0 } else { end(slot - 1) };
            let entry = &heads[6 * count..][start..end(slot)];
            assert_eq!(entry[1] & 0xC0, 0, "nothing in this database goes on in an extent");
            (u16_at(entry, 0) as usize & 0x3FFF, &entry[2..])
        };
        let (tail, value) = rest.split_at(suffix.saturating_sub(4));
        let key = [&body[12..12 + prefix], &head[..suffix.min(4)], tail].concat();
        (key, value.to_vec())
    }

    fn extent(&self, reference: &[u8]) -> Vec<u8> {
        let (number, pages, len) =
            (u64_at(reference, 0), u32_at(reference, 8), u64_at(reference, 20) as usize);
        let bytes =
            &self.file[number as usize * self.header.page_size..][..pages as usize * self.header.page_size];
        let head = 104 + len.div_ceil(64 << 10) * 8;
        assert_eq!((bytes[0], u64_at(bytes, 8)), (4, number), "the head of an extent");
        assert_eq!(u128_at(reference, 28), xxh3_128(&bytes[..head]), "checksum of the extent's head");
        assert_eq!((u64_at(bytes, 48) as usize, u32_at(bytes, 56), u16_at(bytes, 60)), (len, pages, 8));
        let value = &bytes[head..head + len];
        for (at, piece) in value.chunks(64 << 10).enumerate() {
            assert_eq!(u64_at(bytes, 104 + 8 * at), xxh3_64(piece), "checksum of piece {at}");
        }
        value.to_vec()
    }
}

/// Every document of `things`, found in the bytes of a file.
fn documents(file: &[u8]) -> Vec<Document> {
    let pages = Pages { file, header: header(file) };
    let trees = pages.entries(&newest(file).directory);
    let tree = |number: u32| {
        let found = trees.iter().find(|(key, _)| key[..] == number.to_be_bytes());
        found.map_or_else(Vec::new, |(_, root)| pages.entries(root))
    };
    let catalog = tree(1);
    let (_, entry) = catalog.iter().find(|(name, _)| name == b"things").expect("the collection");
    assert_eq!((entry[0], entry[1]), (1, 0b10), "a catalog entry of this version, a document behind it");
    assert_eq!(u32_at(entry, 26) as usize, entry.len() - 26, "the document's own length");
    let records = tree(u32_at(entry, 6));
    assert_eq!(tree(u32_at(entry, 10)).len(), records.len(), "each record has its _id");
    let document = |record: &[u8]| {
        assert_eq!(record[0], 0, "no metadata");
        Document::from_reader(&record[1..]).expect("BSON behind the envelope")
    };
    records.iter().map(|(_, record)| document(record)).collect()
}

#[test]
fn every_document_is_reached_from_the_manifest() {
    for page_size in [8192, 16384] {
        let made = Made::new(EngineKind::Wasp, page_size);
        made.db.close().unwrap();
        let found = documents(&made.main());
        let db = Database::open_with(made.path(), Options::new()).unwrap();
        let listed: Vec<Document> = db
            .collection("things")
            .find(nexuslite::bson::doc! {})
            .run()
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(found.len(), 299);
        assert!(found == listed, "the bytes hold other documents than the database lists");
    }
}

//! What is known of the indexes of a collection.

use bson::{Bson, DateTime, Document, doc};

use crate::collection::{Histogram, ID_INDEX, IndexSize, Stretch, Used, index_size, missing, size_of_ids};
use crate::document::builder::RawDocBuf;
use crate::document::convert::read;
use crate::document::raw::Value;
use crate::error::Result;
use crate::index::IndexSpec;
use crate::index::decode::told_by_key;

use super::collection::Collection;

impl<T> Collection<T> {
    /// How much each index holds and how often it was used, the one on `_id` first.
    ///
    /// `{name, key, entries, bytes, distinct}`: `bytes` are those of keys and values, of which a page shares what
    /// neighbours have in common; `distinct` is how many keys differ; `accesses: {ops, since}`, how many walks were begun
    /// over it since this process knows it, those that look up one `_id` included; `keysExamined` and `keysTaken`, how
    /// many entries they looked at and how many of these counted; and where there was such a moment `lastUsed`. All but
    /// the one on `_id` have more: `spec` as it is listed, `multikey`, whether it ever met an array, `histogram`, at most
    /// 64 stretches of about the same size, `{upTo, entries, distinct}`, and `buildMillis`, how long this process took
    /// to build it, if it did. Every index is walked for that.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let people = db.collection("people");
    /// people.insert_many([doc! { "age": 36 }, doc! { "age": 41 }, doc! { "age": 41 }])?;
    /// people.create_index(doc! { "age": 1 })?;
    /// people.count_documents(doc! { "age": 41 })?;
    /// let stats = people.index_stats()?.remove(1);
    /// assert_eq!((stats.get_i64("entries").ok(), stats.get_i64("distinct").ok()), (Some(3), Some(2)));
    /// assert_eq!(stats.get_document("accesses").and_then(|uses| uses.get_i64("ops")).ok(), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` (26) when there is no such collection.
    pub fn index_stats(&self) -> Result<Vec<Document>> {
        let told = self.session().read_collection(self.handle(), |_, txn, opened| {
            let ids = size_of_ids(txn, opened.entry.ids)?;
            let mut by_id = sized(ID_INDEX, doc! { "_id": 1 }, &ids);
            by_id.extend(used(opened.id_uses.so_far()));
            let mut all = vec![by_id];
            for index in opened.ready_indexes() {
                let spec = &index.entry.spec;
                let size = index_size(txn, index)?;
                let mut told = sized(&spec.name, read(spec.key_doc().as_doc())?, &size);
                told.insert("histogram", spread(spec, &size.histogram)?);
                told.insert("spec", read::<Document>(spec.to_doc().as_doc())?);
                told.insert("multikey", index.is_multikey());
                told.extend(used(index.uses.so_far()));
                all.push(told);
            }
            Ok(all)
        })?;
        told.ok_or_else(|| missing(self.name()))
    }
}

fn sized(name: &str, key: Document, size: &IndexSize) -> Document {
    doc! {
        "name": name,
        "key": key,
        "entries": count(size.entries),
        "bytes": count(size.bytes),
        "distinct": count(size.distinct),
    }
}

/// The stretches of an index's keys, each up to a key that it still holds.
fn spread(spec: &IndexSpec, known: &Histogram) -> Result<Vec<Document>> {
    let one = |stretch: &Stretch| {
        let told = stretch.key.as_deref().map_or_else(Vec::new, |key| told_by_key(spec, key));
        let up_to = RawDocBuf::build(|out| {
            for (name, value) in &told {
                match value {
                    Some(value) => out.append(name, value.as_value()),
                    None => out.put(name, Value::Null),
                }
            }
        });
        let up_to: Document = read(up_to.as_doc())?;
        Ok(
            doc! { "upTo": up_to, "entries": count(stretch.entries), "distinct": count(stretch.distinct as u64) },
        )
    };
    known.stretches.iter().map(one).collect()
}

fn used(used: Used) -> Document {
    let mut told = doc! {
        "accesses": { "ops": count(used.walks), "since": DateTime::from_millis(used.since_ms) },
        "keysExamined": count(used.keys),
        "keysTaken": count(used.hits),
    };
    if let Some(last) = used.last_ms {
        told.insert("lastUsed", DateTime::from_millis(last));
    }
    if let Some(took) = used.built {
        told.insert("buildMillis", took.as_secs_f64() * 1000.0);
    }
    told
}

fn count(number: u64) -> Bson {
    Bson::Int64(i64::try_from(number).unwrap_or(i64::MAX))
}

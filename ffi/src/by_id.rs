//! Filters that name one document by its `_id`, which is then got without a plan.
//!
//! Only what cannot mean anything else: a document as an `_id` could hold operators, and a regular expression is one.

use nexuslite::bson::spec::BinarySubtype;
use nexuslite::bson::{Binary, Bson, DateTime, oid::ObjectId};
use nexuslite::document::raw::tag;

/// The `_id` that a filter asks for, if it is right and asks for nothing else. Whatever else it may be, others say.
pub(crate) fn id_of(filter: &[u8]) -> Option<Bson> {
    let (head, rest) = filter.split_first_chunk::<9>()?;
    let [a, b, c, d, kind, name @ ..] = head;
    let len = u32::from_le_bytes([*a, *b, *c, *d]);
    let value = rest.strip_suffix(&[0])?;
    if usize::try_from(len) != Ok(filter.len()) || name != b"_id\0" {
        return None;
    }
    Some(match *kind {
        tag::INT32 => Bson::Int32(i32::from_le_bytes(value.try_into().ok()?)),
        tag::INT64 => Bson::Int64(i64::from_le_bytes(value.try_into().ok()?)),
        tag::DOUBLE => Bson::Double(f64::from_le_bytes(value.try_into().ok()?)),
        tag::DATE_TIME => Bson::DateTime(DateTime::from_millis(i64::from_le_bytes(value.try_into().ok()?))),
        tag::OBJECT_ID => Bson::ObjectId(ObjectId::from_bytes(value.try_into().ok()?)),
        tag::BOOLEAN if value == [0] || value == [1] => Bson::Boolean(value == [1]),
        tag::STRING => Bson::String(str::from_utf8(whole(value, 0)?.strip_suffix(&[0])?).ok()?.to_owned()),
        tag::BINARY => {
            let (subtype, bytes) = whole(value, 1)?.split_first()?;
            // The oldest kind of binary has a second length inside.
            let subtype = (*subtype != 2).then(|| BinarySubtype::from(*subtype))?;
            Bson::Binary(Binary { subtype, bytes: bytes.to_vec() })
        }
        _ => return None,
    })
}

/// What stands behind a length, which must be all there is; `uncounted` bytes of it the length leaves out.
fn whole(value: &[u8], uncounted: usize) -> Option<&[u8]> {
    let (len, rest) = value.split_first_chunk()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    (rest.len().checked_sub(uncounted) == Some(len)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::id_of;
    use nexuslite::bson::{Bson, DateTime, Document, Uuid, doc, oid::ObjectId};
    use nexuslite::document::convert::IntoDocument;

    fn read(filter: &Document) -> Option<Bson> {
        let bytes = filter.into_raw().expect("a document").into_bytes();
        for end in 0..bytes.len() {
            assert_eq!(id_of(&bytes[..end]), None, "the first {end} bytes of {filter}");
        }
        id_of(&bytes)
    }

    #[test]
    fn a_filter_names_one_document() {
        for id in [
            Bson::Int32(-7),
            Bson::Int64(1 << 40),
            Bson::Double(7.5),
            Bson::String("Zoë".to_owned()),
            Bson::String(String::new()),
            Bson::Boolean(true),
            Bson::DateTime(DateTime::from_millis(-1)),
            Bson::ObjectId(ObjectId::from_bytes([9; 12])),
            Uuid::from_bytes([3; 16]).into(),
        ] {
            assert_eq!(read(&doc! { "_id": id.clone() }), Some(id));
        }
    }

    #[test]
    fn a_filter_asks_for_more_or_for_less() {
        for filter in [
            doc! {},
            doc! { "id": 7 },
            doc! { "_id": 7, "a": 1 },
            doc! { "a": 1, "_id": 7 },
            doc! { "_id": { "$gt": 7 } },
            doc! { "_id": { "a": 7 } },
            doc! { "_id": [7] },
            doc! { "_id": null },
        ] {
            assert_eq!(read(&filter), None, "{filter}");
        }
        let mut wrong = doc! { "_id": true }.into_raw().expect("a document").into_bytes();
        let place = wrong.len() - 2;
        wrong[place] = 2;
        assert_eq!(id_of(&wrong), None, "neither true nor false");
    }
}

//! What users hand in: BSON, JSON, filters, updates; and the keys that are made of values.

use crate::collection::Settings;
use crate::document::collation::Collation;
use crate::document::compare::compare;
use crate::document::json::{
    JsonDocuments, Mode, ParseOptions, document_to_string, parse_document, parse_document_with, parse_value,
};
use crate::document::raw::{RawDoc, RawValue};
use crate::expression::bound::PATTERN_BYTES_CEILING;
use crate::expression::pattern::Pattern;
use crate::expression::projection::Meta;
use crate::expression::update::{Occasion, Update};
use crate::expression::upsert::upsert;
use crate::expression::value::Moment;
use crate::index::key::encode_key;
use crate::query::parse::{self, Projected, Terms};

use super::documents_of;

/// BSON: what validation accepts can be walked, written as JSON and read back.
pub fn bson(data: &[u8]) {
    let unchecked = RawDoc::new(data);
    assert!(
        unchecked.iter().all(|(name, _)| unchecked.get(name).is_some()),
        "a field that is there is not found"
    );
    let Ok(doc) = RawDoc::validate(data) else { return };
    assert_eq!(doc.iter().count(), doc.fields().count(), "the two walks see different fields");
    walk(doc);
    let text = document_to_string(doc, Mode::Canonical);
    if let Ok(again) = parse_document(&text) {
        assert_eq!(document_to_string(again.as_doc(), Mode::Canonical), text);
    }
    for mode in [Mode::Relaxed, Mode::Safe] {
        let _ = document_to_string(doc, mode);
    }
}

fn walk(doc: RawDoc<'_>) {
    for (name, value) in doc {
        assert!(doc.get(name).is_some(), "a field that is there is not found");
        let _ = value.read();
        if let Some(inner) = value.as_document().or(value.as_array()) {
            walk(inner);
        }
    }
}

/// JSON: what can be read is valid BSON, and its canonical text says the same when read again.
pub fn json(data: &[u8]) {
    JsonDocuments::new(data).take(64).for_each(drop);
    JsonDocuments::lines(data, ParseOptions::default()).take(64).for_each(drop);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = parse_value(text);
    let legacy = ParseOptions { legacy: true, strict_numbers: true };
    for doc in [parse_document(text), parse_document_with(text, legacy)].into_iter().flatten() {
        assert!(RawDoc::validate(doc.as_bytes()).is_ok(), "JSON made invalid BSON of {text:?}");
        let canonical = document_to_string(doc.as_doc(), Mode::Canonical);
        let again = parse_document(&canonical).map(|doc| document_to_string(doc.as_doc(), Mode::Canonical));
        assert!(again.is_ok_and(|again| again == canonical), "canonical text changes: {canonical}");
    }
}

/// Filters, validators, updates, projections, sorts and options: one document is read as each, and applied to all documents of the input.
pub fn statement(data: &[u8]) {
    let docs = documents_of(data, 8);
    let all: Vec<_> = docs.iter().map(|doc| doc.as_doc()).collect();
    for statement in docs.iter().map(|doc| doc.as_doc()) {
        validated(statement, &all);
        let _ = Collation::parse(statement);
        let filter = parse::filter(statement);
        let array_filters: Vec<_> = docs.iter().map(|doc| doc.as_doc()).skip(1).take(1).collect();
        let terms = Terms::default();
        let update =
            parse::update(statement, &array_filters, terms).or_else(|_| parse::update(statement, &[], terms));
        let (projection, sort) =
            (parse::projection(statement, Terms::default(), Projected::Find(None)), parse::sort(statement));
        for doc in docs.iter().map(|doc| doc.as_doc()) {
            if let Ok(filter) = &filter {
                let _ = filter.matches_at(doc, &Moment::at(0));
            }
            if let Ok(update) = &update {
                applied(update, statement, doc);
            }
            let moment = Moment::at(0);
            if let Ok(made) = projection
                .as_ref()
                .map_err(drop)
                .and_then(|p| p.apply(doc, &Meta::default(), &moment).map_err(drop))
            {
                valid(&made, statement, doc);
            }
            let key = sort.as_ref().map_err(drop).and_then(|sort| sort.key(doc).map_err(drop));
            if let (Ok(sort), Ok(key)) = (&sort, key) {
                assert!(sort.compare(&key, &key).is_eq());
            }
            if let (Ok(filter), Ok(update)) = (parse::filter(doc), &update)
                && let Ok(made) = upsert(update, &filter, 1)
            {
                valid(&made, statement, doc);
            }
        }
    }
}

/// A validator: its clauses agree with it, and what it tells of a document is a document. Options of a collection: they
/// are read again as they are listed.
fn validated(statement: RawDoc<'_>, docs: &[RawDoc<'_>]) {
    if let Ok(settings) = Settings::parse(statement, parse::validator) {
        let listed = settings.to_doc();
        let again = Settings::parse(listed.as_doc(), parse::validator).map(|again| again.to_doc());
        assert!(again.is_ok_and(|again| again == listed), "{statement:?} is listed as {listed:?}");
    }
    let Ok(validator) = parse::validator(statement, None) else { return };
    for doc in docs {
        let Ok(taken) = validator.filter.matches_at(*doc, &Moment::at(0)) else { continue };
        assert_eq!(validator.clause.holds(*doc, &Moment::at(0)), taken, "{statement:?} on {doc:?}");
        if !taken {
            valid(validator.why(*doc, 0).as_bytes(), statement, *doc);
        }
    }
}

/// An update on several occasions: each makes a valid document, the same one every time.
fn applied(update: &Update, statement: RawDoc<'_>, doc: RawDoc<'_>) {
    let matched = parse::filter(statement).ok().and_then(|filter| filter.position(doc));
    for (is_insert, matched) in [(false, matched), (true, None), (false, Some(0))] {
        let occasion = Occasion { now_ms: 1_700_000_000_123, is_insert, matched };
        let Ok(applied) = update.apply(doc, &occasion) else { continue };
        valid(&applied.bytes, statement, doc);
        assert_eq!(applied.modified, *applied.bytes != *doc.as_bytes(), "{statement:?} on {doc:?}");
        let again = update.apply(doc, &occasion).map(|again| again.bytes.into_owned());
        assert!(again.is_ok_and(|again| *again == *applied.bytes), "{statement:?} differs on {doc:?}");
    }
}

/// Regular expressions: options, pattern and text, parted by zeros. What compiles answers, whatever the text.
pub fn pattern(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0).map(String::from_utf8_lossy);
    let mut next = || parts.next().unwrap_or_default();
    let (options, pattern, text) = (next(), next(), next());
    if let Ok(compiled) = Pattern::new(&pattern, &options, PATTERN_BYTES_CEILING) {
        let found = compiled.is_match(&text);
        assert_eq!(compiled.is_match(&text), found, "{pattern:?} is not sure of {text:?}");
    }
}

/// A filter as a function from a document's bytes to whether it takes the document, for whoever counts what that
/// costs; none when it is no filter.
#[must_use]
pub fn matcher(filter: &[u8]) -> Option<impl Fn(&[u8]) -> bool + use<>> {
    let filter = parse::filter(RawDoc::validate(filter).ok()?).ok()?;
    Some(move |doc: &[u8]| filter.matches_at(RawDoc::new(doc), &Moment::at(0)).is_ok_and(|takes| takes))
}

/// What was made of a valid document is one too, or too deep, or too large, which whoever stores it finds out.
pub(super) fn valid(made: &[u8], statement: RawDoc<'_>, doc: RawDoc<'_>) {
    if let Err(error) = RawDoc::validate(made) {
        let is_bound = error.message().contains("levels deep") || error.message().contains("over the limit");
        assert!(is_bound, "{statement:?} made of {doc:?}: {error}");
    }
}

/// Index keys: they sort as the values they are made of.
pub fn index_key(data: &[u8]) {
    let text = std::str::from_utf8(data).unwrap_or_default();
    let docs: Vec<_> = match RawDoc::validate(data) {
        Ok(doc) => vec![doc.as_bytes().to_vec()],
        Err(_) => JsonDocuments::new(text.as_bytes())
            .take(8)
            .map_while(Result::ok)
            .map(|json| json.doc.into_bytes())
            .collect(),
    };
    let values: Vec<RawValue<'_>> =
        docs.iter().flat_map(|doc| RawDoc::new(doc).iter().map(|(_, value)| value)).take(24).collect();
    let key = |value: RawValue<'_>| {
        let mut key = Vec::new();
        encode_key(value, &mut key);
        key
    };
    for a in &values {
        for b in &values {
            let (a_key, b_key) = (key(*a), key(*b));
            assert_eq!(a_key.cmp(&b_key), compare(*a, *b), "{a:?} and {b:?}");
            assert!(a_key == b_key || !b_key.starts_with(&a_key), "the key of {a:?} begins that of {b:?}");
        }
    }
}

//! One random statement, said to the database and to the model, and their answers compared.

use std::time::Duration;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    Collection, CountOptions, Database, Document as Rich, ErrorKind, FindOneAndOptions, InsertManyOptions,
    ReplaceOptions, Result, ReturnDocument, Transaction, UpdateOptions,
};

use crate::dice::Dice;
use crate::plain::{Changed, Deed, Plain, bytes, distinct, id_first, id_of, same_id};
use crate::random;
use crate::update::upserted;

/// Where a statement is said.
#[derive(Clone, Copy)]
pub(crate) enum Side<'a> {
    Outside(&'a Database),
    Inside(&'a Transaction),
}

pub(crate) const NAMES: &[&str] = &["one", "two", "three"];

impl Side<'_> {
    fn collection(&self, name: &str) -> Collection {
        match self {
            Side::Outside(db) => db.collection(name),
            Side::Inside(tx) => tx.collection(name),
        }
    }

    fn is_inside(&self) -> bool {
        matches!(self, Side::Inside(_))
    }

    fn drop_collection(&self, name: &str) -> Result<bool> {
        match self {
            Side::Outside(db) => db.drop_collection(name),
            Side::Inside(tx) => tx.drop_collection(name),
        }
    }

    fn rename_collection(&self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        match self {
            Side::Outside(db) => db.rename_collection(from, to, drop_target),
            Side::Inside(tx) => tx.rename_collection(from, to, drop_target),
        }
    }

    fn create_collection(&self, name: &str) -> Result<Collection> {
        match self {
            Side::Outside(db) => db.create_collection(name),
            Side::Inside(tx) => tx.create_collection(name),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Side::Outside(db) => db.list_collection_names().unwrap(),
            Side::Inside(tx) => tx.list_collection_names().unwrap(),
        }
    }
}

/// Says one statement to both.
pub(crate) fn step(side: Side<'_>, plain: &mut Plain, dice: &mut Dice) {
    let name = *dice.pick(NAMES);
    let c = side.collection(name);
    match dice.below(24) {
        0..=3 => insert_one(&c, name, plain, dice),
        4 | 5 => insert_many(side, &c, name, plain, dice),
        6 | 7 => insert_document(&c, name, plain, dice),
        8..=10 => update(&c, name, plain, dice),
        11 => upsert(&c, name, plain, dice),
        12 | 13 => replace(&c, name, plain, dice),
        14 => delete(&c, name, plain, dice),
        15 => find_one_and(&c, name, plain, dice),
        16 => update_document(&c, name, plain, dice),
        17..=20 => find(&c, name, plain, dice),
        21 => count(&c, name, plain, dice),
        22 => values(&c, name, plain, dice),
        _ if dice.once_in(3) => schema(side, name, plain, dice),
        _ => look_up(&c, name, plain, dice),
    }
}

/// Compares everything there is.
pub(crate) fn compare_all(side: Side<'_>, plain: &Plain) {
    assert_eq!(side.names(), plain.collections.keys().cloned().collect::<Vec<_>>(), "names");
    for (name, entries) in &plain.collections {
        let c = side.collection(name);
        let found = read(c.find(doc! {}).run().unwrap());
        same(&found, &plain.found(name, &doc! {}, &doc! {}), name);
        assert_eq!(c.count_documents(doc! {}).unwrap(), found.len() as u64, "{name}: count");
        assert_eq!(c.estimated_document_count().unwrap(), entries.len() as u64, "{name}: stored");
    }
}

fn read(walk: impl Iterator<Item = Result<Document>>) -> Vec<Document> {
    walk.map(|doc| doc.expect("a readable document")).collect()
}

#[track_caller]
fn same(found: &[Document], expected: &[Document], what: impl std::fmt::Display) {
    let equal =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| bytes(a) == bytes(b));
    assert!(equal, "{what}:\n found    {}\n expected {}", shown(found), shown(expected));
}

fn shown(docs: &[Document]) -> String {
    let line = |doc: &Document| doc.to_string().chars().take(200).collect::<String>();
    docs.iter().map(line).collect::<Vec<_>>().join("\n          ")
}

fn kind<T>(outcome: &Result<T>) -> Option<ErrorKind> {
    outcome.as_ref().err().map(nexuslite::Error::kind)
}

fn insert_one(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let mut doc = random::document(dice);
    let outcome = c.insert_one(&doc);
    if let (Ok(done), false) = (&outcome, doc.contains_key("_id")) {
        doc.insert("_id", done.inserted_id.clone());
    }
    let expected = match doc.contains_key("_id") && plain.insert(name, doc.clone(), None) {
        true => None,
        false => Some(ErrorKind::DuplicateKey),
    };
    assert_eq!(kind(&outcome), expected, "insert_one {doc}");
}

fn insert_many(side: Side<'_>, c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let ordered = dice.once_in(2);
    let docs: Vec<Document> = (0..1 + dice.below(8))
        .map(|_| id_first(doc! { "_id": random::id(dice) }.into_iter().chain(random::fields(dice)).collect()))
        .collect();
    let outcome = c.insert_many_with(&docs, InsertManyOptions::new().ordered(ordered));
    let before = plain.clone();
    let mut inserted = Vec::new();
    for (at, doc) in docs.iter().enumerate() {
        match plain.insert(name, doc.clone(), None) {
            true => inserted.push(at),
            false if ordered => break,
            false => {}
        }
    }
    match outcome {
        Ok(done) => assert_eq!(done.inserted_ids.into_keys().collect::<Vec<_>>(), inserted),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::DuplicateKey, "{error}");
            assert!(inserted.len() < docs.len(), "insert_many failed: {error}");
            let details = Document::from_reader(error.details().unwrap()).unwrap();
            assert_eq!(details.get_i64("nInserted").unwrap(), inserted.len() as i64);
            if side.is_inside() {
                *plain = before;
            }
            return;
        }
    }
    assert_eq!(inserted.len(), docs.len(), "insert_many found no duplicate");
}

fn insert_document(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let doc = id_first(doc! { "_id": random::id(dice) }.into_iter().chain(random::fields(dice)).collect());
    let ttl_ms = (!dice.once_in(4)).then(|| dice.below(400));
    let mut rich = Rich::builder();
    for (field, value) in &doc {
        rich = rich.field(field, value.clone());
    }
    if let Some(ms) = ttl_ms {
        rich = rich.ttl(Duration::from_millis(ms));
    }
    let outcome = c.insert_document(rich.build());
    let expires_ms = ttl_ms.map(|ms| plain.now_ms + ms as i64);
    let expected = (!plain.insert(name, doc.clone(), expires_ms)).then_some(ErrorKind::DuplicateKey);
    assert_eq!(kind(&outcome), expected, "insert_document {doc}");
}

fn update(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let many = dice.once_in(2);
    let filter = match dice.below(3) {
        0 => doc! { "_id": random::id(dice) },
        1 if many => random::id_filter(dice),
        _ => random::filter(dice),
    };
    let update = random::update(dice);
    let outcome = match many {
        true => c.update_many(&filter, &update),
        false => c.update_one(&filter, &update),
    };
    let what = format!("update {filter} {update}, many: {many}");
    match plain.change(name, &filter, &doc! {}, many, &Deed::Update(&update)) {
        None => {
            assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}");
            let kept = outcome.err().map_or(0, |error| changed_before(&error));
            assert!(many || kept == 0, "{what}: {kept} documents changed by an update of one");
            // Identifiers are walked in their own order.
            let order = if filter.contains_key("_id") {
                doc! { "_id": 1 }
            } else {
                doc! {}
            };
            plain.change_before_the_fault(name, &filter, &order, &update, kept);
        }
        Some(changed) => {
            let done = outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(
                (done.matched_count, done.modified_count),
                (changed.matched, changed.modified),
                "{what}"
            );
        }
    }
}

/// How many documents a failed update says that it changed before.
fn changed_before(error: &nexuslite::Error) -> u64 {
    let text = error.to_string();
    let number = text.split_once("after ").and_then(|(_, rest)| rest.split_once(" documents were changed"));
    number.map_or(0, |(number, _)| number.parse().expect("a number of documents"))
}

fn upsert(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let mut filter = Document::new();
    if !dice.once_in(3) {
        filter.insert("_id", random::id(dice));
    }
    if filter.is_empty() || dice.once_in(2) {
        filter.insert("c", dice.below(6) as i32);
    }
    let update = random::update(dice);
    let what = format!("upsert {filter} {update}");
    let outcome = c.update_one_with(&filter, &update, UpdateOptions::new().upsert(true));
    let changed = plain.change(name, &filter, &doc! {}, false, &Deed::Update(&update));
    match changed {
        None => assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}"),
        Some(Changed { matched: 1, modified, .. }) => {
            let done = outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(
                (done.matched_count, done.modified_count, done.upserted_id),
                (1, modified, None),
                "{what}"
            );
        }
        Some(_) => match upserted(&filter, &update) {
            None => assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}"),
            Some(doc) => put_upserted(outcome.map(|done| done.upserted_id), doc, name, plain, &what),
        },
    }
}

/// Inserts into the model what the database says it made.
fn put_upserted(outcome: Result<Option<Bson>>, mut doc: Document, name: &str, plain: &mut Plain, what: &str) {
    if !doc.contains_key("_id") {
        doc.insert("_id", outcome.clone().unwrap().expect("something was made"));
    }
    let id = id_of(&doc).clone();
    match plain.insert(name, doc, None) {
        true => assert_eq!(outcome.unwrap_or_else(|error| panic!("{what}: {error}")), Some(id), "{what}"),
        false => assert_eq!(kind(&outcome), Some(ErrorKind::DuplicateKey), "{what}"),
    }
}

fn replace(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let by_id = dice.once_in(2);
    let filter = if by_id {
        doc! { "_id": random::id(dice) }
    } else {
        random::filter(dice)
    };
    let mut doc = random::fields(dice);
    if dice.once_in(6) {
        doc.insert("_id", random::id(dice));
    }
    let upsert = by_id && dice.once_in(3);
    let what = format!("replace {filter} {doc}, upsert: {upsert}");
    let outcome = c.replace_one_with(&filter, &doc, ReplaceOptions::new().upsert(upsert));
    match plain.change(name, &filter, &doc! {}, false, &Deed::Replace(&doc)) {
        None => assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}"),
        Some(changed) if changed.matched > 0 || !upsert => {
            let done = outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(
                (done.matched_count, done.modified_count),
                (changed.matched, changed.modified),
                "{what}"
            );
        }
        Some(_) => {
            let id = filter.get("_id").expect("an upsert by _id");
            if doc.get("_id").is_some_and(|other| !same_id(other, id)) {
                return assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}");
            }
            let mut made = doc! { "_id": id.clone() };
            made.extend(doc.into_iter().filter(|(name, _)| name != "_id"));
            put_upserted(outcome.map(|done| done.upserted_id), made, name, plain, &what);
        }
    }
}

fn delete(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let many = dice.once_in(3);
    let filter = match dice.below(3) {
        0 => doc! { "_id": random::id(dice) },
        1 if many => random::id_filter(dice),
        _ => random::filter(dice),
    };
    let done = match many {
        true => c.delete_many(&filter).unwrap(),
        false => c.delete_one(&filter).unwrap(),
    };
    let changed = plain.change(name, &filter, &doc! {}, many, &Deed::Delete).expect("a delete always fits");
    assert_eq!(done.deleted_count, changed.matched, "delete {filter}, many: {many}");
}

fn find_one_and(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let (filter, sort) = (random::filter(dice), random::sort(dice));
    let after = dice.once_in(2);
    let which = if after { ReturnDocument::After } else { ReturnDocument::Before };
    let options = FindOneAndOptions::new().sort(&sort);
    let (fields, update) = (random::fields(dice), random::update(dice));
    let (outcome, deed, after) = match dice.below(3) {
        0 => (c.find_one_and_delete_with(&filter, options), Deed::Delete, false),
        1 => {
            let options = options.return_document(which);
            (c.find_one_and_replace_with(&filter, &fields, options), Deed::Replace(&fields), after)
        }
        _ => {
            let options = options.return_document(which);
            (c.find_one_and_update_with(&filter, &update, options), Deed::Update(&update), after)
        }
    };
    let what = format!("find_one_and {filter} {sort} {deed:?}");
    match plain.change(name, &filter, &sort, false, &deed) {
        None => assert_eq!(kind(&outcome), Some(ErrorKind::Invalid), "{what}"),
        Some(changed) => {
            let found: Vec<Document> =
                outcome.unwrap_or_else(|error| panic!("{what}: {error}")).into_iter().collect();
            let expected = if after { changed.after } else { changed.before };
            same(&found, &expected.into_iter().collect::<Vec<_>>(), what);
        }
    }
}

fn update_document(c: &Collection, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let (id, fields) = (random::id(dice), random::fields(dice));
    let ttl_ms = dice.once_in(2).then(|| dice.below(400));
    let mut rich = Rich::builder();
    for (field, value) in &fields {
        rich = rich.field(field, value.clone());
    }
    if let Some(ms) = ttl_ms {
        rich = rich.ttl(Duration::from_millis(ms));
    }
    let done = c.update_document(&id, rich.build()).unwrap();
    let filter = doc! { "_id": id };
    let changed =
        plain.change(name, &filter, &doc! {}, false, &Deed::Replace(&fields)).expect("no _id of its own");
    assert_eq!(done, changed.matched == 1, "update_document {filter}");
    if let Some(after) = changed.after {
        let expires_ms = ttl_ms.map(|ms| plain.now_ms + ms as i64);
        let entries = plain.collections.get_mut(name).expect("it was found there");
        let entry =
            entries.iter_mut().find(|entry| id_of(&entry.doc) == id_of(&after)).expect("just changed");
        entry.expires_ms = expires_ms;
    }
}

fn find(c: &Collection, name: &str, plain: &Plain, dice: &mut Dice) {
    let by_id = dice.once_in(3);
    let filter = if by_id { random::id_filter(dice) } else { random::filter(dice) };
    let sort = if by_id || dice.once_in(2) {
        random::sort(dice)
    } else {
        doc! {}
    };
    let (skip, limit) = match dice.below(3) {
        0 => (dice.below(5), 1 + dice.below(8)),
        _ => (0, 0),
    };
    let walk = c.find(&filter).sort(&sort).skip(skip).limit(limit).batch_size(1 + dice.below(20) as u32);
    let found = read(walk.run().unwrap());
    let all = plain.found(name, &filter, &sort).into_iter().skip(skip as usize);
    let expected: Vec<Document> = all.take(if limit == 0 { usize::MAX } else { limit as usize }).collect();
    same(&found, &expected, format!("find {filter} {sort} skip {skip} limit {limit}"));
}

fn count(c: &Collection, name: &str, plain: &Plain, dice: &mut Dice) {
    let filter = if dice.once_in(3) { random::id_filter(dice) } else { random::filter(dice) };
    let expected = plain.found(name, &filter, &doc! {}).len() as u64;
    assert_eq!(c.count_documents(&filter).unwrap(), expected, "count {filter}");
    let (skip, limit) = (dice.below(4), dice.below(4));
    let bounded = expected.saturating_sub(skip).min(if limit == 0 { u64::MAX } else { limit });
    let options = CountOptions::new().skip(skip).limit(limit);
    assert_eq!(c.count_documents_with(&filter, options).unwrap(), bounded, "count {filter} {skip} {limit}");
}

fn values(c: &Collection, name: &str, plain: &Plain, dice: &mut Dice) {
    let (filter, field) = (random::filter(dice), *dice.pick(&["a", "b", "_id"]));
    let found = c.distinct(field, &filter).unwrap();
    let expected = distinct(plain.found(name, &filter, &doc! {}).iter(), field);
    let equal = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| same_id(a, b));
    assert!(equal, "distinct {field} {filter}: {found:?}, not {expected:?}");
}

fn look_up(c: &Collection, name: &str, plain: &Plain, dice: &mut Dice) {
    let id = random::id(dice);
    let expected: Vec<Document> =
        plain.live(name).into_iter().filter(|doc| same_id(id_of(doc), &id)).cloned().collect();
    same(&c.get(&id).unwrap().into_iter().collect::<Vec<_>>(), &expected, format!("get {id}"));
    let raw = c.get_raw(&id).unwrap().map(|doc| doc.to_vec());
    assert_eq!(raw, expected.first().map(bytes), "get_raw {id}");
}

fn schema(side: Side<'_>, name: &str, plain: &mut Plain, dice: &mut Dice) {
    let to = *dice.pick(NAMES);
    match dice.below(3) {
        0 => assert_eq!(side.drop_collection(name).unwrap(), plain.collections.remove(name).is_some()),
        1 => {
            side.create_collection(name).unwrap();
            plain.collections.entry(name.to_owned()).or_default();
        }
        _ => {
            let drop_target = dice.once_in(2);
            let outcome = side.rename_collection(name, to, drop_target);
            let taken = plain.collections.contains_key(to) && !drop_target;
            let expected = match plain.collections.contains_key(name) {
                false => Some(ErrorKind::NotFound),
                true if name == to => Some(ErrorKind::Invalid),
                true if taken => Some(ErrorKind::Exists),
                true => None,
            };
            assert_eq!(kind(&outcome), expected, "rename {name} to {to}, drop target: {drop_target}");
            if expected.is_none() {
                let entries = plain.collections.remove(name).expect("it is there");
                plain.collections.insert(to.to_owned(), entries);
            }
        }
    }
}

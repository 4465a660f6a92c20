//! Every operator of updates against the plain model, on one document at a time.

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, UpdateOptions};

use crate::dice::{Dice, is_long};
use crate::random;
use crate::update::{updated, upserted};

/// Updates in the default run and in the long one.
const UPDATES: u64 = 30_000;
const UPDATES_LONG: u64 = 3_000_000;

/// Says how to repeat an update that went wrong.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("MODEL_SEED={} cargo test -p nexuslite-tests --test model updates_make", self.0);
        }
    }
}

#[test]
fn updates_make_what_the_plain_model_makes() {
    if let Some(seed) = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return one(seed);
    }
    (0..if is_long() { UPDATES_LONG } else { UPDATES }).for_each(one);
}

fn one(seed: u64) {
    let _replay = Replay(seed);
    let mut dice = Dice::new(seed ^ 0x0BAD_CAFE);
    let c = Database::open(":memory:").unwrap().collection("c");
    let mut before = doc! { "_id": 1 };
    before.extend(random::fields(&mut dice));
    before.extend(random::lists(&mut dice));
    let update = random::update(&mut dice);
    let is_upsert = dice.once_in(4);
    if !is_upsert {
        c.insert_one(&before).unwrap();
    }
    let filter = if is_upsert {
        before.clone()
    } else {
        doc! { "_id": 1 }
    };
    let outcome = c.update_one_with(&filter, &update, UpdateOptions::new().upsert(is_upsert));
    let expected = if is_upsert { upserted(&by_name(&before), &update) } else { updated(&before, &update) };
    let what = format!("{update} of {before}, upsert: {is_upsert}");
    match (outcome, expected) {
        (Err(_), None) => assert_eq!(c.count_documents(doc! {}).unwrap(), u64::from(!is_upsert), "{what}"),
        (Ok(done), Some(expected)) => {
            let found = c.find_one(doc! { "_id": 1 }).unwrap().unwrap();
            assert_eq!(
                found.to_vec().unwrap(),
                expected.to_vec().unwrap(),
                "{what}: {found}, not {expected}"
            );
            if !is_upsert {
                let is_other = expected.to_vec().unwrap() != before.to_vec().unwrap();
                assert_eq!((done.matched_count, done.modified_count), (1, u64::from(is_other)), "{what}");
            }
        }
        (outcome, expected) => panic!("{what}: {outcome:?}, but the model says {expected:?}"),
    }
}

/// The fields as an upsert takes them from a filter: `_id`, then the others by name.
fn by_name(doc: &Document) -> Document {
    let mut fields: Vec<_> = doc.clone().into_iter().filter(|(name, _)| name != "_id").collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut sorted = doc! { "_id": doc.get("_id").cloned() };
    sorted.extend(fields);
    sorted
}

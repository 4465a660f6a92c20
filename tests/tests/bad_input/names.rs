//! Names of collections and of databases.

use nexuslite::ErrorKind::{Exists, Invalid, NotFound};
use nexuslite::bson::doc;
use nexuslite::{CollectionOptions, Database, Options};

use crate::check::{check, small, untouched};

#[test]
fn collections() {
    let (db, _) = small();
    let long = "ü".repeat(128);
    let is = |name: &str, parts: &[&str]| {
        let what = format!("{name:?}");
        let invalid = |outcome| check(&what, outcome, Invalid, Some(73), parts);
        invalid(db.create_collection(name).map(drop));
        invalid(db.get_collection(name).map(drop));
        invalid(db.drop_collection(name).map(drop));
        invalid(db.rename_collection("c", name, false));
        invalid(db.rename_collection(name, "d", true));
        invalid(db.collection(name).insert_one(doc! {}).map(drop));
        invalid(db.collection(name).find(doc! {}).run().map(drop));
        invalid(db.collection(name).update_many(doc! {}, doc! { "$set": { "a": 1 } }).map(drop));
        invalid(db.collection(name).delete_many(doc! {}).map(drop));
        invalid(db.collection(name).count_documents(doc! {}).map(drop));
    };
    is("", &["Invalid collection name \"\"", "empty"]);
    is("a\0b", &["NUL"]);
    is("$cmd", &["$cmd", "'$'"]);
    is("a$b", &["a$b", "'$'"]);
    is("system.users", &["system.users", "reserved"]);
    is(&long, &["256 bytes", "255"]);
    let is = |what, outcome, kind, code, parts: &[&str]| check(what, outcome, kind, Some(code), parts);
    is("made by hand", db.create_collection("_tempDocuments").map(drop), Invalid, 73, &["_tempDocuments"]);
    is("a missing one", db.get_collection("x").map(drop), NotFound, 26, &["no collection \"x\""]);
    is("renamed, missing", db.rename_collection("x", "y", false), NotFound, 26, &["\"x\""]);
    is("renamed to itself", db.rename_collection("c", "c", true), Invalid, 20, &["\"c\"", "itself"]);
    db.create_collection("d").unwrap();
    is("renamed to a taken name", db.rename_collection("c", "d", false), Exists, 48, &["\"c\"", "\"d\""]);
    let kept = CollectionOptions::new().metadata(true);
    is("other options", db.create_collection_with("d", kept).map(drop), Exists, 48, &["\"d\"", "metadata"]);
    db.drop_collection("d").unwrap();
    untouched(&db);
}

#[test]
fn databases() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name);
    let is = |what: &str, name: std::path::PathBuf, parts: &[&str]| {
        check(what, Database::open_with(&name, Options::new()), Invalid, Some(2), parts);
        check(what, Database::open(&name), Invalid, Some(2), parts);
    };
    is("an empty name", "".into(), &["empty"]);
    is("a NUL", inside("a\0b"), &["NUL", "a\\0b"]);
    is("a folder's name", format!("{}/", inside("x").display()).into(), &["folder"]);
    is("two dots", "..".into(), &["folder", ".."]);
    is("a log's name", inside("x.wasp"), &["write-ahead file", "x.wasp"]);
    check("an empty new name", Database::new(Some("")), Invalid, Some(2), &["empty"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

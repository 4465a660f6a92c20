//! Documents that a collection refuses, and what is told of them.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, CollectionOptions, Database, ErrorKind};

use crate::fixture::{fault, memory};

fn with_validator(validator: Document) -> (Database, Collection) {
    let db = memory();
    let c = db.create_collection_with("c", CollectionOptions::new().validator(validator)).unwrap();
    (db, c)
}

/// What is told of a document that a validator refuses.
#[track_caller]
fn details(validator: Document, document: Document) -> Document {
    let (_db, c) = with_validator(validator.clone());
    let error = c.insert_one(document.clone()).expect_err(&format!("{validator} takes {document}"));
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(121)), "{error}");
    assert_eq!(error.code_name(), Some("DocumentValidationFailure"));
    assert_eq!(error.message(), "Document failed validation");
    let told = Document::from_reader(error.details().unwrap()).unwrap();
    let info = told.get_document("errInfo").unwrap();
    assert_eq!(info.get("failingDocumentId"), document.get("_id"));
    info.get_document("details").unwrap().clone()
}

#[track_caller]
fn check(validator: Document, document: Document, told: Document) {
    let mut with_id = doc! { "_id": 1 };
    with_id.extend(document);
    assert_eq!(details(validator, with_id), told);
}

#[test]
fn an_operator_tells_what_it_saw() {
    check(
        doc! { "a": { "$gt": 5 } },
        doc! { "a": 3 },
        doc! {
            "operatorName": "$gt", "specifiedAs": { "a": { "$gt": 5 } },
            "reason": "comparison failed", "consideredValue": 3,
        },
    );
    check(
        doc! { "a": 5 },
        doc! { "a": [1, 2] },
        doc! {
            "operatorName": "$eq", "specifiedAs": { "a": 5 },
            "reason": "comparison failed", "consideredValues": [1, 2],
        },
    );
    check(
        doc! { "a.b": { "$lt": 5 } },
        doc! { "a": 1 },
        doc! { "operatorName": "$lt", "specifiedAs": { "a.b": { "$lt": 5 } }, "reason": "field was missing" },
    );
    check(
        doc! { "a": { "$ne": 1 } },
        doc! { "a": 1 },
        doc! {
            "operatorName": "$ne", "specifiedAs": { "a": { "$ne": 1 } },
            "reason": "comparison succeeded", "consideredValue": 1,
        },
    );
    check(
        doc! { "a": { "$in": [1, 2] } },
        doc! { "a": 3 },
        doc! {
            "operatorName": "$in", "specifiedAs": { "a": { "$in": [1, 2] } },
            "reason": "no matching value found in array", "consideredValue": 3,
        },
    );
    check(
        doc! { "a": { "$nin": [1, 2] } },
        doc! { "a": 2 },
        doc! {
            "operatorName": "$nin", "specifiedAs": { "a": { "$nin": [1, 2] } },
            "reason": "matching value found in array", "consideredValue": 2,
        },
    );
    check(
        doc! { "a": { "$exists": true } },
        doc! {},
        doc! { "operatorName": "$exists", "specifiedAs": { "a": { "$exists": true } }, "reason": "path does not exist" },
    );
    check(
        doc! { "a": { "$exists": false } },
        doc! { "a": 1 },
        doc! { "operatorName": "$exists", "specifiedAs": { "a": { "$exists": false } }, "reason": "path does exist" },
    );
    check(
        doc! { "a": { "$type": "string" } },
        doc! { "a": 1 },
        doc! {
            "operatorName": "$type", "specifiedAs": { "a": { "$type": "string" } },
            "reason": "type did not match", "consideredValue": 1, "consideredType": "int",
        },
    );
    check(
        doc! { "a": { "$mod": [2, 0] } },
        doc! { "a": "x" },
        doc! {
            "operatorName": "$mod", "specifiedAs": { "a": { "$mod": [2, 0] } },
            "reason": "type did not match", "consideredType": "string",
            "expectedTypes": ["decimal", "double", "int", "long"], "consideredValue": "x",
        },
    );
    check(
        doc! { "a": { "$regex": "^S", "$options": "i" } },
        doc! { "a": "x" },
        doc! {
            "operatorName": "$regex", "specifiedAs": { "a": { "$regex": "^S", "$options": "i" } },
            "reason": "regular expression did not match", "consideredValue": "x",
        },
    );
    check(
        doc! { "a": { "$size": 2 } },
        doc! { "a": [1] },
        doc! {
            "operatorName": "$size", "specifiedAs": { "a": { "$size": 2 } },
            "reason": "array length was not equal to given size", "consideredValue": [1],
        },
    );
    check(
        doc! { "a": { "$elemMatch": { "b": 1 } } },
        doc! { "a": 7 },
        doc! {
            "operatorName": "$elemMatch", "specifiedAs": { "a": { "$elemMatch": { "b": 1 } } },
            "reason": "type did not match", "consideredType": "int", "expectedType": "array", "consideredValue": 7,
        },
    );
    check(
        doc! { "a": { "$all": [1, 2] } },
        doc! { "a": [1] },
        doc! {
            "operatorName": "$all", "specifiedAs": { "a": { "$all": [1, 2] } },
            "reason": "array did not contain all specified values", "consideredValue": [1],
        },
    );
    check(
        doc! { "a": { "$bitsAllSet": 6 } },
        doc! { "a": 1 },
        doc! {
            "operatorName": "$bitsAllSet", "specifiedAs": { "a": { "$bitsAllSet": 6 } },
            "reason": "bitwise operator failed to match", "consideredValue": 1,
        },
    );
    let many: Vec<i32> = (0..20).collect();
    check(
        doc! { "a": { "$gt": 50 } },
        doc! { "a": many },
        doc! {
            "operatorName": "$gt", "specifiedAs": { "a": { "$gt": 50 } }, "reason": "comparison failed",
            "consideredValues": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "consideredValuesTruncated": true,
        },
    );
}

#[test]
fn joined_clauses_tell_which_of_them_failed() {
    let gt = doc! {
        "operatorName": "$gt", "specifiedAs": { "a": { "$gt": 5 } },
        "reason": "comparison failed", "consideredValue": 3,
    };
    check(
        doc! { "a": { "$gt": 5, "$lt": 10 }, "b": 1 },
        doc! { "a": 3, "b": 1 },
        doc! { "operatorName": "$and", "clausesNotSatisfied": [{ "index": 0, "details": gt.clone() }] },
    );
    check(
        doc! { "$or": [{ "a": { "$gt": 5 } }, { "b": 2 }] },
        doc! { "a": 3, "b": 1 },
        doc! {
            "operatorName": "$or",
            "clausesNotSatisfied": [
                { "index": 0, "details": gt },
                { "index": 1, "details": {
                    "operatorName": "$eq", "specifiedAs": { "b": 2 },
                    "reason": "comparison failed", "consideredValue": 1,
                } },
            ],
        },
    );
    let met = doc! {
        "operatorName": "$eq", "specifiedAs": { "b": 1 },
        "reason": "comparison succeeded", "consideredValue": 1,
    };
    check(
        doc! { "$nor": [{ "a": 9 }, { "b": 1 }] },
        doc! { "a": 3, "b": 1 },
        doc! { "operatorName": "$nor", "clausesSatisfied": [{ "index": 1, "details": met }] },
    );
    check(
        doc! { "a": { "$not": { "$gt": 1 } } },
        doc! { "a": 3 },
        doc! {
            "operatorName": "$not",
            "details": {
                "operatorName": "$gt", "specifiedAs": { "a": { "$gt": 1 } },
                "reason": "comparison succeeded", "consideredValue": 3,
            },
        },
    );
    check(
        doc! { "$expr": { "$lt": ["$a", "$b"] } },
        doc! { "a": 3, "b": 1 },
        doc! {
            "operatorName": "$expr", "specifiedAs": { "$expr": { "$lt": ["$a", "$b"] } },
            "reason": "expression did not match", "expressionResult": false,
        },
    );
}

/// What the rules of a schema tell.
#[track_caller]
fn rules(schema: Document, document: Document) -> Vec<Bson> {
    let mut with_id = doc! { "_id": 1 };
    with_id.extend(document);
    let told = details(doc! { "$jsonSchema": schema }, with_id);
    assert_eq!(told.get_str("operatorName").unwrap(), "$jsonSchema");
    told.get_array("schemaRulesNotSatisfied").unwrap().clone()
}

#[test]
fn a_schema_tells_which_rules_are_broken() {
    let schema = doc! {
        "bsonType": "object",
        "title": "Student",
        "required": ["name", "year"],
        "properties": {
            "year": { "bsonType": "int", "minimum": 2017, "description": "a year" },
            "gpa": { "bsonType": ["double"], "description": "a double" },
        },
    };
    let told = details(doc! { "$jsonSchema": schema.clone() }, doc! { "_id": 1, "year": 2016, "gpa": 3 });
    assert_eq!(
        told,
        doc! {
            "operatorName": "$jsonSchema",
            "title": "Student",
            "schemaRulesNotSatisfied": [
                { "operatorName": "properties", "propertiesNotSatisfied": [
                    { "propertyName": "year", "description": "a year", "details": [{
                        "operatorName": "minimum", "specifiedAs": { "minimum": 2017 },
                        "reason": "comparison failed", "consideredValue": 2016,
                    }] },
                    { "propertyName": "gpa", "description": "a double", "details": [{
                        "operatorName": "bsonType", "specifiedAs": { "bsonType": ["double"] },
                        "reason": "type did not match", "consideredValue": 3, "consideredType": "int",
                    }] },
                ] },
                { "operatorName": "required", "specifiedAs": { "required": ["name", "year"] },
                  "missingProperties": ["name"] },
            ],
        }
    );
}

#[test]
fn each_keyword_of_a_schema_tells_in_its_own_words() {
    let a = |schema: Document, value: Bson| {
        let told = rules(doc! { "properties": { "a": schema } }, doc! { "a": value });
        let list = told[0].as_document().unwrap().get_array("propertiesNotSatisfied").unwrap().clone();
        let details = list[0].as_document().unwrap().get_array("details").unwrap().clone();
        assert_eq!(details.len(), 1, "{details:?}");
        details[0].as_document().unwrap().clone()
    };
    let leaf = |keyword: &str, specified: Document, reason: &str, value: Bson| {
        doc! { "operatorName": keyword, "specifiedAs": specified, "reason": reason, "consideredValue": value }
    };
    let short = doc! { "minLength": 3 };
    assert_eq!(
        a(short.clone(), "ab".into()),
        leaf("minLength", short, "specified string length was not satisfied", "ab".into())
    );
    let pattern = doc! { "pattern": "^S" };
    assert_eq!(
        a(pattern.clone(), "x".into()),
        leaf("pattern", pattern, "regular expression did not match", "x".into())
    );
    let multiple = doc! { "multipleOf": 5 };
    assert_eq!(
        a(multiple.clone(), 7.into()),
        leaf("multipleOf", multiple, "considered value is not a multiple of the specified value", 7.into())
    );
    let most = doc! { "maximum": 5, "exclusiveMaximum": true };
    assert_eq!(a(most.clone(), 5.into()), leaf("maximum", most, "comparison failed", 5.into()));
    let one_of = doc! { "enum": [1, 2] };
    assert_eq!(a(one_of.clone(), 3.into()), leaf("enum", one_of, "value was not found in enum", 3.into()));
    assert_eq!(
        a(doc! { "maxItems": 1 }, vec![1, 2].into()),
        doc! {
            "operatorName": "maxItems", "specifiedAs": { "maxItems": 1 },
            "reason": "array did not match specified length", "consideredValue": [1, 2], "numberOfItems": 2,
        }
    );
    assert_eq!(
        a(doc! { "uniqueItems": true }, vec![1, 2, 1].into()),
        doc! {
            "operatorName": "uniqueItems", "specifiedAs": { "uniqueItems": true },
            "reason": "found a duplicate item", "consideredValue": [1, 2, 1], "duplicatedValue": 1,
        }
    );
    assert_eq!(
        a(doc! { "items": { "bsonType": "int", "title": "T" } }, Bson::Array(vec![1.into(), "x".into()])),
        doc! {
            "operatorName": "items", "title": "T", "reason": "At least one item did not match the sub-schema",
            "itemIndex": 1, "details": [{
                "operatorName": "bsonType", "specifiedAs": { "bsonType": "int" },
                "reason": "type did not match", "consideredValue": "x", "consideredType": "string",
            }],
        }
    );
    assert_eq!(
        a(
            doc! { "items": [{ "minimum": 5 }], "additionalItems": false },
            Bson::Array(vec![6.into(), 1.into()])
        ),
        doc! {
            "operatorName": "additionalItems", "specifiedAs": { "additionalItems": false },
            "reason": "found additional items", "additionalItems": [1],
        }
    );
    assert_eq!(
        a(doc! { "minProperties": 2 }, doc! { "x": 1 }.into()),
        doc! {
            "operatorName": "minProperties", "specifiedAs": { "minProperties": 2 },
            "reason": "specified number of properties was not satisfied", "numberOfProperties": 1,
        }
    );
    assert_eq!(
        a(doc! { "properties": { "x": {} }, "additionalProperties": false }, doc! { "x": 1, "y": 2 }.into()),
        doc! {
            "operatorName": "additionalProperties", "specifiedAs": { "additionalProperties": false },
            "additionalProperties": ["y"],
        }
    );
    assert_eq!(
        a(doc! { "patternProperties": { "^y": { "minimum": 5 } } }, doc! { "x": 1, "y": 2 }.into()),
        doc! {
            "operatorName": "patternProperties",
            "details": [{ "propertyName": "y", "regexMatched": "^y", "details": [{
                "operatorName": "minimum", "specifiedAs": { "minimum": 5 },
                "reason": "comparison failed", "consideredValue": 2,
            }] }],
        }
    );
    assert_eq!(
        a(doc! { "dependencies": { "x": ["y", "z"] } }, doc! { "x": 1, "y": 2 }.into()),
        doc! {
            "operatorName": "dependencies",
            "failingDependencies": [{ "conditionalProperty": "x", "missingProperties": ["z"] }],
        }
    );
    assert_eq!(
        a(doc! { "anyOf": [{ "minimum": 5 }, { "bsonType": "string" }] }, 1.into()),
        doc! {
            "operatorName": "anyOf",
            "schemasNotSatisfied": [
                { "index": 0, "details": [{
                    "operatorName": "minimum", "specifiedAs": { "minimum": 5 },
                    "reason": "comparison failed", "consideredValue": 1,
                }] },
                { "index": 1, "details": [{
                    "operatorName": "bsonType", "specifiedAs": { "bsonType": "string" },
                    "reason": "type did not match", "consideredValue": 1, "consideredType": "int",
                }] },
            ],
        }
    );
    assert_eq!(
        a(doc! { "oneOf": [{ "minimum": 0 }, { "maximum": 9 }] }, 1.into()),
        doc! { "operatorName": "oneOf", "reason": "more than one subschema matched", "matchingSchemaIndexes": [0, 1] }
    );
    assert_eq!(
        a(doc! { "not": { "minimum": 0 } }, 1.into()),
        doc! { "operatorName": "not", "reason": "child expression matched" }
    );
}

#[test]
fn every_write_is_asked_for() {
    let (_db, c) = with_validator(doc! { "n": { "$gte": 0 } });
    c.insert_many([doc! { "_id": 1, "n": 1 }, doc! { "_id": 2, "n": 2 }]).unwrap();
    let refused = (ErrorKind::Invalid, Some(121));
    let minus = doc! { "$set": { "n": -1 } };
    assert_eq!(fault(c.insert_one(doc! { "n": -1 })), refused);
    assert_eq!(fault(c.insert_one(doc! {})), refused);
    assert_eq!(fault(c.update_one(doc! { "_id": 1 }, minus.clone())), refused);
    assert_eq!(fault(c.update_many(doc! {}, minus.clone())), refused);
    assert_eq!(fault(c.replace_one(doc! { "_id": 1 }, doc! { "n": -1 })), refused);
    assert_eq!(fault(c.find_one_and_update(doc! { "_id": 1 }, minus.clone())), refused);
    assert_eq!(fault(c.find_one_and_replace(doc! { "_id": 1 }, doc! { "n": -1 })), refused);
    let upsert = nexuslite::UpdateOptions::new().upsert(true);
    assert_eq!(fault(c.update_one_with(doc! { "_id": 9 }, minus, upsert)), refused);
    let pipeline = vec![doc! { "$set": { "n": -1 } }];
    assert_eq!(fault(c.update_one(doc! { "_id": 1 }, pipeline)), refused);
    assert_eq!(c.count_documents(doc! { "n": { "$gte": 0 } }).unwrap(), 2);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 2);

    let error =
        c.insert_many([doc! { "_id": 10, "n": 1 }, doc! { "_id": 11, "n": -1 }, doc! { "_id": 12, "n": 1 }]);
    let error = error.unwrap_err();
    assert_eq!(error.code(), Some(121));
    let told = Document::from_reader(error.details().unwrap()).unwrap();
    let first = told.get_array("writeErrors").unwrap()[0].as_document().unwrap();
    assert_eq!(first.get_i64("index").unwrap(), 1);
    assert_eq!(first.get_document("errInfo").unwrap().get_i32("failingDocumentId").unwrap(), 11);
    assert_eq!(c.count_documents(doc! { "_id": { "$gte": 10 } }).unwrap(), 1);
    let unordered = nexuslite::InsertManyOptions::new().ordered(false);
    let error = c.insert_many_with([doc! { "_id": 20, "n": -1 }, doc! { "_id": 21, "n": 1 }], unordered);
    assert_eq!(fault(error).1, Some(121));
    assert_eq!(c.count_documents(doc! { "_id": { "$gte": 20 } }).unwrap(), 1);
}

#[test]
fn levels_and_actions_say_who_is_asked_and_what_follows() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "n": -1 }, doc! { "_id": 2, "n": 1 }]).unwrap();
    let set = |changes: Document| db.coll_mod("c", changes).unwrap();
    set(doc! { "validator": { "n": { "$gte": 0 } }, "validationLevel": "moderate" });
    // It was wrong before and may stay so; what was right may not become wrong.
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": -2 } }).unwrap();
    assert_eq!(fault(c.update_one(doc! { "_id": 2 }, doc! { "$set": { "n": -2 } })).1, Some(121));
    assert_eq!(fault(c.insert_one(doc! { "n": -3 })).1, Some(121));
    set(doc! { "validationLevel": "strict" });
    assert_eq!(fault(c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": -3 } })).1, Some(121));
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": -2 } }).unwrap();
    set(doc! { "validationAction": "warn" });
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": -3 } }).unwrap();
    set(doc! { "validationAction": "error", "validationLevel": "off" });
    c.insert_one(doc! { "n": -3 }).unwrap();
}

#[test]
fn an_expression_that_fails_over_a_document_refuses_it() {
    check(
        doc! { "$expr": { "$gt": [{ "$divide": [1, "$a"] }, 0] } },
        doc! { "a": "x" },
        doc! {
            "operatorName": "$expr", "specifiedAs": { "$expr": { "$gt": [{ "$divide": [1, "$a"] }, 0] } },
            "reason": "failed to evaluate aggregation expression",
            "details": { "code": 14, "codeName": "TypeMismatch",
                "errmsg": "$divide only supports numeric types, not int and string" },
        },
    );
}

#[test]
fn every_write_can_go_past_the_validator() {
    use nexuslite::{
        BulkWriteOptions, FindOneAndOptions, InsertManyOptions, InsertOneOptions, ReplaceOptions,
        UpdateOptions, WriteModel,
    };
    let (_db, c) = with_validator(doc! { "n": { "$gte": 0 } });
    let minus = |n: i32| doc! { "$set": { "n": -n } };
    c.insert_one_with(doc! { "_id": 1, "n": -1 }, InsertOneOptions::new().bypass_document_validation(true))
        .unwrap();
    let many = InsertManyOptions::new().bypass_document_validation(true);
    c.insert_many_with([doc! { "_id": 2, "n": -1 }], many).unwrap();
    let raw = doc! { "_id": 4, "n": -1 }.to_vec().unwrap();
    assert_eq!(fault(c.insert_one_raw(&raw)).1, Some(121));
    c.insert_one_raw_with(&raw, InsertOneOptions::new().bypass_document_validation(true)).unwrap();
    c.delete_one(doc! { "_id": 4 }).unwrap();
    let update = || UpdateOptions::new().bypass_document_validation(true);
    c.update_one_with(doc! { "_id": 1 }, minus(2), update()).unwrap();
    c.update_many_with(doc! {}, minus(3), update()).unwrap();
    c.update_one_with(doc! { "_id": 3 }, minus(3), update().upsert(true)).unwrap();
    let replace = ReplaceOptions::new().bypass_document_validation(true);
    c.replace_one_with(doc! { "_id": 1 }, doc! { "n": -4 }, replace).unwrap();
    let find = || FindOneAndOptions::new().bypass_document_validation(true);
    c.find_one_and_update_with(doc! { "_id": 1 }, minus(5), find()).unwrap();
    c.find_one_and_replace_with(doc! { "_id": 1 }, doc! { "n": -6 }, find()).unwrap();
    let models = || {
        [
            WriteModel::insert_one(doc! { "_id": 9, "n": -9 }),
            WriteModel::update_one(doc! { "_id": 9 }, doc! { "$set": { "n": -10 } }),
        ]
    };
    assert_eq!(fault(c.bulk_write(models())).1, Some(121));
    let bulk = BulkWriteOptions::new().bypass_document_validation(true);
    assert_eq!(c.bulk_write_with(models(), bulk).unwrap().modified_count, 1);
    assert_eq!(c.count_documents(doc! { "n": { "$lt": 0 } }).unwrap(), 4);
    // What is wrong may be deleted.
    assert_eq!(c.delete_many(doc! {}).unwrap().deleted_count, 4);
}

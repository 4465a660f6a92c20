//! Valid inputs of each target, from files that the library wrote.

use std::path::Path;
use std::sync::Arc;

use nexuslite::base::SeededEntropy;
use nexuslite::bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use nexuslite::document::json::JsonDocuments;
use nexuslite::vfs::{MemoryFs, OpenMode, Vfs};
use nexuslite::{Database, EngineKind, Options};

const PAGE: usize = 8192;
const CHUNK: usize = 64 << 10;

pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "bson" => documents().iter().map(|doc| doc.to_vec().unwrap()).collect(),
        "index_key" => [texts(), of("bson")].concat(),
        "command" => in_both(commands()),
        "index_spec" => in_both(indexes()),
        "expression" => in_both(expressions()),
        "json" => texts(),
        "statement" => in_both([texts(), filters()].concat()),
        "pattern" => patterns(),
        "envelope" => envelopes(),
        "free_map" => free_maps(),
        "commit_record" => moded(&records()),
        "manifest" => files().into_iter().flat_map(|files| [files.first_pages(1), files.blocks()]).collect(),
        "wal" => files().iter().flat_map(|files| [0, 1].map(|mode| files.wal_input(mode))).collect(),
        "page" => {
            files().iter().filter(|files| files.engine == EngineKind::Wasp).map(Files::page_input).collect()
        }
        "open" => files().iter().flat_map(|files| [0, 1, 3].map(|mode| files.open_input(mode))).collect(),
        _ => panic!("there are no seeds for {target}"),
    }
}

/// Texts, and their documents as BSON one after the other.
fn in_both(texts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let bson = |text: &Vec<u8>| -> Vec<u8> {
        let documents = JsonDocuments::new(&text[..]).map(|json| json.unwrap().doc.into_bytes());
        documents.flatten().collect()
    };
    let all: Vec<Vec<u8>> = texts.iter().filter(|text| text.starts_with(b"{")).map(bson).collect();
    [texts, all].concat()
}

/// Commands that go together.
fn commands() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"insert":"c","documents":[{"_id":1,"a":[1,2]},{"_id":2,"a":"x"}],"ordered":false}{"find":"c","filter":{"a":{"$gte":1}},"sort":{"a":-1},"projection":{"a":1},"skip":0,"limit":5,"let":{"x":1}}{"count":"c","query":{"a":1},"limit":1}"#,
        r#"{"insert":"c","documents":[{"_id":1,"a":1}]}{"update":"c","updates":[{"q":{"a":1},"u":{"$set":{"l.$[x]":1}},"upsert":true,"arrayFilters":[{"x":{"$gt":0}}]},{"q":{},"u":[{"$set":{"b":{"$add":["$a",1]}}}],"multi":true}]}{"delete":"c","deletes":[{"q":{"b":2},"limit":1}]}"#,
        r#"{"create":"c","capped":true,"size":4096,"max":2,"validator":{"a":{"$type":"int"}},"validationAction":"error"}{"insert":"c","documents":[{"a":1},{"a":"x"},{"a":3}],"bypassDocumentValidation":false}{"collMod":"c","cappedMax":1,"validationLevel":"off"}{"listCollections":1,"filter":{"options.capped":true}}"#,
        r#"{"create":"p","primaryKey":"k.x","softDelete":true,"metadata":true}{"insert":"p","documents":[{"_id":1,"k":{"x":1}}]}{"delete":"p","deletes":[{"q":{},"limit":0}]}{"create":"v","viewOn":"p","pipeline":[{"$match":{"k.x":1}},{"$sort":{"_id":1}},{"$limit":1}]}{"find":"v"}"#,
        r#"{"createIndexes":"c","indexes":[{"key":{"a":1,"b":-1},"name":"i","unique":true,"partialFilterExpression":{"a":{"$gt":0}}}]}{"insert":"c","documents":[{"a":1},{"a":1}]}{"listIndexes":"c"}{"find":"c","hint":"i","filter":{"a":{"$gt":1}}}{"dropIndexes":"c","index":"*"}{"validate":"c"}"#,
        r#"{"findAndModify":"c","query":{"_id":1},"update":{"$inc":{"n":1}},"upsert":true,"new":true,"fields":{"n":1},"sort":{"_id":1},"collation":{"locale":"en","strength":2}}{"distinct":"c","key":"n","query":{}}{"explain":{"count":"c","query":{"n":{"$gt":0}}},"verbosity":"queryPlanner"}{"renameCollection":":memory:.c","to":":memory:.d","dropTarget":true}{"collStats":"d","scale":1}{"dropDatabase":1}"#,
        r#"{"create":"e","clusteredIndex":{"key":{"_id":1},"unique":true},"expireAfterSeconds":60,"collation":{"locale":"de"}}{"insert":"e","documents":[{"_id":"a"},{"_id":"b"}]}{"find":"e","sort":{"$natural":1}}{"drop":"e"}{"dbStats":1}{"ping":1,"comment":"c"}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn documents() -> Vec<Document> {
    vec![
        doc! {},
        doc! { "a": 1, "b": 2_i64, "c": 1.5, "d": "text", "e": Bson::Null, "f": true },
        doc! { "in": { "list": [1, "two", { "three": [] }], "x": { "y": { "z": -0.0 } } } },
        doc! { "id": ObjectId::from_bytes([7; 12]), "at": DateTime::from_millis(-5), "min": Bson::MinKey, "max": Bson::MaxKey },
        doc! { "bin": Bson::Binary(nexuslite::bson::Binary { subtype: 4.into(), bytes: vec![9; 16] }) },
        doc! { "re": Bson::RegularExpression(nexuslite::bson::Regex { pattern: "^a".try_into().unwrap(), options: "i".try_into().unwrap() }) },
        doc! { "code": Bson::JavaScriptCode("f()".into()), "sym": Bson::Symbol("s".into()), "un": Bson::Undefined },
        doc! { "ts": Bson::Timestamp(nexuslite::bson::Timestamp { time: 5, increment: 6 }), "dec": Bson::Decimal128("1.5E+3".parse().unwrap()) },
    ]
}

fn texts() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"a":1,"b":[1,2.5,-3e10,null,true,"t\u00e9xt\n"],"c":{"d":{"$numberLong":"9223372036854775807"}}}"#,
        r#"{"_id":{"$oid":"0123456789abcdef01234567"},"at":{"$date":"2024-02-29T12:00:00.123Z"}} {"x":{"$date":{"$numberLong":"-1"}}}"#,
        r#"{"d":{"$numberDecimal":"1.000E-20"},"f":{"$numberDouble":"NaN"},"u":{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}}"#,
        r#"{"b":{"$binary":{"base64":"AAECAw==","subType":"00"}},"r":{"$regularExpression":{"pattern":"a.*","options":"im"}},"t":{"$timestamp":{"t":1,"i":2}}}"#,
        r#"{"n":{"$gte":1,"$lt":10},"$or":[{"a":{"$in":[1,2,"x"]}},{"b.c":{"$not":{"$eq":null}}},{"$nor":[{"z":{"$exists":false}}]}]}{"n":5,"a":1,"b":[{"c":1},{"c":[2]}]}"#,
        r#"{"$set":{"a.b":1,"c":[1,2]},"$inc":{"n":1,"m":-2.5},"$unset":{"z":""}}{"a":{"b":0},"n":1,"z":3}{"a":[{"b":1}],"n":2147483647}"#,
        r#"{"$push":{"a":{"$each":[3,1],"$sort":1,"$slice":-2,"$position":0}},"$addToSet":{"b":{"$each":[1,1.0]}},"$pop":{"c":-1},"$pullAll":{"d":[1]}}{"a":[1],"b":[2],"c":[3],"d":[1]}"#,
        r#"{"$pull":{"a":{"x":{"$gte":1}},"b":{"$in":[1,null]}},"$bit":{"n":{"and":5,"xor":1}},"$rename":{"c":"d.e"}}{"a":[{"x":1},2],"b":[1,null],"n":7,"c":{}}"#,
        r#"{"$mul":{"a":2},"$min":{"b":1},"$max":{"c.d":"x"},"$currentDate":{"e":{"$type":"timestamp"}},"$setOnInsert":{"f":1}}{"a":{"$numberDecimal":"1.5"},"b":2}"#,
        r#"{"$set":{"a.$[x].b":1,"c.$[]":2}}{"x.b":{"$gt":0}}{"a":[{"b":5},{}],"c":[1,2]}"#,
        r#"{"$inc":{"a.$.b":1,"a.0.c":1}}{"a":[{"b":1}],"_id":1}"#,
        r#"{"a":1,"b.c":1,"_id":0}{"a":5,"b":[{"c":1,"d":2},3],"_id":7}"#,
        r#"{"a":-1,"b.c":1}{"a":[3,1],"b":{"c":"x"}}"#,
        r#"[{"a":1},{"a":2}]"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn expressions() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"x":{"$add":["$a",{"$multiply":["$b.c",2.5]},{"$numberDecimal":"1.5"}]}}{"a":1,"b":{"c":3}}{"a":{"$numberLong":"9223372036854775807"},"b":[{"c":1}]}"#,
        r#"{"x":{"$map":{"input":"$a","as":"v","in":{"$cond":[{"$gt":["$$v",1]},{"$toString":"$$v"},null]}}},"y":{"$filter":{"input":{"$range":[0,9]},"cond":{"$mod":["$$this",2]}}}}{"a":[1,2,3.5,"x"]}"#,
        r#"{"x":{"$reduce":{"input":{"$split":["$s",","]},"initialValue":"","in":{"$concat":["$$this","$$value"]}}},"y":{"$substrCP":["$s",1,2]},"z":{"$trim":{"input":"$s","chars":"a,"}}}{"s":"a,b,cé"}"#,
        r#"{"x":{"$switch":{"branches":[{"case":{"$in":["$a",[1,2]]},"then":{"$let":{"vars":{"q":"$b"},"in":{"$arrayElemAt":["$$q",-1]}}}}],"default":{"$objectToArray":"$$ROOT"}}}}{"a":1,"b":[1,[2]]}{"a":5}"#,
        r#"{"x":{"$dateToString":{"date":"$t","format":"%Y-%m-%d %V","timezone":"+01:30"}},"y":{"$dateAdd":{"startDate":"$t","unit":"month","amount":"$n"}},"z":{"$convert":{"input":"$n","to":"$k","onError":"$$REMOVE"}}}{"t":{"$date":"2024-02-29T12:00:00Z"},"n":-13,"k":"decimal"}"#,
        r#"{"x":{"$setUnion":["$a",["$b"]]},"y":{"$zip":{"inputs":["$a","$a"],"useLongestLength":true,"defaults":[1,2]}},"z":{"$sortArray":{"input":"$a","sortBy":{"q":-1}}},"w":{"$arrayToObject":[[["k","$b"]]]}}{"a":[{"q":1},{"q":[0,5]},3],"b":null}"#,
        r#"{"p":[{"$set":{"a.b":{"$round":["$n",-1]}}},{"$unset":["c"]},{"$replaceWith":{"$mergeObjects":["$$ROOT",{"d":{"$avg":"$a"}}]}}]}{"a":[{"b":1},5],"c":1,"n":15}"#,
        r#"{"x":{"$divide":["$a","$b"]},"y":{"$pow":["$a","$b"]},"z":{"$log":["$a","$b"]},"w":{"$indexOfArray":["$c","$a",0,"$b"]}}{"a":2,"b":3,"c":[1,2]}{"a":{"$numberDecimal":"1E+6000"},"b":{"$numberDecimal":"-7E-6000"},"c":[]}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// An index, and what is documents for it and filters at once.
fn indexes() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"key":{"a":1,"b.c":-1},"name":"x"}{"a":1,"b":{"c":2}}{"a":{"$gt":0},"b.c":{"$lte":2}}{"a":[1,5],"b":[]}{"a":{"$in":[1,null]}}"#,
        r#"{"v":2,"key":{"a":-1},"unique":true,"sparse":true}{"a":1,"_id":1}{"a":1,"_id":2}{"a":{"$exists":true}}{"b":1}{"a":null}"#,
        r#"{"key":{"a":1},"partialFilterExpression":{"a":{"$gte":5},"b":{"$exists":true}}}{"a":6,"b":1}{"a":7}{"a":{"$gt":5},"b":1}{"a":6}"#,
        r#"{"key":{"l.x":1,"l.y":1}}{"l":[{"x":1,"y":[2,3]},{"x":2}]}{"l":{"$elemMatch":{"x":1,"y":3}}}{"l.x":2,"l.y":2}{"l.0.x":1}{"l.x":{"$gte":1,"$lt":1}}"#,
        r#"{"key":{"at":1},"expireAfterSeconds":60,"hidden":true}{"at":{"$date":"2024-02-29T12:00:00Z"}}{"at":{"$lt":{"$date":"2025-01-01T00:00:00Z"}}}"#,
        r#"{"key":{"_id":1}}{"_id":[1]}{"_id":{"x":1}}{"_id":{"$gt":1}}{"_id":{"$in":[1,{"x":1}]}}"#,
        r#"{"key":{"a":1},"partialFilterExpression":{"$or":[{"a":1},{"b":{"$type":"string"}}]}}{"a":1}{"b":"x","a":2}{"$or":[{"a":1},{"b":"x"}]}"#,
        r#"{"key":{"$**":1},"wildcardProjection":{"a.x":0,"_id":1}}{"a":[{"x":1,"y":{}},[5],[]],"b":{"c.d":1,"":null}}{"_id":7,"a":{"0":{"y":2}}}{"a.y":{"$exists":true}}{"a.0.y":{"$gte":{}}}{"b":{"$type":"object"}}{"a":{"$elemMatch":{"y":2}}}"#,
        r#"{"key":{"a.b.$**":-1},"partialFilterExpression":{"c":1}}{"a":[{"b":[1,2]},{"b":{"d":null}}],"c":1}{"a":{"b":1},"c":1}{"a.b":{"$gt":1},"c":1}{"a.b.d":null}{"$or":[{"a.b":1,"c":1},{"a.b.d":{"$ne":5},"c":1}]}"#,
        r#"{"key":{"a.0":1,"a":1}}{"a":[1,{"0":2}]}{"a":["x"]}{"a.0":1}{"a":{"$all":[1]}}{"a":{"$not":{"$gt":1}}}{"a":{"$regularExpression":{"pattern":"^x","options":""}}}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A filter, and documents that it takes and refuses.
fn filters() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"a":{"$type":["int","string",-1]},"b":{"$mod":[4,1]}}{"a":1,"b":5}{"a":[null,"x"],"b":[9.5]}"#,
        r#"{"a":{"$all":[1,{"$regularExpression":{"pattern":"^x","options":"i"}}]},"b":{"$size":2}}{"a":["Xy",1],"b":[1,2]}"#,
        r#"{"a":{"$all":[{"$elemMatch":{"x":{"$gt":1},"y":null}},{"$elemMatch":{"x":3}}]}}{"a":[{"x":2},{"x":3}]}"#,
        r#"{"a":{"$elemMatch":{"$gte":2,"$lt":4,"$not":{"$in":[3]}}}}{"a":[1,2,[3]]}"#,
        r#"{"a":{"$bitsAllSet":[0,65]},"b":{"$bitsAnyClear":{"$binary":{"base64":"/w==","subType":"00"}}}}{"a":-1,"b":7.0}"#,
        r#"{"a":{"$regex":"^(a|b)+?$","$options":"imsx"},"b":{"$nin":[{"$regularExpression":{"pattern":"z","options":""}},null]}}{"a":"ab\n","b":"y"}"#,
        r#"{"$comment":"c","$sampleRate":0.5,"$nor":[{"a":{"$exists":false}}]}{"_id":1,"a":1}"#,
        r#"{"$jsonSchema":{"bsonType":"object","required":["a"],"properties":{"a":{"minimum":1,"exclusiveMinimum":true,"multipleOf":0.1},"b":{"type":["string","null"],"pattern":"^x","maxLength":3}},"patternProperties":{"^c":{"enum":[1,{"x":1}]}},"additionalProperties":{"not":{}},"dependencies":{"a":["b"],"b":{"minProperties":2}}}}{"a":1.2,"b":"xy","c1":{"x":1}}"#,
        r#"{"$jsonSchema":{"properties":{"l":{"items":[{"anyOf":[{"type":"number"}]},{"oneOf":[{},{"type":"string"}]}],"additionalItems":{"allOf":[{"uniqueItems":true}]},"minItems":1,"uniqueItems":true}}}}{"l":[1,"x",[1,1.0]]}"#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Options, a pattern, and a text.
fn patterns() -> Vec<Vec<u8>> {
    let texts = [
        "\0^a.*b$\0a\nb\n",
        "im\0^$|\\bfoo\\B\0\n\nFOOs",
        "x\0 a{2,5}? # twice\n [^]\\d-]+ \0aab",
        "s\0(?<n>a|(?i:B)(?#c)|\\x{e9}\\p{Lu})*?\\Z\0abé\n",
        "\0(*UTF)(*UCP)[[:word:]\\Q-]\\E]\\h\\v\\cA\\101\0ж",
        "\0(a)\\1|(?=x)|(?>y)|z++|\\K\0aa",
        "m\0\\n^[ \\t]*$\0a\n \n",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn envelopes() -> Vec<Vec<u8>> {
    let body = doc! { "a": 1 }.to_vec().unwrap();
    let tags = doc! { "0": "x" }.to_vec().unwrap();
    let times = [1_i64, 2, 3, 4].map(i64::to_le_bytes).concat();
    vec![
        [&[0][..], &body].concat(),
        [&[1][..], &times[..8], &body].concat(),
        [&[0b1_1111][..], &times, &tags, &body].concat(),
    ]
}

fn free_maps() -> Vec<Vec<u8>> {
    let head = |version: u64, pages: u64, runs: u64| {
        [version, pages, version, pages, runs].map(u64::to_le_bytes).concat()
    };
    vec![
        head(9, 100, 0),
        [head(9, 100, 2), vec![5, 3, 0, 10, 4, 8, 2]].concat(),
        [head(300, 100_000, 2), vec![0x85, 1, 0x83, 2, 0, 10, 4, 0xA8, 2, 2]].concat(),
    ]
}

fn moded(inputs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    inputs.iter().flat_map(|input| [0, 1].map(|mode| [&[mode][..], input].concat())).collect()
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The records in the logs.
fn records() -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    for files in files() {
        for at in (0..files.log.len()).step_by(4096).filter(|at| files.log[*at..].starts_with(b"NXLWFLSH")) {
            let payload = &files.log[at + 144..];
            records.push(payload[..(u32_at(payload, 0) as usize).min(payload.len())].to_vec());
        }
    }
    records.retain(|record| record.len() < 4096);
    records.truncate(20);
    records
}

/// The two files of a database as a killed process leaves them, or a clean end.
struct Files {
    engine: EngineKind,
    main: Vec<u8>,
    log: Vec<u8>,
}

fn files() -> Vec<Files> {
    let mut all = Vec::new();
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        for (documents, clean) in [(0, false), (30, false), (400, true), (400, false)] {
            all.push(made(engine, documents, clean));
        }
    }
    all
}

fn made(engine: EngineKind, documents: i32, clean: bool) -> Files {
    let vfs = MemoryFs::new();
    let options = Options::new().engine(engine).page_bytes(PAGE as u32).wal_chunk_bytes(CHUNK as u32);
    let options = options.background(false).memtable_bytes(64 << 10).wal_bytes(128 << 10);
    let options = options.entropy(Arc::new(SeededEntropy::new(3))).vfs(Arc::new(vfs.clone()));
    let db = Database::open_with("/seed.db", options).unwrap();
    let c = db.collection("things");
    for id in 0..documents {
        c.insert_one(doc! { "_id": id, "n": id % 7, "text": "x".repeat(id as usize) }).unwrap();
    }
    if documents > 100 {
        c.insert_one(doc! { "_id": "large", "v": "large ".repeat(8_000) }).unwrap();
        c.delete_many(doc! { "n": 3 }).unwrap();
        db.checkpoint().unwrap();
        c.insert_one(doc! { "_id": "last" }).unwrap();
    }
    if clean {
        db.close().unwrap();
    }
    let read = |path: &str| {
        let Ok(file) = vfs.open(Path::new(path), OpenMode::Read) else { return Vec::new() };
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    };
    Files { engine, main: read("/seed.db"), log: read("/seed.wasp") }
}

impl Files {
    /// The newest manifest block.
    fn newest(&self) -> &[u8] {
        let block = |page: usize| &self.main[page * PAGE..][..4096];
        if u64_at(block(1), 32) > u64_at(block(3), 32) { block(1) } else { block(3) }
    }

    fn first_pages(&self, mode: u8) -> Vec<u8> {
        [&[mode][..], &self.main[..5 * PAGE]].concat()
    }

    fn blocks(&self) -> Vec<u8> {
        let blocks = [1, 2, 3, 4].map(|page| &self.main[page * PAGE..][..4096]).concat();
        [&[3][..], &self.main[..256], &blocks].concat()
    }

    fn wal_input(&self, mode: u8) -> Vec<u8> {
        let manifest = self.newest();
        let number = |at: usize| (u64_at(manifest, at) << 2).to_le_bytes();
        let opening = [number(56), number(64), number(40), u64_at(manifest, 72).to_le_bytes()].concat();
        [&[mode][..], &self.main[24..40], &opening, &self.log].concat()
    }

    fn page_input(&self) -> Vec<u8> {
        let manifest = self.newest();
        let mut root = vec![0; 48];
        let len = u32_at(manifest, 184) as usize;
        root[..len].copy_from_slice(&manifest[192..192 + len]);
        if len == 0 {
            root[0] = 2;
        }
        [&[0][..], &root, &self.main].concat()
    }

    fn open_input(&self, mode: u8) -> Vec<u8> {
        let len = (self.main.len() as u32).to_le_bytes();
        [&[mode][..], &len, &self.main, &self.log].concat()
    }
}

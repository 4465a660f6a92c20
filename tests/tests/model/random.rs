//! Documents, filters, sorts and updates by chance, of few enough values that they meet each other.

use nexuslite::bson::{Bson, Document, Regex, bson, doc};

use crate::dice::Dice;

/// Ids of several types, some of them equal as numbers.
pub(crate) fn id(dice: &mut Dice) -> Bson {
    let number = dice.below(40) as i32;
    match dice.below(8) {
        0 => Bson::Int64(i64::from(number)),
        1 => Bson::Double(f64::from(number)),
        2 => Bson::Double(f64::from(number) + 0.5),
        3 => Bson::from(format!("key {number:02}")),
        4 => bson!({ "part": number % 5, "of": "x" }),
        _ => Bson::Int32(number),
    }
}

fn scalar(dice: &mut Dice) -> Bson {
    let number = dice.below(12) as i32 - 3;
    match dice.below(10) {
        0 => Bson::Null,
        1 => Bson::Boolean(dice.once_in(2)),
        2 => Bson::Int64(i64::from(number)),
        3 => Bson::Double(f64::from(number) / 2.0),
        4 | 5 => Bson::from(*dice.pick(&["", "a", "ab", "b", "ü", "nul\0inside", "ab\n"])),
        _ => Bson::Int32(number),
    }
}

fn value(dice: &mut Dice) -> Bson {
    match dice.below(8) {
        0 => Bson::Array((0..dice.below(4)).map(|_| scalar(dice)).collect()),
        1 => bson!({ "x": scalar(dice) }),
        _ => scalar(dice),
    }
}

/// Fields without an `_id`.
pub(crate) fn fields(dice: &mut Dice) -> Document {
    let mut doc = Document::new();
    for name in ["a", "b"] {
        if !dice.once_in(4) {
            doc.insert(name, value(dice));
        }
    }
    match dice.below(4) {
        0 => {}
        1 => drop(doc.insert("n", scalar(dice))),
        _ => drop(doc.insert("n", doc! { "x": scalar(dice) })),
    }
    if dice.once_in(4) {
        let list = (0..dice.below(4)).map(|_| bson!({ "x": scalar(dice) })).collect();
        doc.insert("l", Bson::Array(list));
    }
    if dice.once_in(12) {
        doc.insert("large", "large ".repeat(dice.below(6000) as usize));
    }
    doc
}

pub(crate) fn document(dice: &mut Dice) -> Document {
    let mut doc = fields(dice);
    match dice.below(8) {
        0 => doc,
        1 => {
            doc.insert("_id", id(dice));
            doc
        }
        _ => {
            let mut with = doc! { "_id": id(dice) };
            with.extend(doc);
            with
        }
    }
}

/// A filter that says nothing of `_id`, so that what it finds comes in insertion order.
pub(crate) fn filter(dice: &mut Dice) -> Document {
    filter_of(dice, 0)
}

fn filter_of(dice: &mut Dice, depth: usize) -> Document {
    let clauses = |dice: &mut Dice| {
        let clauses = 1 + dice.below(3);
        Bson::Array((0..clauses).map(|_| Bson::Document(filter_of(dice, depth + 1))).collect())
    };
    match dice.below(if depth < 2 { 10 } else { 6 }) {
        0 if depth == 0 => doc! {},
        9 => doc! { "$jsonSchema": schema(dice, 0) },
        6 => doc! { "$and": clauses(dice) },
        7 => doc! { "$or": clauses(dice) },
        8 => doc! { "$nor": clauses(dice) },
        _ => {
            let path = *dice.pick(&["a", "a", "b", "b", "n.x", "l.x", "n"]);
            doc! { path: condition(dice, path) }
        }
    }
}

fn condition(dice: &mut Dice, path: &str) -> Bson {
    let operand = |dice: &mut Dice| match (path.contains('.'), scalar(dice)) {
        (true, Bson::Null) => Bson::Int32(1),
        (_, operand) => operand,
    };
    let compared = |dice: &mut Dice| match operand(dice) {
        Bson::Null => Bson::Int32(0),
        operand => operand,
    };
    match dice.below(16) {
        9.. => tested(dice),
        0 => operand(dice),
        1 => bson!({ "$eq": operand(dice) }),
        2 => bson!({ "$ne": operand(dice) }),
        3 => bson!({ "$in": [operand(dice), operand(dice), operand(dice)] }),
        4 => bson!({ "$nin": [operand(dice), operand(dice)] }),
        5 => bson!({ "$exists": dice.once_in(2) }),
        6 => bson!({ "$not": { "$gt": compared(dice) } }),
        _ => {
            let (low, high) = (*dice.pick(&["$gt", "$gte"]), *dice.pick(&["$lt", "$lte"]));
            match dice.below(3) {
                0 => bson!({ low: compared(dice) }),
                1 => bson!({ high: compared(dice) }),
                _ => bson!({ low: compared(dice), high: compared(dice) }),
            }
        }
    }
}

/// A test of another kind than comparison.
fn tested(dice: &mut Dice) -> Bson {
    const TYPES: &[&str] = &["int", "long", "double", "number", "string", "bool", "null", "object", "array"];
    let mask = |dice: &mut Dice| match dice.below(2) {
        0 => Bson::Int64(dice.below(16) as i64),
        _ => bson!([dice.below(5) as i32, dice.below(70) as i32]),
    };
    match dice.below(14) {
        0 => bson!({ "$type": *dice.pick(TYPES) }),
        1 => bson!({ "$type": [*dice.pick(TYPES), *dice.pick(TYPES)] }),
        2 => bson!({ "$mod": [dice.below(4) as i32 + 1, dice.below(3) as i32 - 1] }),
        3 => bson!({ "$size": dice.below(4) as i64 }),
        4 => bson!({ "$all": [present(dice), present(dice)] }),
        5 => bson!({ "$all": [pattern(dice)] }),
        6 => bson!({ "$elemMatch": { "$gte": dice.below(6) as i32 - 3, "$lt": dice.below(8) as i32 } }),
        7 => bson!({ "$elemMatch": { "x": { *dice.pick(&["$gt", "$ne", "$eq"]): dice.below(6) as i32 } } }),
        8 => bson!({ "$all": [{ "$elemMatch": { "x": { "$gt": 0 } } }, { "$elemMatch": { "$ne": 1 } }] }),
        9 => bson!({ *dice.pick(&["$bitsAllSet", "$bitsAnySet"]): mask(dice) }),
        10 => bson!({ *dice.pick(&["$bitsAllClear", "$bitsAnyClear"]): mask(dice) }),
        11 => pattern(dice),
        12 => bson!({ *dice.pick(&["$in", "$nin"]): [pattern(dice), present(dice)] }),
        _ => bson!({ "$not": pattern(dice) }),
    }
}

/// A value that no missing field equals.
fn present(dice: &mut Dice) -> Bson {
    match scalar(dice) {
        Bson::Null => Bson::Int32(0),
        value => value,
    }
}

/// A schema of keywords that the model knows.
fn schema(dice: &mut Dice, depth: usize) -> Document {
    const TYPES: &[&str] = &["int", "long", "double", "number", "string", "bool", "null", "object", "array"];
    let mut schema = Document::new();
    let schemas = |dice: &mut Dice| {
        Bson::Array((0..1 + dice.below(2)).map(|_| Bson::Document(self::schema(dice, depth + 1))).collect())
    };
    for _ in 0..1 + dice.below(2) {
        let (keyword, wanted) = match dice.below(if depth < 3 { 17 } else { 9 }) {
            0 => ("bsonType", bson!(*dice.pick(TYPES))),
            1 => ("minimum", bson!(dice.below(8) as i32 - 3)),
            2 => ("maximum", bson!(f64::from(dice.below(8) as i32) - 2.5)),
            3 => ("minLength", bson!(dice.below(3) as i64)),
            4 => ("pattern", bson!(*dice.pick(&["a", "^a", "b$", "^ab$", "^$"]))),
            5 => ("maxItems", bson!(dice.below(3) as i64)),
            6 => ("uniqueItems", bson!(true)),
            7 => ("maxProperties", bson!(dice.below(4) as i64)),
            8 => ("enum", bson!([0, "a", null, { "x": 1 }, [1, 2]])),
            9 => ("required", bson!([*dice.pick(&["a", "b", "n", "x"])])),
            10 => ("dependencies", bson!({ *dice.pick(&["a", "n"]): [*dice.pick(&["b", "l"])] })),
            11 => ("items", Bson::Document(self::schema(dice, depth + 1))),
            12 => ("not", Bson::Document(self::schema(dice, depth + 1))),
            13 => (*dice.pick(&["allOf", "anyOf", "oneOf"]), schemas(dice)),
            _ => {
                let name = *dice.pick(&["a", "b", "n", "l", "x"]);
                ("properties", bson!({ name: self::schema(dice, depth + 1) }))
            }
        };
        schema.insert(keyword, wanted);
    }
    schema
}

/// A pattern that the model can read: a text, held to one end or to both.
fn pattern(dice: &mut Dice) -> Bson {
    let pattern = *dice.pick(&["a", "^a", "b$", "^ab$", "^$", "", "^ü", "A", "B$", "Ü"]);
    let options = if dice.once_in(2) { "i" } else { "" };
    Bson::RegularExpression(Regex {
        pattern: pattern.try_into().expect("a pattern"),
        options: options.try_into().expect("options"),
    })
}

/// A filter that looks `_id`s up.
pub(crate) fn id_filter(dice: &mut Dice) -> Document {
    match dice.below(5) {
        0 => doc! { "_id": { "$in": [id(dice), id(dice), id(dice)] } },
        1 => doc! { "_id": { "$gte": id(dice) } },
        2 => doc! { "_id": { "$gt": id(dice), "$lt": id(dice) } },
        3 => {
            let mut both = filter(dice);
            both.insert("_id", bson!({ "$lte": id(dice) }));
            both
        }
        _ => doc! { "_id": id(dice) },
    }
}

/// A sort that leaves no two documents equal. It names one of the fields that may be arrays at most: no document
/// can be sorted by two.
pub(crate) fn sort(dice: &mut Dice) -> Document {
    let mut sort = Document::new();
    let list = *dice.pick(&["a", "b", "l.x", "n.x"]);
    for _ in 0..dice.below(3) {
        let path = *dice.pick(&[list, "n"]);
        sort.insert(path, if dice.once_in(2) { 1 } else { -1 });
    }
    sort.insert("_id", if dice.once_in(2) { 1 } else { -1 });
    sort
}

/// Fields that are arrays, of few values.
pub(crate) fn lists(dice: &mut Dice) -> Document {
    let mut doc = Document::new();
    for name in ["a", "c"] {
        if dice.once_in(2) {
            doc.insert(name, list(dice, 5));
        }
    }
    doc
}

fn list(dice: &mut Dice, bound: u64) -> Bson {
    Bson::Array((0..dice.below(bound)).map(|_| scalar(dice)).collect())
}

const OPERATORS: [&str; 14] = [
    "$set",
    "$unset",
    "$inc",
    "$mul",
    "$min",
    "$max",
    "$rename",
    "$setOnInsert",
    "$bit",
    "$push",
    "$addToSet",
    "$pop",
    "$pull",
    "$pullAll",
];

/// An update, which need not fit every document.
pub(crate) fn update(dice: &mut Dice) -> Document {
    let mut free = vec!["a", "b", "c", "n.x", "n.y", "new"];
    let mut update = Document::new();
    for _ in 0..1 + dice.below(3) {
        let operator = *dice.pick(&OPERATORS);
        let mut fields = Document::new();
        for _ in 0..1 + dice.below(2) {
            let Some(path) = taken(dice, &mut free) else { break };
            let operand = match operator {
                "$rename" => match taken(dice, &mut free) {
                    Some(target) => Bson::from(target),
                    None => continue,
                },
                _ => operand(dice, operator, path),
            };
            fields.insert(path, operand);
        }
        if !fields.is_empty() && !update.contains_key(operator) {
            update.insert(operator, fields);
        }
    }
    if update.is_empty() {
        doc! { "$set": { "a": scalar(dice) } }
    } else {
        update
    }
}

fn taken<'p>(dice: &mut Dice, free: &mut Vec<&'p str>) -> Option<&'p str> {
    (!free.is_empty()).then(|| free.swap_remove(dice.below(free.len() as u64) as usize))
}

fn operand(dice: &mut Dice, operator: &str, path: &str) -> Bson {
    let small = dice.below(9) as i32 - 4;
    match operator {
        "$set" if path == "c" && dice.once_in(4) => Bson::from("large ".repeat(4000)),
        "$set" | "$setOnInsert" => value(dice),
        "$unset" => Bson::from(""),
        "$inc" => dice.pick(&[Bson::Int32(1), Bson::Int64(-2), Bson::Double(0.5), Bson::Int32(3)]).clone(),
        // Nothing that grows: the numbers must stay doubles.
        "$mul" => dice.pick(&[Bson::Int32(-1), Bson::Int64(1), Bson::Double(0.5), Bson::Int32(0)]).clone(),
        "$min" | "$max" => value(dice),
        "$bit" => {
            let operator = *dice.pick(&["and", "or", "xor"]);
            if dice.once_in(4) { bson!({ operator: i64::from(small) }) } else { bson!({ operator: small }) }
        }
        "$push" if dice.once_in(2) => push(dice),
        "$addToSet" if dice.once_in(2) => bson!({ "$each": list(dice, 12) }),
        "$push" | "$addToSet" => value(dice),
        "$pop" => Bson::Int32(if dice.once_in(2) { 1 } else { -1 }),
        "$pull" => match dice.below(4) {
            0 => bson!({ "$gte": small }),
            1 => bson!({ "$in": list(dice, 4) }),
            2 => bson!({ "$ne": scalar(dice) }),
            _ => scalar(dice),
        },
        _ => list(dice, 4),
    }
}

fn push(dice: &mut Dice) -> Bson {
    let mut clauses = doc! { "$each": list(dice, 4) };
    for (clause, bound) in [("$position", 9), ("$slice", 9), ("$sort", 2)] {
        if dice.once_in(2) {
            let number = dice.below(bound) as i32 - bound as i32 / 2;
            clauses.insert(clause, if clause == "$sort" && number == 0 { 1 } else { number });
        }
    }
    Bson::Document(clauses)
}

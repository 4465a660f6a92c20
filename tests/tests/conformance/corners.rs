//! Every operator is asked about at least one good value, null, a missing value, an array, and what it does not take.

use std::collections::{BTreeMap, BTreeSet};

use nexuslite::bson::{Bson, Document};

use crate::corpus::cases;

/// What a case asks an operator about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Corner {
    /// It says yes, or makes something.
    Good,
    /// A null, among the operands or in the document.
    Null,
    /// A field that the document has not.
    Missing,
    /// An array, among the operands or in the document.
    Array,
    /// An error, or a value of a type that never satisfies it.
    Wrong,
}

use Corner::{Array, Good, Missing, Null, Wrong};

const CORNERS: [Corner; 5] = [Good, Null, Missing, Array, Wrong];

const FILTERS: &[&str] = &[
    "$all",
    "$and",
    "$bitsAllClear",
    "$bitsAllSet",
    "$bitsAnyClear",
    "$bitsAnySet",
    "$comment",
    "$elemMatch",
    "$eq",
    "$exists",
    "$expr",
    "$gt",
    "$gte",
    "$in",
    "$jsonSchema",
    "$lt",
    "$lte",
    "$mod",
    "$ne",
    "$nin",
    "$nor",
    "$not",
    "$options",
    "$or",
    "$regex",
    "$sampleRate",
    "$size",
    "$type",
    EQUALITY,
];
/// A value that stands for itself.
const EQUALITY: &str = "a value";

const UPDATES: &[&str] = &[
    "$",
    "$[]",
    "$[name]",
    "$addToSet",
    "$bit",
    "$currentDate",
    "$each",
    "$inc",
    "$max",
    "$min",
    "$mul",
    "$pop",
    "$position",
    "$pull",
    "$pullAll",
    "$push",
    "$rename",
    "$set",
    "$setOnInsert",
    "$slice",
    "$sort",
    "$unset",
];

const STAGES: &[&str] = &["$addFields", "$project", "$replaceRoot", "$replaceWith", "$set", "$unset"];

const PROJECTIONS: &[&str] = &["$", "$elemMatch", "$meta", "$slice"];

/// What cannot be asked of an operator, and why.
const EXEMPT: &[(&str, &[Corner], &str)] = &[
    ("filters $comment", &[Null, Missing, Array, Wrong], "it speaks of no field and takes anything"),
    ("filters $sampleRate", &[Null, Missing, Array], "it speaks of no field"),
    ("expressions $const", &[Wrong], "it takes anything"),
    ("expressions $sum", &[Wrong], "it passes over what is no number"),
    ("expressions $avg", &[Wrong], "it passes over what is no number"),
    ("expressions $min", &[Wrong], "values of all types have an order"),
    ("expressions $max", &[Wrong], "values of all types have an order"),
    ("projections $meta", &[Null, Missing, Array], "it speaks of no field"),
];

/// How often each operator was asked about each corner.
#[derive(Default)]
struct Tally(BTreeMap<(String, Corner), usize>);

impl Tally {
    fn add(&mut self, kind: &str, operator: &str, corners: BTreeSet<Corner>) {
        for corner in corners {
            *self.0.entry((format!("{kind} {operator}"), corner)).or_default() += 1;
        }
    }

    /// What was never asked.
    fn gaps<'a>(&self, kind: &str, operators: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut gaps = Vec::new();
        for operator in operators {
            let name = format!("{kind} {operator}");
            let exempt =
                EXEMPT.iter().find(|(known, ..)| *known == name).map_or(&[][..], |(_, exempt, _)| exempt);
            for corner in CORNERS {
                let asked = self.0.contains_key(&(name.clone(), corner));
                match (asked, exempt.contains(&corner)) {
                    (false, false) => gaps.push(format!("{name} is never asked about {corner:?}")),
                    (true, true) if corner == Wrong => {
                        gaps.push(format!("{name} has {corner:?}: no exemption"));
                    }
                    _ => {}
                }
            }
        }
        gaps
    }
}

#[test]
fn every_operator_is_asked_about_every_corner() {
    let mut tally = Tally::default();
    cases("filters").iter().for_each(|case| of_filter(case, &mut tally));
    cases("updates").iter().for_each(|case| of_update(case, &mut tally));
    cases("pipeline_updates").iter().for_each(|case| of_pipeline(case, &mut tally));
    cases("projections").iter().for_each(|case| of_projection(case, &mut tally));
    cases("expressions").iter().for_each(|case| of_expression(case, &mut tally));
    let mut gaps = tally.gaps("filters", FILTERS.iter().copied());
    gaps.extend(tally.gaps("updates", UPDATES.iter().copied()));
    gaps.extend(tally.gaps("stages", STAGES.iter().copied()));
    gaps.extend(tally.gaps("projections", PROJECTIONS.iter().copied()));
    let expressions = expressions();
    assert!(expressions.len() > 100, "{} operators of expressions", expressions.len());
    gaps.extend(tally.gaps("expressions", expressions.iter().map(String::as_str)));
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}

/// The operators of expressions, as the guide lists them.
fn expressions() -> BTreeSet<String> {
    let guide = include_str!("../../../docs/guide/expressions.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(operator, _)| operator.to_owned()).filter(|operator| operator.starts_with('$')).collect()
}

/// What stands at a path, and whether there is an array there or on the way.
fn look(document: &Document, path: &str) -> (Vec<Bson>, bool) {
    let mut found = vec![Bson::Document(document.clone())];
    let mut array = false;
    for name in path.split('.') {
        let mut next = Vec::new();
        for value in &found {
            match value {
                Bson::Document(inner) => next.extend(inner.get(name).cloned()),
                Bson::Array(elements) => {
                    array = true;
                    next.extend(name.parse().ok().and_then(|at: usize| elements.get(at)).cloned());
                    let documents = elements.iter().filter_map(Bson::as_document);
                    next.extend(documents.filter_map(|inner| inner.get(name).cloned()));
                }
                _ => {}
            }
        }
        found = next;
    }
    array |= found.iter().any(|value| matches!(value, Bson::Array(_)));
    (found, array)
}

fn of_path(document: &Document, path: &str) -> BTreeSet<Corner> {
    let (found, array) = look(document, path);
    let mut corners = BTreeSet::new();
    corners.extend(found.is_empty().then_some(Missing));
    corners.extend(found.contains(&Bson::Null).then_some(Null));
    corners.extend(array.then_some(Array));
    corners
}

fn holds(value: &Bson, wanted: &impl Fn(&Bson) -> bool) -> bool {
    wanted(value)
        || match value {
            Bson::Document(inner) => inner.iter().any(|(_, value)| holds(value, wanted)),
            Bson::Array(elements) => elements.iter().any(|value| holds(value, wanted)),
            _ => false,
        }
}

fn document_of(case: &Document) -> Document {
    case.get_document("document").cloned().unwrap_or_default()
}

/// The operators of a filter, each with the paths that it speaks of and its operand.
fn gather(filter: &Document, above: &str, into: &mut Vec<(String, Vec<String>, Bson)>) {
    for (name, value) in filter {
        match (name.as_str(), value) {
            ("$and" | "$or" | "$nor", Bson::Array(clauses)) => {
                let mut inner = Vec::new();
                clauses
                    .iter()
                    .filter_map(Bson::as_document)
                    .for_each(|clause| gather(clause, above, &mut inner));
                let paths = inner.iter().flat_map(|(_, paths, _)| paths.clone()).collect();
                into.extend(inner);
                into.push((name.clone(), paths, value.clone()));
            }
            ("$jsonSchema", Bson::Document(schema)) => {
                let named = schema.get_document("properties").into_iter().flatten();
                let paths = named.map(|(name, _)| name.clone()).collect();
                into.push((name.clone(), paths, value.clone()));
            }
            ("$expr", _) => {
                let mut paths = Vec::new();
                gather_fields(value, &mut paths);
                into.push((name.clone(), paths, Bson::Boolean(true)));
            }
            (operator, _) if operator.starts_with('$') => {
                let here = above.trim_end_matches('.').to_owned();
                into.push((name.clone(), vec![here], value.clone()));
                if let ("$not" | "$elemMatch", Bson::Document(inner)) = (operator, value) {
                    gather(inner, above, into);
                }
                if let ("$all", Bson::Array(inner)) = (operator, value) {
                    inner.iter().filter_map(Bson::as_document).for_each(|inner| gather(inner, above, into));
                }
            }
            (_, Bson::Document(inner)) if inner.keys().next().is_some_and(|first| first.starts_with('$')) => {
                gather(inner, &format!("{above}{name}."), into);
            }
            _ => into.push((EQUALITY.to_owned(), vec![format!("{above}{name}")], value.clone())),
        }
    }
}

fn of_filter(case: &Document, tally: &mut Tally) {
    let document = document_of(case);
    let mut found = Vec::new();
    gather(case.get_document("filter").unwrap(), "", &mut found);
    let matches = case.get_bool("matches").ok();
    for (operator, paths, operand) in found {
        let speaks = !matches!(operator.as_str(), "$jsonSchema" | "$comment");
        let mut corners = BTreeSet::new();
        corners.extend((matches == Some(true)).then_some(Good));
        corners.extend(case.contains_key("error").then_some(Wrong));
        if matches.is_some() {
            corners.extend(paths.iter().flat_map(|path| of_path(&document, path)));
            corners.extend((speaks && holds(&operand, &|value| *value == Bson::Null)).then_some(Null));
        }
        let other = |path: &String| look(&document, path).0.iter().any(|value| !same_kind(value, &operand));
        corners.extend((speaks && matches == Some(false) && paths.iter().any(other)).then_some(Wrong));
        tally.add("filters", &operator, corners);
    }
}

fn same_kind(a: &Bson, b: &Bson) -> bool {
    let number = |value: &Bson| {
        matches!(value, Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_) | Bson::Decimal128(_))
    };
    number(a) && number(b) || a.element_type() == b.element_type()
}

fn of_update(case: &Document, tally: &mut Tally) {
    let Ok(update) = case.get_document("update") else { return };
    let document = document_of(case);
    let mut ends = BTreeSet::new();
    ends.extend(case.contains_key("error").then_some(Wrong));
    let made = case.contains_key("result") && case.get_bool("modified").unwrap_or(true);
    ends.extend(made.then_some(Good));
    for (operator, fields) in update.iter().filter(|(name, _)| name.starts_with('$')) {
        tally.add("updates", operator, ends.clone());
        for (path, value) in fields.as_document().into_iter().flatten() {
            let mut operators = vec![operator.clone()];
            operators.extend(path.split('.').filter(|name| name.starts_with('$')).map(|name| match name {
                "$" | "$[]" => name.to_owned(),
                _ => "$[name]".to_owned(),
            }));
            if let Some(more) = value.as_document().filter(|value| value.contains_key("$each")) {
                operators.extend(more.keys().filter(|name| name.starts_with('$')).cloned());
            }
            let plain: Vec<&str> =
                path.split('.').map(|name| if name.starts_with('$') { "0" } else { name }).collect();
            let corners: BTreeSet<Corner> =
                of_path(&document, &plain.join(".")).union(&ends).copied().collect();
            operators.iter().for_each(|operator| tally.add("updates", operator, corners.clone()));
        }
    }
}

/// The paths of fields that an expression names.
fn gather_fields(expression: &Bson, into: &mut Vec<String>) {
    match expression {
        Bson::String(text) if text.starts_with('$') && !text.starts_with("$$") => {
            into.push(text[1..].to_owned());
        }
        Bson::Array(elements) => elements.iter().for_each(|element| gather_fields(element, into)),
        Bson::Document(inner) => inner.iter().for_each(|(_, value)| gather_fields(value, into)),
        _ => {}
    }
}

fn of_pipeline(case: &Document, tally: &mut Tally) {
    let document = document_of(case);
    let Ok(stages) = case.get_array("pipeline") else { return };
    for (stage, asked) in stages.iter().filter_map(Bson::as_document).flatten() {
        let mut paths = Vec::new();
        gather_fields(asked, &mut paths);
        match (stage.as_str(), asked) {
            ("$unset", Bson::String(path)) => paths.push(path.clone()),
            ("$unset", Bson::Array(all)) => {
                paths.extend(all.iter().filter_map(Bson::as_str).map(str::to_owned));
            }
            ("$replaceWith" | "$replaceRoot", _) => {}
            _ => paths.extend(asked.as_document().into_iter().flat_map(|fields| fields.keys().cloned())),
        }
        let mut corners: BTreeSet<Corner> = paths.iter().flat_map(|path| of_path(&document, path)).collect();
        corners.extend(holds(asked, &|value| *value == Bson::Null).then_some(Null));
        corners.insert(if case.contains_key("error") { Wrong } else { Good });
        tally.add("stages", stage, corners);
    }
}

fn of_projection(case: &Document, tally: &mut Tally) {
    let document = document_of(case);
    let Ok(projection) = case.get_document("projection") else { return };
    for (path, value) in projection {
        let asked = value.as_document().and_then(|asked| asked.keys().next());
        let (operator, path) = match (path.strip_suffix(".$"), asked) {
            (Some(path), _) => ("$", path),
            (None, Some(asked)) => (asked.as_str(), path.as_str()),
            _ => continue,
        };
        let mut corners = of_path(&document, path);
        corners.extend(holds(value, &|value| *value == Bson::Null).then_some(Null));
        corners.insert(if case.contains_key("error") { Wrong } else { Good });
        tally.add("projections", operator, corners);
    }
}

/// The operators of an expression, each with its operands.
fn gather_operators(expression: &Bson, into: &mut Vec<(String, Bson)>) {
    match expression {
        Bson::Array(elements) => elements.iter().for_each(|element| gather_operators(element, into)),
        Bson::Document(inner) => {
            for (name, value) in inner {
                if name.starts_with('$') {
                    into.push((name.clone(), value.clone()));
                }
                if !matches!(name.as_str(), "$literal" | "$const") {
                    gather_operators(value, into);
                }
            }
        }
        _ => {}
    }
}

fn of_expression(case: &Document, tally: &mut Tally) {
    let document = document_of(case);
    let mut found = Vec::new();
    gather_operators(case.get("expression").unwrap(), &mut found);
    for (operator, operands) in found {
        let (mut paths, mut corners) = (Vec::new(), BTreeSet::new());
        gather_fields(&operands, &mut paths);
        corners.extend(paths.iter().flat_map(|path| of_path(&document, path)));
        corners.extend(holds(&operands, &|value| *value == Bson::Null).then_some(Null));
        corners.extend(holds(&operands, &|value| value.as_str() == Some("$$REMOVE")).then_some(Missing));
        // The outermost array is the list of operands.
        let inner = match &operands {
            Bson::Array(list) => list.iter().any(|operand| matches!(operand, Bson::Array(_))),
            Bson::Document(named) => named.iter().any(|(_, operand)| matches!(operand, Bson::Array(_))),
            _ => false,
        };
        corners.extend(inner.then_some(Array));
        let good = case.get("result").is_some_and(|result| *result != Bson::Null);
        corners.extend(good.then_some(Good));
        corners.extend(case.contains_key("error").then_some(Wrong));
        tally.add("expressions", &operator, corners);
    }
}

#[test]
fn there_are_thousands_of_cases() {
    for (kind, least) in
        [("filters", 2000), ("updates", 980), ("expressions", 1550), ("projections", 250), ("sorts", 40)]
    {
        let count = cases(kind).len();
        assert!(count >= least, "{count} cases of {kind}");
    }
}
